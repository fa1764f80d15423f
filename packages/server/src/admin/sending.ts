// From a request to a directive on its way, to one device or to several.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { MessageName } from "@trefoil/protocol/messages";
import type { z } from "zod";
import { type AccountRegistry, findDevice } from "../auth/index.js";
import type {
  DirectiveSender,
  OutgoingDirective,
  Recipients,
  SendOptions,
  SendOutcomes,
} from "../delivery/index.js";
import { definedOf } from "./defined.js";
import type { DeviceDirectory } from "./devices.js";
import type { deviceOutcomeSchema, directiveRequestSchema, sendResultsSchema } from "./schemas.js";

/** The accounts that have devices. */
export type AccountDirectory = Pick<AccountRegistry, "get">;

type SendResults = z.output<typeof sendResultsSchema>;
type Outcome = z.output<typeof deviceOutcomeSchema>;

/** What a request says of a directive and of how long it may wait. */
export function outgoingOf(request: z.output<typeof directiveRequestSchema>): {
  readonly directive: OutgoingDirective;
  readonly options: SendOptions;
} {
  const { name, payload, messageId, dialogRequestId, ttl, required } = request;
  return {
    directive: { name: name as MessageName, payload, ...definedOf({ messageId, dialogRequestId }) },
    options: { required, ...definedOf({ ttl }) },
  };
}

/**
 * The devices of an account but some.
 * @param except as a request names them
 * @throws {TrefoilError} `not_found` where there is no such account; `invalid_request` where a device that is excepted is
 * not the account's: it is probably misspelt, and would get what it should not
 */
export async function recipientsOfAccount(
  { accounts, devices }: { readonly accounts: AccountDirectory; readonly devices: DeviceDirectory },
  accountId: string,
  except: readonly string[],
): Promise<Recipients> {
  if ((await accounts.get(accountId)) === undefined) {
    throw new TrefoilError("not_found", "There is no such account.");
  }
  const excepted: string[] = [];
  for (const id of except) {
    const device = await findDevice(devices, id).catch((error: unknown) => {
      throw new TrefoilError(
        "invalid_request",
        `The body: except: ${JSON.stringify(id)}: ${TrefoilError.from(error).message}`,
        { cause: error },
      );
    });
    if (device.accountId !== accountId) {
      throw new TrefoilError(
        "invalid_request",
        `The body: except: ${JSON.stringify(id)} is a device of another account.`,
      );
    }
    excepted.push(device.deviceKey);
  }
  return { kind: "account", accountId, except: excepted };
}

/**
 * Sends to the devices of a list that are there, and says of the others that they are not.
 * @param ids as a request names them
 */
export async function sendToList(
  { sender, devices }: { readonly sender: DirectiveSender; readonly devices: DeviceDirectory },
  ids: readonly string[],
  directive: OutgoingDirective,
  options: SendOptions,
): Promise<SendResults> {
  const keys = new Map<string, string>();
  const missing = new Map<string, Outcome>();
  for (const id of new Set(ids)) {
    try {
      keys.set(id, (await findDevice(devices, id)).deviceKey);
    } catch (thrown) {
      const error = TrefoilError.from(thrown);
      if (error.wire.http >= 500) throw thrown;
      const outcome = { device: id, deviceKey: null, outcome: "failed" } as const;
      missing.set(id, { ...outcome, error_description: error.message });
    }
  }
  const sent = await sender.sendToAll(
    { kind: "devices", deviceKeys: [...keys.values()] },
    directive,
    options,
  );
  const { messageId, devices: outcomes } = describeOutcomes(sent);
  const byKey = new Map(outcomes.map((outcome) => [outcome.deviceKey, outcome]));
  return {
    messageId,
    devices: [...new Set(ids)].flatMap((id) => {
      const outcome = missing.get(id) ?? byKey.get(keys.get(id) ?? null);
      return outcome === undefined ? [] : [{ ...outcome, device: id }];
    }),
  };
}

/** Outcomes as the admin API shows them. */
export function describeOutcomes({ messageId, devices }: SendOutcomes): SendResults {
  return {
    messageId,
    devices: devices.map((each) => ({
      device: each.deviceKey,
      deviceKey: each.deviceKey,
      outcome: each.kind,
      ...(each.kind === "failed" ? { error_description: each.error.message } : {}),
    })),
  };
}
