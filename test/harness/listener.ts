// A whole listener for a test: TLS with a certificate of its own, a gateway and a small web application behind it.

import { Buffer } from "node:buffer";
import { type Clock, systemClock } from "@trefoil/protocol/clock";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  Delivery,
  Presence,
  createMemoryMailbox,
} from "../../packages/server/src/delivery/index.js";
import { issueAuthority } from "../../packages/server/src/dev/issue-certificate.js";
import {
  Gateway,
  exceptionResponse,
  isGatewayPath,
} from "../../packages/server/src/gateway/index.js";
import {
  type LimitName,
  type Listener,
  TrustedProxies,
  type WebApplication,
  listen,
} from "../../packages/server/src/listener/index.js";
import { silentLogger } from "../../packages/server/src/logging/index.js";
import { TestTokens } from "./gateway.js";

export interface TestListener {
  readonly listener: Listener;
  readonly origin: string;
  readonly port: number;
  readonly tokens: TestTokens;
  /** The limits that peers met, in order. */
  readonly limitsMet: readonly LimitName[];
  stop(): Promise<void>;
}

let authority: ReturnType<typeof issueAuthority> | undefined;

/** Repeats a request's body; `/large` answers with a mebibyte. */
const echo: WebApplication = async (request) => {
  if (new URL(request.url).pathname === "/large") return new Response(Buffer.alloc(1_048_576));
  return new Response(await request.arrayBuffer());
};

/** Starts a listener on a free port of every loopback address. */
export async function startListener(
  options: {
    /** Settings of the section `gateway`. */
    readonly config?: Record<string, unknown>;
    /** Settings of the section `limits`. */
    readonly limits?: Record<string, unknown>;
    readonly clock?: Clock;
    readonly web?: WebApplication;
    /** Whether there is a listener without TLS too. */
    readonly plainText?: boolean;
    readonly trustedProxies?: readonly string[];
  } = {},
): Promise<TestListener> {
  const clock = options.clock ?? systemClock;
  const config = configSchema.parse({
    gateway: options.config ?? {},
    limits: options.limits ?? {},
  });
  const tokens = new TestTokens();
  const gateway = new Gateway({
    config: config.gateway,
    clock,
    log: silentLogger,
    tokens,
    delivery: new Delivery({
      mailbox: createMemoryMailbox(),
      accounts: { devicesOf: async () => [] },
      clock,
      config: config.delivery,
      maxQueuedBytes: config.gateway.maxQueuedBytes,
    }),
    presence: new Presence(),
    handlers: {},
  });
  authority ??= issueAuthority("test", Date.now());
  const limitsMet: LimitName[] = [];
  const host = "127.0.0.1";
  const listener = await listen({
    tls: { host, port: 0, ...(await authority) },
    plainText: options.plainText === true ? { host, port: 0 } : undefined,
    proxies: new TrustedProxies(options.trustedProxies ?? [], "x-forwarded-for"),
    config,
    gateway: {
      owns: isGatewayPath,
      connect: (session) => gateway.connect(session),
      refusal: exceptionResponse,
    },
    web: options.web ?? echo,
    clock,
    log: silentLogger,
    onLimit: (limit) => limitsMet.push(limit),
  });
  const { port = 0 } = listener;
  return {
    listener,
    origin: `https://127.0.0.1:${port}`,
    port,
    tokens,
    limitsMet,
    async stop() {
      await listener.close();
      await gateway.drain(0);
    },
  };
}
