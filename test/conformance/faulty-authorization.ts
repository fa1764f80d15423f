// The authorization server of the small server of these tests: as little as signing in takes.

import type { Fault } from "./faults.js";

/** Account access tokens of accounts in special states. */
export const accounts = { withdrawn: "withdrawn", undecided: "undecided" } as const;

/** Seconds that an access token of the device of that name lives; of any other it is longer than a test. */
const lifetimes: Readonly<Record<string, number>> = { brief: 2 };

/** A request, taken apart. */
export interface Asked {
  readonly path: string;
  readonly authorization: string;
  readonly form: URLSearchParams;
}

/** Its answer: JSON, or a page. */
export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content: object | string;
}

export class FaultyAuthorization {
  readonly #fault: Fault | undefined;
  readonly #origin: string;
  readonly #expired: (token: string) => void;
  readonly #live = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #granted = 0;

  /** @param expired called when the time of a token is up, and when it is deleted */
  constructor(fault: Fault | undefined, origin: string, expired: (token: string) => void) {
    this.#fault = fault;
    this.#origin = origin;
    this.#expired = expired;
  }

  isLive(token: string): boolean {
    return this.#live.has(token);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  answer({ path, authorization, form }: Asked): Told {
    if (path === "/terms" && this.#fault !== "has no page for the terms") {
      return { status: 200, content: "<!doctype html><title>Terms</title>" };
    }
    if (path === "/authorize") return this.#authorize(authorization, form);
    if (path !== "/token") return { status: 404, content: {} };
    if (form.get("grant_type") === "delete") {
      if (this.#fault !== "leaves deleted tokens their downchannel") {
        this.#end(form.get("access_token") ?? "");
      }
      return { status: 200, content: {} };
    }
    if (
      form.get("code") === "pending" &&
      this.#fault !== "takes codes before the terms are agreed to"
    ) {
      return { status: 400, content: { error: "invalid_grant" } };
    }
    return this.#grant(form.get("device_id") ?? "");
  }

  #authorize(authorization: string, form: URLSearchParams): Told {
    const state = form.get("state");
    const account = authorization.replace("Bearer ", "");
    if (account === accounts.withdrawn && this.#fault !== "lets withdrawn accounts in") {
      const says = this.#fault !== "locks accounts without saying how long";
      return {
        status: 423,
        ...(says ? { headers: { "retry-after": "86400" } } : {}),
        content: { error: "account_locked", state },
      };
    }
    if (account === accounts.undecided && this.#fault !== "asks for no terms") {
      const page = `${this.#origin}/terms`;
      return { status: 451, content: { code: "pending", redirect_uri: page, state } };
    }
    return { status: 200, content: { code: "code", state } };
  }

  #grant(device: string): Told {
    const token = `${device}/${this.#granted++}`;
    this.#live.add(token);
    const lifetime = lifetimes[device.split("-").at(-1) ?? ""];
    if (lifetime !== undefined) {
      const isEarly = this.#fault === "ends downchannels before their token";
      const timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          if (this.#fault !== "leaves expired tokens their downchannel") this.#end(token);
        },
        isEarly ? 500 : lifetime * 1_000,
      );
      this.#timers.add(timer);
    }
    const content = {
      access_token: token,
      refresh_token: "r",
      token_type: "Bearer",
      expires_in: lifetime ?? 9_000,
    };
    return { status: 200, content };
  }

  #end(token: string): void {
    this.#live.delete(token);
    this.#expired(token);
  }
}
