// Carries out what the state machine decides: dials, opens the downchannel, gets tokens, waits.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { TokenAnswer } from "../auth/index.js";
import { connectionFailure } from "../transport/index.js";
import type {
  RequestOutcome,
  Transport,
  TransportRequest,
  TransportResponse,
} from "../transport/index.js";
import {
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  closedConnection,
} from "./connection-state.js";
import { inTime, timedOut } from "./in-time.js";
import { Line } from "./line.js";
import { refusalOf } from "./refusal.js";
import { Rivalry } from "./rivalry.js";
import type { ConnectionSettings } from "./settings.js";
import { transition } from "./transition.js";

/** Where access tokens come from. */
export interface TokenSource {
  accessToken(): Promise<TokenAnswer>;
  /** Another one than that which the gateway refused. */
  renew(rejected: string): Promise<TokenAnswer>;
}

/** What the connection tells its owner. */
export interface ConnectionListener {
  /** The state is another one; called in order, after its effects were begun. */
  changed(state: ConnectionState, previous: ConnectionState): void;
  /**
   * Reads a downchannel to its end.
   * @throws {TrefoilError} where it was cut, or is none
   */
  downchannel(response: TransportResponse): Promise<void>;
  /** The gateway ends downchannel after downchannel: another program seems to be connected as this device. Called once. */
  contested(): void;
}

/** What a connection works with. */
export interface ConnectionOptions {
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly settings: ConnectionSettings;
  readonly clock: Clock;
  /** 0 <= random() < 1. */
  readonly random: () => number;
  /** The headers of every request, given a token. */
  readonly headers: (accessToken: string) => Readonly<Record<string, string>>;
  readonly listener: ConnectionListener;
}

/** An open downchannel with the line that events belong on. */
export interface OpenChannel {
  readonly id: number;
  request(request: TransportRequest): Promise<RequestOutcome>;
}

