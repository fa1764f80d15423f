// Attack: HTTP/1.1 as slowly as can be: headers a byte at a time (slowloris), bodies that do not come (R-U-Dead-Yet), answers that
// are not read, connections kept for nothing; and headers without end. Rule: the same deadlines as over HTTP/2. node's own clock
// watches over these, so these tests take real time, a second or two each.
// @see https://www.rfc-editor.org/rfc/rfc9110#section-17

import { once } from "node:events";
import { type TLSSocket, connect } from "node:tls";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type TestListener, startListener } from "../harness/listener.js";

/** A connection over HTTP/1.1 that sends what it is told. */
class Http1Peer {
  readonly socket: TLSSocket;
  received = "";
  closed = false;

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      this.received += bytes.toString("latin1");
    });
    socket.on("close", () => {
      this.closed = true;
    });
  }

  static async connect(port: number): Promise<Http1Peer> {
    const socket = connect({
      port,
      host: "127.0.0.1",
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: false,
    });
    const peer = new Http1Peer(socket);
    await once(socket, "secureConnect");
    return peer;
  }

  async whenClosed(): Promise<void> {
    if (!this.closed) await once(this.socket, "close");
  }
}

interface Assault {
  readonly server: TestListener;
  readonly attacker: () => Promise<Http1Peer>;
  /** A healthy client gets its answer, and nothing of the others is left. */
  readonly expectUnharmed: () => Promise<void>;
}

const stops: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
});

/** A listener of its own for each test: they run at the same time, because each has to wait. */
async function assault(): Promise<Assault> {
  const server = await startListener({
    config: { slowReaderSeconds: 1 },
    limits: { firstRequestSeconds: 1, requestSeconds: 1, keepAliveSeconds: 1 },
  });
  stops.push(() => server.stop());
  return {
    server,
    attacker: () => Http1Peer.connect(server.port),
    async expectUnharmed() {
      const healthy = await Http1Peer.connect(server.port);
      healthy.socket.write(
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
      );
      await healthy.whenClosed();
      expect(healthy.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*hello$/);
      await vi.waitFor(() => expect(server.listener.openConnections).toBe(0), { interval: 5 });
    },
  };
}

/** Sends a byte every 20 ms for as long as the connection lasts. */
function drip(peer: Http1Peer, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (peer.socket.writable) peer.socket.write(bytes.subarray(at, ++at));
  }, 20);
  peer.socket.once("close", () => clearInterval(timer));
}

describe.concurrent("over HTTP/1.1", () => {
  it("headers that come a byte at a time are answered 408, and counted", async () => {
    const { server, attacker, expectUnharmed } = await assault();
    const slow = await attacker();
    const request = Buffer.from(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(500)}`);
    drip(slow, request);
    await slow.whenClosed();
    expect(slow.received).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.limitsMet).toEqual(["slow-request"]);
    await expectUnharmed();
  });

  it("a connection that says nothing is closed", async () => {
    const { attacker, expectUnharmed } = await assault();
    const silent = await attacker();
    await silent.whenClosed();
    await expectUnharmed();
  });

  it("a body that does not come is cut off, and counted", async () => {
    const { server, attacker, expectUnharmed } = await assault();
    const slow = await attacker();
    slow.socket.write("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n");
    drip(slow, Buffer.alloc(1_000, "x"));
    await slow.whenClosed();
    expect(server.limitsMet).toEqual(["slow-request"]);
    await expectUnharmed();
  });

  it("a connection between two requests is closed after limits.keepAliveSeconds", async () => {
    const { server, attacker, expectUnharmed } = await assault();
    const idle = await attacker();
    idle.socket.write("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    await idle.whenClosed();
    expect(idle.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(server.limitsMet).toEqual([]);
    await expectUnharmed();
  });

  it("an answer that is not read ends the connection after gateway.slowReaderSeconds, and is counted", async () => {
    const { server, attacker, expectUnharmed } = await assault();
    const slow = await attacker();
    slow.socket.pause();
    // Pipelined, until the kernel takes no more.
    slow.socket.write("GET /large HTTP/1.1\r\nhost: x\r\n\r\n".repeat(40));
    await vi.waitFor(() => expect(server.limitsMet).toEqual(["slow-reader"]), {
      interval: 20,
      timeout: 8_000,
    });
    await vi.waitFor(() => expect(server.listener.openConnections).toBe(0), { interval: 5 });
    await expectUnharmed();
  });

  it("headers past gateway.maxHeaderBytes are answered 431, and counted", async () => {
    const { server, attacker, expectUnharmed } = await assault();
    const large = await attacker();
    large.socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`);
    await large.whenClosed();
    expect(large.received).toMatch(/^HTTP\/1\.1 431 /);
    expect(server.limitsMet).toEqual(["header-size"]);
    await expectUnharmed();
  });

  it("the gateway's paths with a body that does not come are answered 426 at once, and closed", async () => {
    const { attacker, expectUnharmed } = await assault();
    const slow = await attacker();
    slow.socket.write("POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n");
    await slow.whenClosed();
    expect(slow.received).toMatch(/^HTTP\/1\.1 426 /);
    await expectUnharmed();
  });
});
