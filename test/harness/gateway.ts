// A gateway of its own for a test: real HTTP/2 over plain TCP on loopback, tokens that the test hands out.

import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { type Clock, systemClock } from "@trefoil/protocol/clock";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  Delivery,
  type Mailbox,
  Presence,
  createMemoryMailbox,
} from "../../packages/server/src/delivery/index.js";
import { Gateway, type GatewayOptions } from "../../packages/server/src/gateway/index.js";
import {
  type ServerSession,
  type SessionLimit,
  createHttp2Engine,
  engineLimits,
} from "../../packages/server/src/http2/index.js";
import type { VerifiedToken } from "../../packages/server/src/identity/index.js";
import { type Logger, silentLogger } from "../../packages/server/src/logging/index.js";

/** Tokens of a test: `token("kitchen")` is good for the device `kitchen` until it is revoked. */
export class TestTokens {
  readonly #tokens = new Map<string, VerifiedToken & { live: boolean }>();
  readonly #listeners = new Map<string, Set<() => void>>();

  issue(deviceKey: string, expiresAt = Number.MAX_SAFE_INTEGER): string {
    const token = `token-${deviceKey}-${this.#tokens.size}`;
    const listeners = new Set<() => void>();
    this.#listeners.set(token, listeners);
    this.#tokens.set(token, {
      identity: {
        deviceKey,
        accountId: "account",
        clientId: "client",
        deviceId: deviceKey,
        modelId: "model",
      },
      grantId: `grant-${deviceKey}`,
      expiresAt,
      live: true,
      onRevoked(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    });
    return token;
  }

  revoke(token: string): void {
    const verified = this.#tokens.get(token);
    if (verified !== undefined) verified.live = false;
    for (const listener of this.#listeners.get(token) ?? []) listener();
  }

  /** How often a token was looked up: once for each request that got as far. */
  verifications = 0;

  /** How many listeners wait for revocations: a test's way to show that none was forgotten. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  verify(token: string): VerifiedToken | undefined {
    this.verifications++;
    const verified = this.#tokens.get(token);
    return verified?.live === true ? verified : undefined;
  }
}

export interface TestGateway {
  readonly origin: string;
  readonly port: number;
  readonly gateway: Gateway;
  readonly delivery: Delivery;
  readonly presence: Presence;
  readonly mailbox: Mailbox;
  readonly tokens: TestTokens;
  readonly sessions: ReadonlySet<ServerSession>;
  /** The limits that peers met, in order. */
  readonly limitsMet: readonly SessionLimit[];
  /** How many TCP connections the server holds. */
  readonly sockets: number;
  stop(): Promise<void>;
}

/** Starts a gateway on a free port. */
export async function startGateway(
  options: {
    /** Settings of the section `gateway`. */
    readonly config?: Record<string, unknown>;
    /** Settings of the section `limits`. */
    readonly limits?: Record<string, unknown>;
    readonly handlers?: GatewayOptions["handlers"];
    readonly clock?: Clock;
    readonly mailbox?: Mailbox;
    readonly log?: Logger;
    readonly onEvent?: NonNullable<GatewayOptions["onEvent"]>;
    readonly isOverloaded?: () => boolean;
  } = {},
): Promise<TestGateway> {
  const clock = options.clock ?? systemClock;
  const config = configSchema.parse({
    gateway: options.config ?? {},
    limits: options.limits ?? {},
  });
  const mailbox = options.mailbox ?? createMemoryMailbox();
  const tokens = new TestTokens();
  const presence = new Presence();
  const delivery = new Delivery({
    mailbox,
    accounts: { devicesOf: async () => [] },
    clock,
    config: config.delivery,
    maxQueuedBytes: config.gateway.maxQueuedBytes,
    ...(options.log === undefined ? {} : { log: options.log }),
  });
  const gateway = new Gateway({
    config: config.gateway,
    clock,
    log: options.log ?? silentLogger,
    tokens,
    delivery,
    presence,
    handlers: options.handlers ?? {},
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    ...(options.isOverloaded === undefined ? {} : { isOverloaded: options.isOverloaded }),
  });
  const sessions = new Set<ServerSession>();
  const limitsMet: SessionLimit[] = [];
  const engine = createHttp2Engine({
    limits: engineLimits(config),
    clock,
    onLimit: (limit) => limitsMet.push(limit),
  });
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    engine.serve(socket, (session) => {
      sessions.add(session);
      session.onClose(() => sessions.delete(session));
      return gateway.connect(session);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    gateway,
    delivery,
    presence,
    mailbox,
    tokens,
    sessions,
    limitsMet,
    get sockets() {
      return sockets.size;
    },
    async stop() {
      server.close();
      // What the ends of their streams set off has happened by then, and does not reach into the next test.
      const ended = [...sessions].map(
        (session) => new Promise<void>((resolve) => session.onClose(() => resolve())),
      );
      for (const session of sessions) session.destroy(0);
      await gateway.drain(0);
      await Promise.all(ended);
    },
  };
}
