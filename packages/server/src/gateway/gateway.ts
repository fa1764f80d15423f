// The gateway: what each request of a device means, and the connections and downchannels that it keeps.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { MessageName } from "@trefoil/protocol/messages";
import { parseUserAgent } from "@trefoil/protocol/user-agent";
import type { GatewayConfig } from "../config/index.js";
import type { Delivery, Presence } from "../delivery/index.js";
import type { ServerSession, ServerStream, SessionHandler } from "../http2/index.js";
import type { TokenVerifier, VerifiedToken } from "../identity/index.js";
import type { Logger } from "../logging/index.js";
import { GatewayMeasures, publish } from "../observability/index.js";
import { authenticate } from "./authentication.js";
import { Connection } from "./connection.js";
import { Connections } from "./connections.js";
import { CrossOriginPolicy, CrossOriginStream } from "./cross-origin/index.js";
import { DownchannelRegistry } from "./downchannel-registry.js";
import { Downchannel } from "./downchannel.js";
import type { EventHandler } from "./event-handler.js";
import { checkEvent } from "./events/event-check.js";
import { type ExchangeOptions, beginExchange } from "./events/event-exchange.js";
import type { EventOutcome } from "./events/event-watch.js";
import { refuse } from "./exception.js";
import { PingAcknowledgement } from "./ping-acknowledgement.js";
import { type GatewayRoute, methodOf, routeOf } from "./routes.js";
import { TimingWheel } from "./timing-wheel.js";

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tokens: TokenVerifier;
  readonly delivery: Delivery;
  readonly presence: Presence;
  /** Who handles which event. An event that nobody handles is answered 204. */
  readonly handlers: Readonly<Partial<Record<MessageName, EventHandler>>>;
  readonly onEvent?: (outcome: EventOutcome) => void;
  /** Whether new work is better refused. Default: never. */
  readonly isOverloaded?: () => boolean;
  /** Where a request comes from; from the other end of its connection unless given. */
  readonly clientAddress?: (stream: ServerStream) => string;
  /** Where it counts; its own unless given. */
  readonly measures?: GatewayMeasures;
}

