// What the operations on clients, accounts, tokens and the audit log do.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { z } from "zod";
import {
  type Account,
  type Actor,
  type ClientRegistry,
  type DeviceRegistry,
  type Operators,
  type TokenDescription,
  findDevice,
} from "../auth/index.js";
import { jsonAnswer } from "./answers.js";
import { describeClient } from "./clients.js";
import { definedOf } from "./defined.js";
import { timestamp } from "./devices.js";
import type { Handler } from "./operation.js";
import {
  type OperatorOperationId,
  operatorOperations as operations,
} from "./operator-operations.js";
import type * as schemas from "./operator-schemas.js";
import { check, readJson, readQuery } from "./read-request.js";

/** What they work on. */
export interface OperatorHandlersOptions {
  readonly clients: Pick<
    ClientRegistry,
    "disable" | "enable" | "get" | "rotateSecret" | "setRedirectUris"
  >;
  readonly devices: Pick<DeviceRegistry, "get" | "list" | "remove">;
  readonly operators: Pick<Operators, keyof Operators>;
}

type Consent = Awaited<ReturnType<Operators["consentsOf"]>>[number];

/** @see docs/admin-api.md */
export function createOperatorHandlers(
  options: OperatorHandlersOptions,
): Record<OperatorOperationId, Handler> {
  const { clients, devices, operators } = options;
  return {
    async getClient(_request, parameters) {
      return jsonAnswer(200, await clientOf(clientIdOf(parameters)));
    },

    async rotateClientSecret(request, parameters, remoteAddress) {
      const { overlap } = await readJson(request, operations.rotateClientSecret.body);
      const clientId = clientIdOf(parameters);
      const options = definedOf({ overlap });
      return jsonAnswer(201, await clients.rotateSecret(clientId, options, actorAt(remoteAddress)));
    },

    async setClientRedirectUris(request, parameters, remoteAddress) {
      const { redirectUris } = await readJson(request, operations.setClientRedirectUris.body);
      const clientId = clientIdOf(parameters);
      await clients.setRedirectUris(clientId, redirectUris, actorAt(remoteAddress));
      return jsonAnswer(200, await clientOf(clientId));
    },

    async disableClient(_request, parameters, remoteAddress) {
      const clientId = clientIdOf(parameters);
      await clients.disable(clientId, actorAt(remoteAddress));
      return jsonAnswer(200, await clientOf(clientId));
    },

    async enableClient(_request, parameters, remoteAddress) {
      const clientId = clientIdOf(parameters);
      await clients.enable(clientId, actorAt(remoteAddress));
      return jsonAnswer(200, await clientOf(clientId));
    },

    async removeDevice(_request, parameters, remoteAddress) {
      const { id } = check(operations.removeDevice.parameters, parameters, "The path");
      const { deviceKey } = await findDevice(devices, id);
      await devices.remove(deviceKey, actorAt(remoteAddress));
      return jsonAnswer(200, { deviceKey });
    },

    async listAccounts(request) {
      const { limit, ...filter } = readQuery(request, operations.listAccounts.query);
      const page = await operators.listAccounts({ ...definedOf(filter), limit: limit + 1 });
      const shown = page.slice(0, limit);
      return jsonAnswer(200, {
        accounts: shown.map(describeAccount),
        next: page.length > limit ? (shown.at(-1)?.accountId ?? null) : null,
      });
    },

    async createAccount(request, _parameters, remoteAddress) {
      const body = await readJson(request, operations.createAccount.body);
      const { account, password } = await operators.createAccount(body, actorAt(remoteAddress));
      return jsonAnswer(201, { ...describeAccount(account), password: password ?? null });
    },

    async getAccount(_request, parameters) {
      const account = await operators.account(accountRefOf(parameters));
      const consents = await operators.consentsOf(account.accountId);
      return jsonAnswer(200, {
        ...describeAccount(account),
        consents: consents.map(describeConsent),
      });
    },

    async setAccountPassword(request, parameters, remoteAddress) {
      const { password } = await readJson(request, operations.setAccountPassword.body);
      const ref = accountRefOf(parameters);
      const account = await operators.setPassword(ref, password, actorAt(remoteAddress));
      return jsonAnswer(200, describeAccount(account));
    },

    async withdrawAccount(_request, parameters, remoteAddress) {
      const account = await operators.withdrawAccount(
        accountRefOf(parameters),
        actorAt(remoteAddress),
      );
      return jsonAnswer(200, describeAccount(account));
    },

    async inspectToken(request) {
      const { token } = await readJson(request, operations.inspectToken.body);
      return jsonAnswer(200, describeToken(await operators.inspectToken(token)));
    },

    async revokeTokens(request, _parameters, remoteAddress) {
      const target = definedOf(await readJson(request, operations.revokeTokens.body));
      return jsonAnswer(200, {
        revoked: await operators.revokeTokens(target, actorAt(remoteAddress)),
      });
    },

    async listAudit(request) {
      const query = readQuery(request, operations.listAudit.query);
      const { limit, since, before, after, ...filter } = query;
      const page = await operators.listAudit({
        ...definedOf(filter),
        ...definedOf({ since: millisecondsOf(since), before: millisecondsOf(before) }),
        ...(after === undefined ? {} : { after: positionOf(after) }),
        limit: limit + 1,
      });
      const shown = page.slice(0, limit);
      const last = shown.at(-1);
      return jsonAnswer(200, {
        records: shown.map((record) => ({ ...record, at: timestamp(record.at) })),
        next: page.length > limit && last !== undefined ? `${last.at}.${last.auditId}` : null,
      });
    },
  };

  async function clientOf(clientId: string) {
    const client = await clients.get(clientId);
    if (client === undefined) throw new TrefoilError("not_found", "There is no such client.");
    return describeClient(client);
  }
}

function clientIdOf(parameters: Readonly<Record<string, string>>): string {
  return check(operations.getClient.parameters, parameters, "The path").clientId;
}

function accountRefOf(parameters: Readonly<Record<string, string>>): string {
  return check(operations.getAccount.parameters, parameters, "The path").accountId;
}

function actorAt(remoteAddress: string): Actor {
  return { by: "administrator", remoteAddress };
}

/** Where a page of the audit log ended: time and id of its last record. */
function positionOf(after: string): { readonly at: number; readonly auditId: string } {
  const dot = after.indexOf(".");
  return { at: Number(after.slice(0, dot)), auditId: after.slice(dot + 1) };
}

function millisecondsOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

function timeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timestamp(milliseconds);
}

function describeAccount(account: Account): z.output<typeof schemas.accountSchema> {
  const { accountId, kind, email, createdAt, withdrawnAt, lockedUntil } = account;
  return {
    accountId,
    kind,
    email,
    createdAt: timestamp(createdAt),
    withdrawnAt: timeOrNull(withdrawnAt),
    lockedUntil: timeOrNull(lockedUntil),
  };
}

function describeConsent(consent: Consent): z.output<typeof schemas.consentSchema> {
  const { termsId, version, language, clientId, agreedAt, withdrawnAt } = consent;
  return {
    termsId,
    version,
    language,
    clientId,
    agreedAt: timestamp(agreedAt),
    withdrawnAt: timeOrNull(withdrawnAt),
  };
}

function describeToken(token: TokenDescription): z.output<typeof schemas.tokenSchema> {
  return {
    ...token,
    issuedAt: timestamp(token.issuedAt),
    expiresAt: timestamp(token.expiresAt),
    usedAt: timeOrNull(token.usedAt),
    revokedAt: timeOrNull(token.revokedAt),
  };
}
