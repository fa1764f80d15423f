// What every check works with: requests to the server under judgement, devices that are signed in, connections that are
// cleaned up after, and the pace that keeps the judge from being a nuisance.

import type { Clock } from "@trefoil/protocol/clock";
import type { Credentials, Subject } from "../known-server/index.js";
import type { Means, Sender } from "./means.js";
import { Inapplicable, Violation, holds } from "./verdict.js";
import type { Answer } from "./wire/answer.js";
import { Line } from "./wire/line.js";
import { type Parameters, encode } from "./wire/parameters.js";
import { type WebAnswer, describe, webRequest } from "./wire/web-request.js";

/** One of the few devices of the judge: each is a device of its own for the server. */
export type DeviceName = (typeof deviceNames)[number];

const deviceNames = ["main", "burst", "fleeting", "brief", "other"] as const;

/** The ids of all of them. @param prefix what they begin with */
export function deviceIdsOf(prefix: string): readonly string[] {
  return deviceNames.map((name) => `${prefix}-${name}`);
}

/** The tokens of a device. */
export interface DeviceTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A request to the authorization server. */
export interface AuthRequest {
  readonly method?: string;
  readonly query?: Parameters;
  /** Sent as a form; makes it a POST unless `method` says otherwise. */
  readonly form?: Parameters;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An open downchannel and what it is on. */
export interface Connected {
  readonly line: Line;
  readonly token: string;
  readonly channel: Answer;
}

/** Downchannels that one device may open within {@link window}. @see docs/protocol.md#connection */
const perWindow = 2;
/** A second, and something for the way. Milliseconds. */
const window = 1_200;
/** Failures that are kept for the checks that judge them. */
const maxFailures = 20;
/** Longest pause that a server may ask for and get. Seconds. */
const longestPause = 10;

export class Bench {
  readonly subject: Subject;
  readonly clock: Clock;
  /** Milliseconds that an answer may take. */
  readonly patience: number;
  readonly means: Means;
  readonly #failures: Answer[] = [];
  readonly #lines = new Set<Line>();
  readonly #opened = new Map<string, number[]>();
  readonly #granted = new Map<DeviceName, Promise<DeviceTokens>>();
  /** Access tokens that are to be given back at the end. */
  readonly #owed = new Map<string, DeviceName>();
  #connected: Connected | undefined;

  constructor(subject: Subject, means: Means, clock: Clock, patience: number) {
    this.subject = subject;
    this.means = means;
    this.clock = clock;
    this.patience = patience;
  }

  /** Answers of the gateway, over the whole run, by which it said that it failed: 500 and above. */
  get failures(): readonly Answer[] {
    return this.#failures;
  }

  /** How the platform is brought to send a directive. @throws {Inapplicable} where the judge was given no way */
  get send(): Sender {
    const { send } = this.means;
    if (send !== undefined) return send;
    throw new Inapplicable(
      "needs a way to send directives: --send-with COMMAND, or --admin-token for a Trefoil server",
    );
  }

  /** @throws {Inapplicable} where the judge was given none */
  get credentials(): Credentials {
    const { credentials, missing } = this.subject;
    if (credentials !== undefined) return credentials;
    throw new Inapplicable(`needs a client and an account: ${missing.join(", ")}`);
  }

  deviceId(device: DeviceName): string {
    return `${this.subject.deviceId}-${device}`;
  }

  /** Asks `/authorize` or `/token`; a pause that the server asks for is kept. */
  async ask(path: "/authorize" | "/token", request: AuthRequest): Promise<WebAnswer> {
    const base = this.subject.authUrl.href.replace(/\/+$/, "");
    const url = new URL(`${base}${path}`);
    if (request.query !== undefined) url.search = encode(request.query);
    const body = request.form === undefined ? undefined : encode(request.form);
    const headers = {
      ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...request.headers,
    };
    const method = request.method ?? (body === undefined ? "GET" : "POST");
    const plain = { method, headers, ...(body === undefined ? {} : { body }) };
    const answer = await webRequest(url, this.subject.tls, this.patience, plain);
    if (answer.status !== 429) return answer;
    const seconds = Number(answer.headers["retry-after"] ?? NaN);
    if (!(seconds <= longestPause)) {
      throw new Inapplicable("the server asks to slow down (429): run it again later");
    }
    await this.pause(seconds * 1_000);
    return webRequest(url, this.subject.tls, this.patience, plain);
  }

  /** Parameters and headers that `/authorize` answers 200 to. */
  authorization(device: DeviceName): {
    readonly parameters: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
  } {
    const { clientId, model, proof } = this.credentials;
    return {
      parameters: {
        client_id: clientId,
        device_id: this.deviceId(device),
        model_id: model,
        response_type: "code",
        state: "conformance",
        ...(proof.kind === "guest" ? { request_vu: "Y" } : {}),
      },
      headers: proof.kind === "guest" ? {} : { authorization: `Bearer ${proof.token}` },
    };
  }

