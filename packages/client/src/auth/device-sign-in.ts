// Waits for a person to let the device in: asks as often as the server allows, until there is an outcome.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthorizationServer } from "./authorization-server.js";
import { type DeviceFlowAnswer, type UserCode, nextInterval } from "./device-flow.js";

/** What came of waiting. */
export type DeviceSignInOutcome = Extract<
  DeviceFlowAnswer,
  { readonly kind: "tokens" | "denied" | "expired" | "terms" }
>;

/** What the wait works with. */
export interface DeviceSignInOptions {
  readonly server: Pick<AuthorizationServer, "deviceAuthorization" | "deviceTokens">;
  readonly clock: Clock;
  /** Shows or speaks the code. */
  readonly prompt: (code: UserCode) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gets a code, has it shown and waits for the person.
 * @throws {TrefoilError} where the server refuses to give a code or calls the question wrong; whatever the signal's reason is
 */
export async function deviceSignIn(options: DeviceSignInOptions): Promise<DeviceSignInOutcome> {
  const { server, clock, prompt, signal } = options;
  signal?.throwIfAborted();
  const { user, deviceCode, interval: first } = await server.deviceAuthorization();
  signal?.throwIfAborted();
  prompt(user);
  for (let interval = first; ;) {
    await pause(clock, interval, signal);
    if (clock.now() >= user.expiresAt) return { kind: "expired" };
    const answer = await ask(server, deviceCode);
    signal?.throwIfAborted();
    switch (answer.kind) {
      case "pending":
      case "slow-down":
      case "failed":
        interval = nextInterval(interval, answer.kind);
        break;
      case "tokens":
      case "denied":
      case "expired":
      case "terms":
        return answer;
    }
  }
}

/** A server that is away for a while is no outcome: the person may be typing just then. */
async function ask(
  server: Pick<AuthorizationServer, "deviceTokens">,
  deviceCode: string,
): Promise<DeviceFlowAnswer> {
  try {
    return await server.deviceTokens(deviceCode);
  } catch (thrown) {
    const error = TrefoilError.from(thrown);
    if (error.code === "unavailable") return { kind: "failed", error };
    throw error;
  }
}

function pause(clock: Clock, delay: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delay, () => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    });
    signal?.addEventListener("abort", aborted, { once: true });
  });
}
