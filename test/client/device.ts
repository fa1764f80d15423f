// A client under test: real HTTP/2, an authorization server made of functions, and time that stands still until it is told to move.

import { FakeClock } from "@trefoil/protocol/clock";
import {
  type Client,
  type ClientNotice,
  type ConnectionState,
  type HttpAnswer,
  type HttpRequest,
  MemoryTokenStore,
  type NodeClientOptions,
  createClient,
} from "@trefoil/client/node";

/** What the authorization server was asked. */
export interface AuthRequest {
  readonly path: string;
  readonly grantType: string | null;
  readonly form: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** An authorization server that gives `access-1`, `access-2`, ... until it is told otherwise. */
export class FakeAuthorization {
  readonly requests: AuthRequest[] = [];
  /** Answers for the next requests, one each. */
  readonly next: ((request: AuthRequest) => HttpAnswer | Promise<HttpAnswer>)[] = [];
  lifetime = 332_000;
  #given = 0;

  readonly http = async (request: HttpRequest): Promise<HttpAnswer> => {
    const asked: AuthRequest = {
      path: request.url.pathname,
      grantType: request.url.searchParams.get("grant_type"),
      form: new URLSearchParams(request.body),
      headers: request.headers,
    };
    this.requests.push(asked);
    const scripted = this.next.shift();
    if (scripted !== undefined) return scripted(asked);
    if (asked.path === "/authorize") {
      return json(200, { code: "the-code", state: asked.form.get("state") });
    }
    if (asked.grantType === "delete") return json(200, { expires_in: 1 });
    this.#given++;
    return json(200, {
      access_token: `access-${this.#given}`,
      refresh_token: `refresh-${this.#given}`,
      expires_in: this.lifetime,
      token_type: "Bearer",
    });
  };

  /** How often a grant was asked for. */
  count(grantType: string): number {
    return this.requests.filter((request) => request.grantType === grantType).length;
  }
}

export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpAnswer {
  return { status, headers, body: JSON.stringify(body) };
}

/** A client with its clock, its authorization server and all it told. */
export interface Device {
  readonly client: Client;
  readonly clock: FakeClock;
  readonly auth: FakeAuthorization;
  readonly notices: ClientNotice[];
  /** The phases in order. */
  readonly phases: ConnectionState["phase"][];
  /** Moves time until something holds that only happens after a wait. */
  wait(milliseconds: number, until: () => boolean): Promise<void>;
}

/** Makes a device that is signed in. Jitter is at its longest. */
export async function signedInDevice(
  gatewayUrl: string,
  options: Partial<NodeClientOptions> = {},
): Promise<Device> {
  const device = makeDevice(gatewayUrl, options);
  await device.client.signIn({ kind: "guest" });
  return device;
}

/** Makes a device that is not signed in. */
export function makeDevice(gatewayUrl: string, options: Partial<NodeClientOptions> = {}): Device {
  const clock = new FakeClock();
  const auth = new FakeAuthorization();
  const notices: ClientNotice[] = [];
  const phases: ConnectionState["phase"][] = [];
  const client = createClient({
    authUrl: "http://auth.test",
    gatewayUrl,
    client: { id: "client", secret: "secret" },
    device: { id: "device", model: "model" },
    http: auth.http,
    tokenStore: new MemoryTokenStore(),
    clock,
    random: () => 0.999,
    ...options,
  });
  client.watch((notice) => {
    notices.push(notice);
    if (notice.kind === "connection" && notice.state.phase !== phases.at(-1)) {
      phases.push(notice.state.phase);
    }
  });
  return {
    client,
    clock,
    auth,
    notices,
    phases,
    async wait(milliseconds, until) {
      const step = Math.max(50, milliseconds / 200);
      for (let passed = 0; passed <= milliseconds; passed += step) {
        if (until()) return;
        clock.advance(step);
        await breathe();
      }
      await eventually(until);
    },
  };
}

/** Lets the event loop turn, so that what was written to sockets is read. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

/** Waits for something that real sockets bring about, without moving the fake clock. */
export async function eventually(
  condition: () => boolean,
  what: string | (() => string) = "the condition",
): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`${typeof what === "string" ? what : what()} did not come about in 5 s`);
    }
    await breathe();
  }
}
