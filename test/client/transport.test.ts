// The transport of Node.js: which peers it trusts, what it says of those it cannot use, and the client over one without PING.
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { Client, type Transport, httpsExchange, nodeHttp2Transport } from "@trefoil/client/node";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type KeyPair,
  issueAuthority,
  issueLeaf,
} from "../../packages/server/src/dev/issue-certificate.js";
import { FakeAuthorization, breathe, eventually } from "./device.js";
import { FakeGateway, noContent, refuseWith, stall } from "./fake-gateway.js";

let authority: KeyPair;
let leaf: KeyPair;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  authority = await issueAuthority("test", Date.now());
  leaf = await issueLeaf(authority, [{ type: "ip", value: "127.0.0.1" }], Date.now());
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  server.listen(0, host);
  await once(server, "listening");
  cleanUps.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const never = () => new AbortController().signal;

async function connectTo(url: string, tls?: Parameters<typeof nodeHttp2Transport>[1]) {
  const connection = await nodeHttp2Transport(url, tls).connect(never());
  cleanUps.push(() => connection.destroy());
  return connection;
}

describe("a TLS peer", () => {
  async function secureGateway(certificate = leaf) {
    const server = createSecureServer({ cert: certificate.certificate, key: certificate.key });
    server.on("stream", (stream) => noContent(stream));
    server.on("session", (session) => cleanUps.push(() => session.destroy()));
    return `https://127.0.0.1:${await listen(server)}`;
  }

  it("is trusted by the authority that was named", async () => {
    const connection = await connectTo(await secureGateway(), { ca: authority.certificate });
    const outcome = await connection.request({
      method: "GET",
      path: "/ping",
      headers: {},
      signal: never(),
    });
    expect(outcome).toMatchObject({ kind: "response", response: { status: 204 } });
    await connection.ping?.();
  });

  it("is not trusted otherwise, and what to do is said", async () => {
    const url = await secureGateway();
    await expect(connectTo(url)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(
        /^Cannot reach https:\/\/127\.0\.0\.1:\d+: its certificate is signed by an authority that is not trusted here; name that authority's CA file\.$/,
      ),
    });
  });

  it("is accepted whatever it is when that is asked for", async () => {
    expect((await connectTo(await secureGateway(), { insecure: true })).accepting).toBe(true);
  });

  it("for another name is refused", async () => {
    const other = await issueLeaf(authority, [{ type: "dns", value: "other.test" }], Date.now());
    const url = await secureGateway(other);
    await expect(connectTo(url, { ca: authority.certificate })).rejects.toThrow(
      "its certificate is for another host name",
    );
  });

  it("whose certificate has expired is refused", async () => {
    const old = await issueLeaf(
      authority,
      [{ type: "ip", value: "127.0.0.1" }],
      Date.now() - 500 * 86_400_000,
    );
    await expect(
      connectTo(await secureGateway(old), { ca: authority.certificate }),
    ).rejects.toThrow("its certificate has expired");
  });

  it("that speaks only HTTP/1.1 is refused", async () => {
    const server = createHttpsServer(
      { cert: leaf.certificate, key: leaf.key, ALPNProtocols: ["http/1.1"] },
      (_, response) => response.end(),
    );
    const url = `https://127.0.0.1:${await listen(server)}`;
    await expect(connectTo(url, { ca: authority.certificate })).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  it("that knows nothing of ALPN is refused with the reason", async () => {
    const server = createHttpsServer({ cert: leaf.certificate, key: leaf.key, ALPNProtocols: [] });
    const url = `https://127.0.0.1:${await listen(server)}`;
    await expect(connectTo(url, { ca: authority.certificate })).rejects.toThrow(
      "does not offer HTTP/2 (ALPN h2)",
    );
  });

  it("is asked over HTTP/1.1 for tokens with the same trust", async () => {
    const server = createHttpsServer(
      { cert: leaf.certificate, key: leaf.key },
      (request, response) => {
        response.setHeader("x-method", request.method ?? "");
        request.pipe(response);
      },
    );
    const url = new URL(`https://127.0.0.1:${await listen(server)}/token`);
    const request = { method: "POST", url, headers: {}, body: "a=ü" } as const;
    expect(await httpsExchange({ ca: authority.certificate })(request)).toMatchObject({
      status: 200,
      headers: { "x-method": "POST" },
      body: "a=ü",
    });
    await expect(httpsExchange()(request)).rejects.toThrow("not trusted here");
  });
});

describe("a peer that is no gateway", () => {
  it.each([
    ["closes at once", (socket: Socket) => void socket.destroy()],
    ["speaks HTTP/1.1", (socket: Socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ])("and %s loses the request, and says so", async (_, serve) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      serve(socket);
    });
    // Without TLS nothing is known of the peer until it has answered.
    const connection = await connectTo(`http://127.0.0.1:${await listen(server)}`);
    const lost = new Promise((resolve) => connection.onClose(resolve));
    const outcome = await connection.request({
      method: "GET",
      path: "/ping",
      headers: {},
      signal: never(),
    });
    expect(outcome).toMatchObject({ kind: "lost", cause: { code: "unavailable" } });
    await lost;
    expect(connection.accepting).toBe(false);
  });

  it("and never says a word is given up", async () => {
    const server = createServer((socket) => cleanUps.push(() => socket.destroy()));
    const port = await listen(server);
    const giveUp = new AbortController();
    const connecting = nodeHttp2Transport(`https://127.0.0.1:${port}`).connect(giveUp.signal);
    giveUp.abort(new Error("it took too long"));
    await expect(connecting).rejects.toThrow("it took too long");
  });

  it("and answers more than it should is given up", async () => {
    const server = createHttpsServer({ cert: leaf.certificate, key: leaf.key }, (_, response) => {
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        response.once("drain", write);
      };
      write();
    });
    const url = new URL(`https://127.0.0.1:${await listen(server)}/`);
    await expect(
      httpsExchange({ insecure: true })({ method: "GET", url, headers: {} }),
    ).rejects.toThrow("too long");
  });
});