  /** What `/token` wants with every grant. */
  tokenParameters(device: DeviceName): Readonly<Record<string, string>> {
    const { clientId, clientSecret, model } = this.credentials;
    return {
      client_id: clientId,
      client_secret: clientSecret,
      device_id: this.deviceId(device),
      model_id: model,
    };
  }

  /** A fresh authorization code. @throws {Violation} where there is none */
  async code(device: DeviceName, extra: Readonly<Record<string, string>> = {}): Promise<string> {
    const { parameters, headers } = this.authorization(device);
    const answer = await this.ask("/authorize", { form: { ...parameters, ...extra }, headers });
    if (answer.status === 451 || answer.status === 423) {
      throw new Inapplicable(`the account is not let in now (${answer.status})`);
    }
    const code = answer.json["code"];
    holds(
      answer.status === 200 && typeof code === "string" && code !== "",
      "200 and a code from /authorize",
      describe(answer),
    );
    return code;
  }

  /** Exchanges a code; the answer is the caller's to judge. */
  async exchange(
    code: string,
    device: DeviceName,
    extra: Readonly<Record<string, string | undefined>> = {},
  ): Promise<WebAnswer> {
    const answer = await this.ask("/token", {
      query: { grant_type: "authorization_code" },
      form: { ...this.tokenParameters(device), code, ...extra },
    });
    const token = answer.json["access_token"];
    if (answer.status === 200 && typeof token === "string") this.#owed.set(token, device);
    return answer;
  }

  /** Signs a device in anew. @throws {Violation} where that does not work */
  async signIn(device: DeviceName): Promise<DeviceTokens> {
    return tokensOf(await this.exchange(await this.code(device), device));
  }

  /** An access token of a device, the same for all checks. @throws {Inapplicable} where there is none to be had */
  async token(device: DeviceName): Promise<string> {
    const { accessToken } = this.subject;
    if (accessToken !== undefined) {
      // What supersedes the downchannel of the one device there is leaves it to the next check to open it again.
      if (device === "main" || device === "burst") return accessToken;
      throw new Inapplicable(
        "needs a second device: give --client-id and an account instead of --access-token",
      );
    }
    let granted = this.#granted.get(device);
    if (granted === undefined) {
      granted = this.signIn(device);
      this.#granted.set(device, granted);
    }
    try {
      return (await granted).accessToken;
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      throw new Inapplicable(`the device could not sign in: ${error.message}`);
    }
  }

  /** A connection of the check's own; it is closed after the check. */
  async line(): Promise<Line> {
    const { gatewayUrl, tls } = this.subject;
    const { clock, patience } = this;
    const onFailure = (answer: Answer): void => {
      if (this.#failures.length < maxFailures) this.#failures.push(answer);
    };
    const line = await Line.connect(gatewayUrl, { tls, clock, patience, onFailure });
    this.#lines.add(line);
    return line;
  }

  /** Asks for a downchannel, not sooner than a device may. */
  async requestDownchannel(line: Line, token: string): Promise<Answer> {
    const times = this.#opened.get(token) ?? [];
    const last = times.at(-perWindow);
    if (last !== undefined) await this.pause(last + window - this.clock.now());
    this.#opened.set(token, [...times, this.clock.now()].slice(-perWindow));
    return line.request({ method: "GET", path: "/v1/directives", token });
  }

  /** Opens a downchannel. @throws {Violation} where it is not answered 200 */
  async openDownchannel(line: Line, token: string): Promise<Answer> {
    const answer = await this.requestDownchannel(line, token);
    await answer.withStatus();
    holds(answer.status === 200, "status 200 for GET /v1/directives", answer.describe());
    return answer;
  }

  /** The main device with its downchannel, the same for all checks until one of them ends it. */
  async connected(): Promise<Connected> {
    const kept = this.#connected;
    if (kept?.line.isOpen === true && !kept.channel.over) return kept;
    const token = await this.token("main");
    const line = await this.line();
    const channel = await this.openDownchannel(line, token);
    this.#lines.delete(line);
    this.#connected = { line, token, channel };
    await kept?.line.close();
    return this.#connected;
  }

  /** Waits. @param milliseconds none where negative */
  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(Math.max(0, milliseconds), resolve));
  }

  /** Closes what a check opened. */
  async tidy(): Promise<void> {
    await Promise.all([...this.#lines].map((line) => line.close()));
    this.#lines.clear();
  }

  /** Closes everything and gives the tokens back. */
  async close(): Promise<void> {
    await this.tidy();
    await this.#connected?.line.close();
    for (const [accessToken, device] of this.#owed) {
      const query = { grant_type: "delete" };
      const form = { ...this.tokenParameters(device), access_token: accessToken };
      // What is left at a server that does not take it back expires by itself.
      await this.ask("/token", { query, form }).catch(() => undefined);
    }
  }
}

/** The tokens of an answer. @throws {Violation} where it holds none */
export function tokensOf(answer: WebAnswer): DeviceTokens {
  const { access_token: accessToken, refresh_token: refreshToken } = answer.json;
  holds(
    answer.status === 200 && typeof accessToken === "string" && typeof refreshToken === "string",
    "200 and tokens from /token",
    describe(answer),
  );
  return { accessToken, refreshToken };
}
