// Limits of connections on the listener without TLS: the same as with TLS, and counted together.

import { once } from "node:events";
import { connect } from "node:net";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, describe, expect, it } from "vitest";
import { type TestListener, startListener } from "../harness/listener.js";
import { type Peer, connectPeer } from "../harness/peer.js";
import { RawPeer, preface, settingsFrame } from "../harness/raw-http2.js";

let server: TestListener;
const peers: (Peer | RawPeer)[] = [];

afterEach(async () => {
  await Promise.all(
    peers.splice(0).map((peer) => (peer instanceof RawPeer ? peer.destroy() : peer.close())),
  );
  await server.stop();
});

async function start(options: Parameters<typeof startListener>[0] = {}) {
  const clock = new FakeClock();
  server = await startListener({ clock, plainText: true, ...options });
  return { clock, port: server.listener.plainTextPort ?? 0 };
}

async function stranger(port: number): Promise<RawPeer> {
  const peer = await RawPeer.connect(port, { acknowledge: false });
  peers.push(peer);
  return peer;
}

/** Connects, and resolves when the connection is closed again: it may be before it is known to be open. */
async function refusal(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("close", resolve));
}

/** Resolves when the server has taken so many connections. */
const taken = (count: number) =>
  expect.poll(() => server.listener.openConnections, { interval: 5 }).toBe(count);

describe("the first bytes", () => {
  it.each([
    ["says nothing", Buffer.alloc(0)],
    ["stops within the preface", preface.subarray(0, 10)],
  ])("of a peer that %s are waited for as long as for a handshake", async (_what, bytes) => {
    const { clock, port } = await start();
    const peer = await stranger(port);
    peer.send(bytes);
    await taken(1);
    expect(server.listener.handshaking).toBe(1);
    clock.advance(9_000);
    expect(server.listener.openConnections).toBe(1);
    clock.advance(2_000);
    await peer.whenClosed();
    await taken(0);
    expect(server.listener.handshaking).toBe(0);
    expect(server.limitsMet).toEqual(["handshake"]);
  });

  it("of two connections are told apart where both come from the same port of a peer", async () => {
    const { port } = await start();
    const from = { host: "127.0.0.1", localAddress: "127.0.0.1" };
    const first = connect({ ...from, port });
    await once(first, "connect");
    const second = connect({ ...from, port: server.port, localPort: first.localPort });
    await once(second, "connect");
    await taken(2);
    expect(server.listener.handshaking).toBe(2);
    first.destroy();
    second.destroy();
    await taken(0);
    expect(server.listener.handshaking).toBe(0);
  });

  it("may come one by one", async () => {
    const { port } = await start();
    const peer = await stranger(port);
    for (const byte of Buffer.concat([preface, settingsFrame()])) {
      peer.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => server.listener.openSessions, { interval: 5 }).toBe(1);
    expect(server.listener.handshaking).toBe(0);
  });

  it("of a peer that hangs up leave nothing behind", async () => {
    const { port } = await start();
    for (const bytes of ["", "PRI", "PRI * HTTP/2.0", "GET / HT"]) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.end(bytes);
      socket.resume();
      await once(socket, "close");
    }
    await taken(0);
    expect(server.listener.openSessions).toBe(0);
    expect(server.listener.handshaking).toBe(0);
  });
});

describe("the limits of connections", () => {
  it("hold per address", async () => {
    const { port } = await start({ limits: { maxConnectionsPerAddress: 2 } });
    const admitted = [await stranger(port), await stranger(port)];
    await taken(2);
    await refusal(port);
    expect(admitted.map(({ closed }) => closed)).toEqual([false, false]);
    expect(server.limitsMet).toEqual(["connections-per-address"]);
  });

  it("hold for both listeners together", async () => {
    const { port } = await start({ limits: { maxConnections: 2 } });
    await stranger(server.port);
    await stranger(port);
    await taken(2);
    await refusal(port);
    await refusal(server.port);
    expect(server.limitsMet).toEqual(["connections", "connections"]);
  });

  it("hold for the first request over HTTP/2", async () => {
    const { clock, port } = await start();
    const peer = await stranger(port);
    peer.send(preface, settingsFrame());
    await expect.poll(() => server.listener.openSessions, { interval: 5 }).toBe(1);
    for (let second = 0; second < 12; second++) clock.advance(1_000);
    await peer.whenClosed();
    expect(server.limitsMet).toEqual(["first-request"]);
  });
});

describe("the client's address", () => {
  const told: string[] = [];
  const web = (_request: Request, { remoteAddress }: { readonly remoteAddress: string }) => {
    told.push(remoteAddress);
    return new Response("seen");
  };

  it.each([
    ["believed where the proxy is trusted", ["127.0.0.1"], "192.0.2.1"],
    ["not believed where none is", [], "127.0.0.1"],
  ])("in X-Forwarded-For is %s", async (_what, trustedProxies, address) => {
    const { port } = await start({ web, trustedProxies });
    told.length = 0;
    const headers = { "x-forwarded-for": "192.0.2.1" };
    await (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
    const peer = await connectPeer(`http://127.0.0.1:${port}`, "");
    peers.push(peer);
    await peer.request("GET", "/", headers).whenEnded();
    expect(told).toEqual([address, address]);
  });
});

it("a request over HTTP/1.1 is answered before the listener has closed", async () => {
  const answers: ((response: Response) => void)[] = [];
  const web = () => new Promise<Response>((answer) => answers.push(answer));
  const { port } = await start({ web });
  const response = fetch(`http://127.0.0.1:${port}/`);
  await expect.poll(() => answers.length, { interval: 5 }).toBe(1);
  const closed = server.listener.close();
  answers[0]?.(new Response("answered"));
  expect(await (await response).text()).toBe("answered");
  await closed;
  await taken(0);
});