describe("a client over a transport without PING", () => {
  /** node:http2, as a browser's fetch would be: no way to send a PING. */
  const withoutPing = (url: string): Transport => {
    const real = nodeHttp2Transport(url);
    return {
      origin: real.origin,
      async connect(signal) {
        const connection = await real.connect(signal);
        return new Proxy(connection, {
          get(target, name) {
            if (name === "ping") return undefined;
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
      },
    };
  };

  async function connected() {
    const gateway = await FakeGateway.start();
    const clock = new FakeClock();
    const client = new Client({
      authUrl: "http://auth.test",
      client: { id: "c", secret: "s" },
      device: { id: "d", model: "m" },
      http: new FakeAuthorization().http,
      clock,
      transport: withoutPing(gateway.origin),
    });
    await client.signIn({ kind: "guest" });
    await client.connect();
    cleanUps.push(
      () => gateway.stop(),
      () => client.close(),
    );
    return { gateway, clock, client };
  }

  it("asks GET /ping each minute, with its token", async () => {
    const { gateway, clock } = await connected();
    clock.advance(60_000);
    await eventually(() => gateway.count("/ping") === 1);
    await breathe();
    await breathe();
    clock.advance(60_000);
    await eventually(() => gateway.count("/ping") === 2);
    expect(gateway.requests.at(-1)?.headers.authorization).toBe("Bearer access-1");
    expect(gateway.channels).toHaveLength(1);
  });

  it("takes any answer for a sign of life", async () => {
    const { gateway, clock } = await connected();
    gateway.next("/ping", refuseWith(500));
    clock.advance(60_000);
    await eventually(() => gateway.count("/ping") === 1);
    await breathe();
    await breathe();
    clock.advance(10_000);
    await breathe();
    expect(gateway.channels).toHaveLength(1);
  });

  it("makes a new connection when none comes in 10 s", async () => {
    const { gateway, clock } = await connected();
    gateway.next("/ping", stall);
    clock.advance(60_000);
    await eventually(() => gateway.count("/ping") === 1);
    clock.advance(10_000);
    await eventually(() => gateway.channels.length === 2);
    expect(gateway.sessions).toHaveLength(2);
  });
});