export class Gateway {
  readonly measures: GatewayMeasures;
  readonly #options: GatewayOptions;
  readonly #wheel: TimingWheel;
  readonly #downchannels: DownchannelRegistry;
  readonly #exchange: ExchangeOptions;
  readonly #connections: Connections;
  readonly #crossOrigin: CrossOriginPolicy;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.measures = options.measures ?? new GatewayMeasures();
    this.#wheel = new TimingWheel(options.clock);
    this.#downchannels = new DownchannelRegistry(this.#wheel);
    this.#connections = new Connections(options.clock, options.log);
    this.#crossOrigin = new CrossOriginPolicy(options.config.allowedOrigins);
    const handlers = new Map(Object.entries(options.handlers));
    this.#exchange = {
      config: options.config,
      clock: this.#wheel,
      log: options.log,
      handlerOf: (name) => handlers.get(name),
      check: (envelope) => checkEvent(envelope, options.config.validation),
      onOutcome: (outcome) => {
        this.#count(outcome);
        options.onEvent?.(outcome);
      },
    };
  }

  /** How many downchannels are open. */
  get openDownchannels(): number {
    return this.#downchannels.size;
  }

  /** How many connections are open. */
  get openConnections(): number {
    return this.#connections.size;
  }

  /** Takes a new connection; what is answered takes its streams. */
  connect(session: ServerSession): SessionHandler {
    const { config } = this.#options;
    const { measures } = this;
    const pings = new PingAcknowledgement(
      session,
      this.#wheel,
      config.pingTimeoutSeconds * 1000,
      config.pingIntervalSeconds * 1000,
      {
        acknowledged: (seconds) => {
          measures.pingSeconds.observe(seconds);
          this.#seen(connection);
        },
        timedOut: () => void measures.pingTimeouts++,
      },
    );
    const connection = new Connection(session, pings);
    measures.connections++;
    this.#connections.add(connection);
    return {
      stream: (stream) => this.#arrived(stream, connection),
      pinged: () => this.#seen(connection),
    };
  }

  /**
   * Sends every connection away: a GOAWAY each, in waves over the drain time, its downchannels ended; events that are being
   * answered finish. Resolves when all are gone, or are being cut at the end of the drain time.
   * @param seconds the drain time; the configuration's unless given
   */
  async drain(seconds: number = this.#options.config.drainSeconds): Promise<void> {
    await this.#connections.drain(seconds);
    this.#wheel.stop();
  }

  #count({ name, status, check, seconds }: EventOutcome): void {
    const { requests, events, validations, eventSeconds } = this.measures;
    requests.add("events", status);
    // Names that the catalogue does not have come from devices: there may be any number of them.
    events.add(name === undefined ? "none" : check === "unknown" ? "other" : name, status);
    validations.add(check ?? "unread");
    eventSeconds.observe(seconds);
  }

  #seen({ downchannels }: Connection): void {
    const now = this.#wheel.now();
    for (const { present } of downchannels) present?.seen(now);
  }

  /** A request of a device, or of a page of another origin that is let in. */
  #arrived(stream: ServerStream, connection: Connection): void {
    const added = this.#crossOrigin.headersFor(stream.header("origin"));
    if (added === undefined) {
      this.#request(stream, connection);
      return;
    }
    const method = methodOf(stream.path);
    const preflight =
      method === undefined ? undefined : this.#crossOrigin.preflight(stream, [method]);
    if (preflight === undefined) this.#request(new CrossOriginStream(stream, added), connection);
    else stream.respond(preflight.status, preflight.headers, { end: true });
  }

  #request(stream: ServerStream, connection: Connection): void {
    let route: GatewayRoute | undefined;
    try {
      const found = routeOf(stream.method, stream.path);
      route = found;
      const token = authenticate(stream, this.#options.tokens);
      if (token instanceof Promise) {
        token
          .then((verified) => this.#serve(found, stream, verified, connection))
          .catch((error: unknown) => this.#refuse(stream, error, found));
      } else {
        this.#serve(found, stream, token, connection);
      }
    } catch (error) {
      this.#refuse(stream, error, route);
    }
  }

  #serve(
    route: GatewayRoute,
    stream: ServerStream,
    token: VerifiedToken,
    connection: Connection,
  ): void {
    if (stream.closed) return;
    this.#options.presence.seen(token.identity.deviceKey, this.#wheel.now());
    switch (route) {
      case "ping":
        this.measures.requests.add("ping", 204);
        stream.respond(204, {}, { end: true });
        return;
      case "downchannel":
        this.#checkUserAgent(stream);
        this.#checkCapacity(connection, this.#connections.draining);
        this.#openDownchannel(stream, token, connection);
        return;
      case "events":
        this.#checkUserAgent(stream);
        this.#checkCapacity(connection, connection.leaving);
        this.#checkDownchannel(stream, token);
        beginExchange(stream, token.identity, this.#exchange);
        return;
    }
  }

  #openDownchannel(stream: ServerStream, token: VerifiedToken, connection: Connection): void {
    const { delivery, presence, log } = this.#options;
    const { measures } = this;
    const { deviceKey, accountId } = token.identity;
    this.#downchannels.admit(deviceKey);
    const channel = new Downchannel({
      stream,
      token,
      pings: connection.pings,
      clock: this.#wheel,
      onEnd: (ended, why) => {
        delivery.detach(deviceKey, ended);
        const offline = this.#downchannels.remove(ended);
        connection.downchannels.delete(ended);
        if (offline) presence.offline(deviceKey, this.#wheel.now());
        measures.downchannelEnds.add(why);
        publish("trefoil:downchannel:ended", { deviceKey, why, offline });
        log.info("A downchannel ended.", { deviceKey, why, offline });
      },
    });
    this.#downchannels.replace(channel);
    connection.downchannels.add(channel);
    channel.start();
    measures.downchannels++;
    measures.requests.add("downchannel", 200);
    const from = {
      remoteAddress: this.#options.clientAddress?.(stream) ?? stream.session.remoteAddress,
      userAgent: (stream.header("user-agent") ?? "").slice(0, maxUserAgentLength),
    };
    channel.present = presence.online(deviceKey, this.#wheel.now(), { accountId, ...from });
    delivery.attach(deviceKey, channel, (error) => {
      log.error("The mailbox could not be read.", { deviceKey, err: error });
      channel.end("mailbox-failed");
    });
    publish("trefoil:downchannel:opened", { device: token.identity, ...from });
    log.info("A downchannel opened.", { deviceKey, deviceId: token.identity.deviceId, ...from });
  }

  /** @throws {TrefoilError} `unavailable` where new work is better done elsewhere, or later */
  #checkCapacity({ session }: Connection, ending: boolean): void {
    if (ending) {
      throw new TrefoilError("unavailable", "The server is about to end: connect again.", {
        retryAfter: 1,
      });
    }
    if (this.#options.isOverloaded?.() === true) {
      throw new TrefoilError("unavailable", "The server is overloaded: try again later.", {
        // Spread, so that those who were refused together do not come back together.
        retryAfter: 1 + (session.id % overloadSpread),
      });
    }
  }

  #checkDownchannel(stream: ServerStream, token: VerifiedToken): void {
    const channel = this.#downchannels.get(token.identity.deviceKey);
    if (channel === undefined || !channel.open) {
      throw new TrefoilError(
        "no_downchannel",
        "The device has no open downchannel: send GET /v1/directives first and keep it open.",
      );
    }
    if (
      this.#options.config.connectionAffinity === "same-connection" &&
      channel.session !== stream.session
    ) {
      throw new TrefoilError(
        "no_downchannel",
        "The device's downchannel is on another connection: send events on the connection that holds it.",
      );
    }
  }

  #checkUserAgent(stream: ServerStream): void {
    if (this.#options.config.userAgentPolicy !== "reject") return;
    if (parseUserAgent(stream.header("user-agent") ?? "").kind === "clova") return;
    throw new TrefoilError(
      "user_agent_rejected",
      "The User-Agent does not follow the grammar `CLOVA/<product>/<version> (<system>;...)`.",
    );
  }

  #refuse(stream: ServerStream, thrown: unknown, route: GatewayRoute | undefined): void {
    const error = TrefoilError.from(thrown);
    this.measures.requests.add(route ?? "none", error.wire.http);
    if (error.wire.http >= 500 && error.code !== "unavailable") {
      this.#options.log.error("A request failed.", {
        path: stream.path.split("?")[0],
        err: thrown,
      });
    }
    refuse(stream, error);
  }
}

/** Longest User-Agent that is kept for presence, in characters. */
const maxUserAgentLength = 256;

/** Over how many seconds devices that were refused for overload come back. */
const overloadSpread = 10;
