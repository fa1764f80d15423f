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
import { authenticate } from "./authentication.js";
import { DownchannelRegistry } from "./downchannel-registry.js";
import { Downchannel } from "./downchannel.js";
import type { EventHandler } from "./event-handler.js";
import { checkEvent } from "./events/event-check.js";
import { type EventOutcome, type ExchangeOptions, beginExchange } from "./events/event-exchange.js";
import { refuse } from "./exception.js";
import { PingAcknowledgement } from "./ping-acknowledgement.js";
import { type GatewayRoute, routeOf } from "./routes.js";
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
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #wheel: TimingWheel;
  readonly #downchannels: DownchannelRegistry;
  readonly #exchange: ExchangeOptions;
  readonly #connections = new Set<Connection>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#wheel = new TimingWheel(options.clock);
    this.#downchannels = new DownchannelRegistry(this.#wheel);
    const handlers = new Map(Object.entries(options.handlers));
    this.#exchange = {
      config: options.config,
      clock: this.#wheel,
      log: options.log,
      handlerOf: (name) => handlers.get(name),
      check: (envelope) => checkEvent(envelope, options.config.validation),
      onOutcome: (outcome) => options.onEvent?.(outcome),
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
    const connection: Connection = {
      session,
      pings: new PingAcknowledgement(
        session,
        this.#wheel,
        config.pingTimeoutSeconds * 1000,
        config.pingIntervalSeconds * 1000,
      ),
    };
    this.#connections.add(connection);
    session.onClose(() => this.#connections.delete(connection));
    return { stream: (stream) => this.#request(stream, connection) };
  }

  /**
   * Sends every connection away: a GOAWAY each, spread over the drain time, its downchannels ended; events that are being
   * answered finish. Resolves when all are gone; what is left at the end of the drain time is cut.
   * @param seconds the drain time; the configuration's unless given
   */
  async drain(seconds: number = this.#options.config.drainSeconds): Promise<void> {
    const connections = [...this.#connections];
    if (connections.length > 0) {
      const span = seconds * 1000;
      // The last wave leaves its connections half of the time to finish.
      const waves = connections.map((connection, index) => {
        const delay = connections.length === 1 ? 0 : (index / connections.length) * (span / 2);
        return this.#sendAway(connection, delay);
      });
      const cut = this.#options.clock.after(span, () => {
        for (const { session } of this.#connections) session.destroy(0);
      });
      await Promise.all(waves);
      cut.cancel();
    }
    this.#wheel.stop();
  }

  #sendAway({ session }: Connection, delay: number): Promise<void> {
    return new Promise((resolve) => {
      session.onClose(() => resolve());
      const leave = (): void => {
        session.goaway();
        for (const channel of this.#downchannels.all()) {
          if (channel.session === session) channel.end("draining");
        }
        session.close();
      };
      if (delay === 0) leave();
      else this.#options.clock.after(delay, leave);
    });
  }

  #request(stream: ServerStream, connection: Connection): void {
    try {
      const route = routeOf(stream.method, stream.path);
      const token = authenticate(stream, this.#options.tokens);
      if (token instanceof Promise) {
        token
          .then((verified) => this.#serve(route, stream, verified, connection))
          .catch((error: unknown) => this.#refuse(stream, error));
      } else {
        this.#serve(route, stream, token, connection);
      }
    } catch (error) {
      this.#refuse(stream, error);
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
        stream.respond(204, {}, { end: true });
        return;
      case "downchannel":
        this.#checkUserAgent(stream);
        this.#openDownchannel(stream, token, connection);
        return;
      case "events":
        this.#checkUserAgent(stream);
        this.#checkDownchannel(stream, token);
        beginExchange(stream, token.identity, this.#exchange);
        return;
    }
  }

  #openDownchannel(stream: ServerStream, token: VerifiedToken, connection: Connection): void {
    const { config, delivery, presence, log } = this.#options;
    const { deviceKey } = token.identity;
    this.#downchannels.admit(deviceKey);
    const channel = new Downchannel({
      stream,
      token,
      pings: connection.pings,
      clock: this.#wheel,
      slowReaderTimeout: config.slowReaderSeconds * 1000,
      onEnd: (ended, why) => {
        delivery.detach(deviceKey, ended);
        const offline = this.#downchannels.remove(ended);
        if (offline) presence.offline(deviceKey, this.#wheel.now());
        log.info("A downchannel ended.", { deviceKey, why, offline });
      },
    });
    this.#downchannels.replace(channel);
    channel.start();
    const from = {
      remoteAddress: stream.session.remoteAddress,
      userAgent: (stream.header("user-agent") ?? "").slice(0, maxUserAgentLength),
    };
    presence.online(deviceKey, this.#wheel.now(), from);
    delivery.attach(deviceKey, channel, (error) => {
      log.error("The mailbox could not be read.", { deviceKey, err: error });
      channel.end("mailbox-failed");
    });
    log.info("A downchannel opened.", { deviceKey, deviceId: token.identity.deviceId, ...from });
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

  #refuse(stream: ServerStream, thrown: unknown): void {
    const error = TrefoilError.from(thrown);
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

interface Connection {
  readonly session: ServerSession;
  readonly pings: PingAcknowledgement;
}
