// What `/authorize` and `/token` let through. Only what fails is counted for addresses and clients, so that a fleet behind
// one address is let through however large it is; a device is counted for what it is given, which a stranger cannot use up
// for it.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-10.10

import type { Clock } from "@trefoil/protocol/clock";
import { type ErrorCode, TrefoilError } from "@trefoil/protocol/errors";
import type { AuthConfig } from "../../config/index.js";
import { networkOf } from "../../identity/index.js";
import { digestOf } from "../secrets.js";
import type { AttemptLimiter, CountedKey } from "./attempt-limiter.js";

/** Failures that tell of a guess: something secret was wrong. What is malformed is no guess and costs next to nothing. */
const guesses: ReadonlySet<ErrorCode> = new Set([
  "access_denied",
  "invalid_client",
  "client_unauthenticated",
  "invalid_grant",
  "device_mismatch",
  "expired_token",
]);

/** Who asks, before anything of it is proved. */
export interface Asker {
  readonly clientId: string;
  readonly remoteAddress: string;
}

/** A device as it names itself. */
export interface NamedDevice {
  readonly clientId: string;
  readonly deviceId: string;
  readonly modelId: string;
}

/** Which budget of failures is used up. */
export type Exhausted =
  | { readonly of: "none" }
  | { readonly of: "address" | "client"; readonly retryAfter: number };

export interface EndpointLimitsParts {
  readonly limiter: AttemptLimiter;
  readonly clock: Clock;
  readonly config: AuthConfig;
}

export class EndpointLimits {
  readonly #parts: EndpointLimitsParts;

  constructor(parts: EndpointLimitsParts) {
    this.#parts = parts;
  }

  /** Whether so much failed that only what proves itself is let through. */
  exhausted(asker: Asker): Exhausted {
    const { limiter, clock } = this.#parts;
    const now = clock.now();
    const address = limiter.wait([this.#failuresOfAddress(asker)], now);
    if (address !== undefined) return { of: "address", retryAfter: address };
    const client = limiter.wait([this.#failuresOfClient(asker)], now);
    return client === undefined ? { of: "none" } : { of: "client", retryAfter: client };
  }

  /**
   * Counts a failure where it tells of a guess.
   * @returns whether it is worth a line in the audit log: of those that are slowed down or malformed, only so many
   */
  failed(asker: Asker, error: TrefoilError): boolean {
    const { limiter, clock } = this.#parts;
    if (error.code === "too_many_requests" || error.code === "invalid_request") {
      return isWorthNoting(this.#parts, asker.remoteAddress);
    }
    if (guesses.has(error.code)) {
      const keys = [this.#failuresOfAddress(asker), this.#failuresOfClient(asker)];
      limiter.count(keys, clock.now());
    }
    return true;
  }

  /**
   * Counts an answer of `/token` to a device that proved itself.
   * @throws TrefoilError `too_many_requests`
   */
  takeDevice(device: NamedDevice): void {
    const { clientId, deviceId, modelId } = device;
    const { attemptsPerDevice } = this.#parts.config;
    this.#take("device", [clientId, deviceId, modelId], attemptsPerDevice);
  }

  /**
   * Counts a pair of codes of `/device_authorization` for a device, which proves nothing of itself: by the network, so that
   * a stranger who calls itself by its name uses up nothing that is the device's.
   * @throws TrefoilError `too_many_requests`
   */
  takeDeviceCode(device: NamedDevice, remoteAddress: string): void {
    const { clientId, deviceId, modelId } = device;
    const { attemptsPerDevice } = this.#parts.config;
    const names = [networkOf(remoteAddress), clientId, deviceId, modelId];
    this.#take("device code", names, attemptsPerDevice);
  }

  /**
   * Counts a code of `/authorize` for a device, by the account that proved itself: another one's codes are no matter.
   * @throws TrefoilError `too_many_requests`
   */
  takeCode(accountId: string, device: NamedDevice): void {
    const { clientId, deviceId, modelId } = device;
    const { attemptsPerDevice } = this.#parts.config;
    this.#take("code", [accountId, clientId, deviceId, modelId], attemptsPerDevice);
  }

  /**
   * Counts a code for a guest, who proves nothing: every code makes a row, and every device an account.
   * @throws TrefoilError `too_many_requests`
   */
  takeGuest(remoteAddress: string): void {
    this.#take("guest", [networkOf(remoteAddress)], this.#parts.config.guestsPerAddress);
  }

  /**
   * Counts a form of a page: its token is remembered, whoever sent it.
   * @throws TrefoilError `too_many_requests`
   */
  takeForm(remoteAddress: string): void {
    this.#take("form", [networkOf(remoteAddress)], this.#parts.config.formsPerAddress);
  }

  /**
   * Counts a sign-in that an app begins at the OpenID Connect provider: it is kept until the person has finished it.
   * @throws TrefoilError `too_many_requests`
   */
  takeAppSignIn(remoteAddress: string): void {
    this.#take("app sign-in", [networkOf(remoteAddress)], this.#parts.config.formsPerAddress);
  }

  #take(kind: string, names: readonly string[], attempts: number): void {
    const { limiter, clock } = this.#parts;
    const retryAfter = limiter.take([this.#key(kind, names, attempts)], clock.now());
    if (retryAfter !== undefined) throw slowDown(retryAfter);
  }

  #failuresOfAddress({ remoteAddress }: Asker): CountedKey {
    const { failuresPerAddress } = this.#parts.config;
    return this.#key("failures address", [networkOf(remoteAddress)], failuresPerAddress);
  }

  #failuresOfClient({ clientId }: Asker): CountedKey {
    return this.#key("failures client", [clientId], this.#parts.config.failuresPerClient);
  }

  #key(kind: string, names: readonly string[], attempts: number): CountedKey {
    const window = this.#parts.config.attemptWindow * 1_000;
    // Control characters occur in no name, so that no two lists of names read the same.
    return { key: digestOf([kind, ...names].join("\0")), limit: { attempts, window } };
  }
}

/** How many refusals of one address the audit log gets: a flood must not fill it. */
const notedRefusals = { attempts: 60, window: 900_000 } as const;

/** Whether a refusal to go on is to be noted in the audit log. */
export function isWorthNoting(
  { limiter, clock }: Pick<EndpointLimitsParts, "limiter" | "clock">,
  remoteAddress: string,
): boolean {
  const key = digestOf(`refusals\0${networkOf(remoteAddress)}`);
  return limiter.take([{ key, limit: notedRefusals }], clock.now()) === undefined;
}

/** @param retryAfter seconds */
export function slowDown(retryAfter: number): TrefoilError {
  return new TrefoilError("too_many_requests", "Too many tries; try again later.", { retryAfter });
}
