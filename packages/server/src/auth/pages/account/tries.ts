// How often pages let one network try what costs the machine time or could be guessed.

import { TrefoilError } from "@trefoil/protocol/errors";
import { networkOf } from "../../../identity/index.js";
import type { Caller } from "../../http/caller.js";
import type { SignInContext } from "../../sign-in.js";
import { digestOf } from "../../secrets.js";

/** What is counted, each by itself. */
export type TryKind = "sign-up" | "recover" | "device-authorization";

/** Per network: many people may share one. */
const limits: Readonly<Record<TryKind, { readonly attempts: number; readonly window: number }>> = {
  "sign-up": { attempts: 30, window: 3_600_000 },
  recover: { attempts: 30, window: 3_600_000 },
  "device-authorization": { attempts: 300, window: 3_600_000 },
};

/** @throws TrefoilError `too_many_requests` with the seconds to wait */
export function countTry(
  context: Pick<SignInContext, "limiter" | "clock">,
  kind: TryKind,
  caller: Caller,
): void {
  const key = digestOf(`${kind} ${networkOf(caller.remoteAddress)}`);
  const retryAfter = context.limiter.take([{ key, limit: limits[kind] }], context.clock.now());
  if (retryAfter === undefined) return;
  throw new TrefoilError("too_many_requests", "Too many tries; try again later.", { retryAfter });
}