/** A device's connection to the gateway, kept for as long as it is wanted. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #lines = new Map<number, Line>();
  readonly #retired = new Map<number, Line>();
  readonly #dialling = new Map<number, AbortController>();
  readonly #refusedTokens = new Map<number, string>();
  readonly #inputs: ConnectionInput[] = [];
  #state: ConnectionState = closedConnection;
  /** Timers of the current phase. */
  #timers: Timer[] = [];
  readonly #drains = new Set<Timer>();
  readonly #rivalry: Rivalry;
  #stepping = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#rivalry = new Rivalry(options.settings.settleAfter);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Where events can be sent now. */
  get channel(): OpenChannel | undefined {
    const state = this.#state;
    if (state.phase !== "open") return undefined;
    const line = this.#lines.get(state.line);
    if (line === undefined || !line.accepting) return undefined;
    return { id: state.channel, request: (request) => line.request(request) };
  }

  /** Tells the state machine of something; see {@link ConnectionInput}. */
  input(input: ConnectionInput): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        this.#step(next);
      }
    } finally {
      this.#stepping = false;
    }
  }

  #step(input: ConnectionInput): void {
    const { settings, random, listener } = this.#options;
    const previous = this.#state;
    const { state, effects } = transition(previous, input, settings, random());
    this.#state = state;
    if (state.phase !== previous.phase) this.#cancelTimers();
    for (const effect of effects) this.#carryOut(effect);
    if (state.phase === "open" && previous.phase !== "open") this.#replaceEarlier(state.channel);
    if (state !== previous) listener.changed(state, previous);
  }

  #carryOut(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case "dial":
        void this.#dial(effect.line);
        break;
      case "open":
        void this.#open(effect.line, effect.channel);
        break;
      case "renew":
        void this.#renew(effect.channel);
        break;
      case "retire":
        this.#retire(effect.line);
        break;
      case "hang-up":
        this.#hangUp(effect.line);
        break;
      case "hang-up-all":
        for (const line of [...this.#dialling.keys(), ...this.#lines.keys()]) this.#hangUp(line);
        for (const line of this.#retired.values()) line.destroy();
        for (const timer of this.#drains) timer.cancel();
        this.#drains.clear();
        this.#refusedTokens.clear();
        break;
      case "pause":
        this.#after(effect.delay, { kind: "pause-over", timer: effect.timer });
        break;
      case "settle":
        this.#after(effect.delay, { kind: "settled", channel: effect.channel });
        break;
      case "probe":
        this.#lines.get(effect.line)?.probe();
        break;
    }
  }

  #after(delay: number, input: ConnectionInput): void {
    this.#timers.push(this.#options.clock.after(delay, () => this.input(input)));
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }

  async #dial(id: number): Promise<void> {
    const { transport, settings, clock } = this.#options;
    const attempt = new AbortController();
    this.#dialling.set(id, attempt);
    const timer = clock.after(settings.connectTimeout, () =>
      attempt.abort(timedOut(`${transport.origin} did not answer`, settings.connectTimeout)),
    );
    try {
      const connection = await inTime(transport.connect(attempt.signal), attempt.signal);
      const line = new Line(id, connection, settings, clock, {
        goaway: () => this.input({ kind: "goaway", line: id }),
        lost: (cause) => {
          this.#lines.delete(id);
          this.#retired.delete(id);
          this.input({ kind: "line-lost", line: id, cause });
        },
        headers: async () => {
          const token = await this.#options.tokens.accessToken();
          return token.kind === "token" ? this.#options.headers(token.accessToken) : undefined;
        },
      });
      if (line.lost) return;
      this.#lines.set(id, line);
      this.input({ kind: "line-ready", line: id });
    } catch (thrown) {
      this.input({
        kind: "line-lost",
        line: id,
        cause: connectionFailure(transport.origin, thrown),
      });
    } finally {
      timer.cancel();
      this.#dialling.delete(id);
    }
  }

  async #open(lineId: number, channel: number): Promise<void> {
    const token = await this.#options.tokens.accessToken();
    const line = this.#lines.get(lineId);
    if (!this.#wants(channel)) return;
    if (token.kind !== "token") {
      this.#withoutToken(channel, token);
      return;
    }
    if (line === undefined) {
      // It went away while the token was fetched: nobody else would tell.
      const cause = new TrefoilError("unavailable", "The connection ended before it was used.");
      this.input({ kind: "channel-ended", channel, cause });
      return;
    }
    const { settings, clock, headers } = this.#options;
    const controller = line.channel(channel);
    const timer = clock.after(settings.openTimeout, () =>
      controller.abort(timedOut("The downchannel was not answered", settings.openTimeout)),
    );
    const outcome = await line.request({
      method: "GET",
      path: "/v1/directives",
      headers: headers(token.accessToken),
      signal: controller.signal,
    });
    timer.cancel();
    if (outcome.kind === "lost") {
      line.channelEnded(channel);
      this.input({ kind: "channel-ended", channel, cause: TrefoilError.from(outcome.cause) });
      return;
    }
    await this.#answered(line, channel, token.accessToken, outcome.response, controller);
    line.channelEnded(channel);
  }

  async #answered(
    line: Line,
    channel: number,
    accessToken: string,
    response: TransportResponse,
    controller: AbortController,
  ): Promise<void> {
    if (response.status !== 200) {
      const cause = await refusalOf(response, "The downchannel", this.#options.clock);
      controller.abort();
      if (response.status === 401) this.#refusedTokens.set(channel, accessToken);
      this.input({ kind: "channel-refused", channel, status: response.status, cause });
      return;
    }
    // One that came too late is read all the same: the gateway takes what it wrote there for delivered.
    this.input({ kind: "channel-open", channel });
    const { clock, listener } = this.#options;
    const opened = clock.now();
    let cause: TrefoilError;
    let isContested = false;
    try {
      await listener.downchannel(response);
      const state = this.#state;
      // One that this client replaced by another is ended by the gateway too.
      const isCurrent = state.phase === "open" && state.channel === channel;
      isContested = isCurrent && this.#rivalry.ended(clock.now() - opened);
      cause = new TrefoilError("unavailable", "The gateway ended the downchannel.");
    } catch (thrown) {
      cause = TrefoilError.from(thrown);
    }
    this.input({ kind: "channel-ended", channel, cause });
    if (isContested) listener.contested();
  }

  async #renew(channel: number): Promise<void> {
    const rejected = this.#refusedTokens.get(channel) ?? "";
    this.#refusedTokens.clear();
    const token = await this.#options.tokens.renew(rejected);
    if (token.kind === "token") this.input({ kind: "renewed", channel });
    else this.#withoutToken(channel, token);
  }

  #withoutToken(channel: number, answer: Exclude<TokenAnswer, { kind: "token" }>): void {
    const cause = answer.error;
    this.input(
      answer.kind === "sign-in"
        ? { kind: "sign-in-needed", cause }
        : { kind: "renewal-failed", channel, cause },
    );
  }

  /** Whether a channel that was asked for is still waited for. */
  #wants(channel: number): boolean {
    return this.#state.phase === "opening" && this.#state.channel === channel;
  }

  #retire(id: number): void {
    const line = this.#lines.get(id);
    if (line === undefined) return;
    this.#lines.delete(id);
    this.#retired.set(id, line);
    line.retire();
  }

  #hangUp(id: number): void {
    this.#dialling.get(id)?.abort(new TrefoilError("unavailable", "The attempt was given up."));
    const line = this.#lines.get(id);
    this.#lines.delete(id);
    line?.destroy();
  }

  /** A new downchannel is open: the gateway ends the earlier ones. Where it does not, they end here after a while. */
  #replaceEarlier(channel: number): void {
    const { settings, clock } = this.#options;
    const earlier = [...this.#retired.values()];
    const current = [...this.#lines.values()];
    const drain = clock.after(settings.drainTimeout, () => {
      this.#drains.delete(drain);
      for (const line of earlier) line.destroy();
      for (const line of current) line.endChannelsBefore(channel);
    });
    this.#drains.add(drain);
  }
}
