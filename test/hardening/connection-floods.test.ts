// Attack: more connections than anybody needs, from one address or from many, kept or opened and closed in a row. Rule: so many in
// all (`limits.maxConnections`), so many from one address (`limits.maxConnectionsPerAddress`), and so many new ones from one
// address a second (`limits.newConnectionsPerAddress`); a further one is refused by a TCP reset before TLS costs anything.

import { once } from "node:events";
import { type Socket, connect } from "node:net";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, describe, expect, it } from "vitest";
import { type TestListener, startListener } from "../harness/listener.js";
import { RawPeer, headersFrame, requestBlock } from "../harness/raw-http2.js";

let server: TestListener;
let clock: FakeClock;
const sockets: Socket[] = [];

async function start(limits: Record<string, unknown>): Promise<void> {
  clock = new FakeClock();
  server = await startListener({ clock, limits });
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop();
});

/** Opens a TCP connection. @returns what became of it, when the server has had its say */
async function open(localAddress = "127.0.0.1"): Promise<"kept" | "refused"> {
  const before = server.listener.openConnections;
  const met = server.limitsMet.length;
  const socket = connect({ port: server.port, host: "127.0.0.1", localAddress });
  sockets.push(socket);
  const refused = once(socket, "close").then(
    () => "refused" as const,
    () => "refused" as const,
  );
  socket.on("error", () => undefined);
  await expect
    .poll(() => server.listener.openConnections > before || server.limitsMet.length > met, {
      interval: 1,
    })
    .toBe(true);
  return server.listener.openConnections > before ? "kept" : refused;
}

async function openMany(count: number, localAddress?: string): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (let index = 0; index < count; index++) outcomes.push(await open(localAddress));
  return outcomes;
}

async function closeAll(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy();
  await expect.poll(() => server.listener.openConnections, { interval: 1 }).toBe(0);
}

/** A whole handshake, request and answer. */
async function isServed(localAddress: string): Promise<boolean> {
  const before = server.listener.openConnections;
  const peer = await RawPeer.greet(server.port, { tls: true, localAddress });
  peer.send(headersFrame(1, requestBlock({ path: "/hello" })));
  await peer.until(() => peer.endedOf(1));
  const status = peer.statusOf(1);
  await peer.destroy();
  await expect.poll(() => server.listener.openConnections, { interval: 1 }).toBe(before);
  return status === 200;
}

describe("a flood of connections", () => {
  it("from one address is refused past limits.maxConnectionsPerAddress; another address is served", async () => {
    await start({ maxConnectionsPerAddress: 5 });
    expect(await openMany(8)).toEqual([
      ...Array.from({ length: 5 }, () => "kept"),
      ...Array.from({ length: 3 }, () => "refused"),
    ]);
    expect(server.limitsMet).toEqual(Array.from({ length: 3 }, () => "connections-per-address"));
    expect(await isServed("127.0.0.2")).toBe(true);
    await closeAll();
    expect(await isServed("127.0.0.1")).toBe(true);
    expect(server.listener.limitsMet["connections-per-address"]).toBe(3);
  });

  it("from many addresses is refused past limits.maxConnections", async () => {
    await start({ maxConnections: 4 });
    for (const last of [1, 2, 3, 4]) expect(await open(`127.0.0.${last}`)).toBe("kept");
    expect(await open("127.0.0.5")).toBe("refused");
    expect(server.limitsMet).toEqual(["connections"]);
    await closeAll();
    expect(await isServed("127.0.0.5")).toBe(true);
  });

  it("that opens and closes in a row is refused past limits.newConnectionsPerAddress, until time has passed", async () => {
    await start({ newConnectionsPerAddress: 10, newConnectionsPerAddressPerSecond: 2 });
    for (let index = 0; index < 10; index++) {
      expect(await open()).toBe("kept");
      await closeAll();
    }
    expect(await open()).toBe("refused");
    expect(server.limitsMet).toEqual(["connection-rate"]);
    expect(await isServed("127.0.0.2")).toBe(true);
    clock.advance(1_000);
    expect(await openMany(3)).toEqual(["kept", "kept", "refused"]);
  });

  it("costs no TLS when it is refused: not a byte is answered", async () => {
    await start({ maxConnectionsPerAddress: 1 });
    expect(await open()).toBe("kept");
    const refused = await RawPeer.connect(server.port, { tls: true }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(Error);
    expect(server.listener.handshaking).toBe(1);
    expect(server.listener.openSessions).toBe(0);
  });

  it("is not limited by address where both limits are 0, as behind a load balancer", async () => {
    await start({ maxConnectionsPerAddress: 0, newConnectionsPerAddress: 0 });
    expect(await openMany(30)).toEqual(Array.from({ length: 30 }, () => "kept"));
  });

  it("leaves nothing behind: its addresses are forgotten when their time is over", async () => {
    await start({ newConnectionsPerAddress: 10, newConnectionsPerAddressPerSecond: 2 });
    for (let last = 1; last <= 20; last++) await open(`127.0.0.${last}`);
    await closeAll();
    clock.advance(2_000);
    expect(clock.pendingTimers).toBe(0);
  });
});
