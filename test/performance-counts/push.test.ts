// What one directive costs on the wire and in the mailbox: frames, calls and serialisations, exactly.

import { once } from "node:events";
import { type Socket, connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  FrameReader,
  FrameType,
  ack,
  frame,
  headers,
  preface,
} from "../../bench/src/load/frames.js";
import { type Mailbox, createMemoryMailbox } from "../../packages/server/src/delivery/index.js";
import { type TestGateway, startGateway } from "../harness/gateway.js";

/** A device that counts frames. */
class CountingDevice {
  readonly socket: Socket;
  data: string[] = [];
  pings = 0;
  readonly #reader = new FrameReader();

  constructor(port: number, token: string) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => undefined);
    this.socket.on("data", (bytes) => {
      this.#reader.read(bytes, (type, flags, _stream, payload) => {
        if (type === FrameType.data) this.data.push(payload.toString("latin1"));
        if (type === FrameType.settings && (flags & ack) === 0) {
          this.socket.write(frame(FrameType.settings, ack, 0, new Uint8Array(0)));
        }
        if (type === FrameType.ping && (flags & ack) === 0) {
          this.pings++;
          this.socket.write(frame(FrameType.ping, ack, 0, Buffer.from(payload)));
        }
      });
    });
    this.socket.write(preface);
    this.socket.write(
      headers(
        1,
        {
          ":method": "GET",
          ":scheme": "http",
          ":authority": "localhost",
          ":path": "/v1/directives",
          authorization: `Bearer ${token}`,
        },
        { end: true },
      ),
    );
  }

  get directives(): number {
    return this.data.join("").split('"name":"RenderText"').length - 1;
  }
}

let gateway: TestGateway;
let device: CountingDevice;
let mailbox: Mailbox;
const calls = { append: 0, acknowledge: 0, trim: 0, pending: 0 };

beforeEach(async () => {
  mailbox = createMemoryMailbox();
  for (const name of ["append", "acknowledge", "trim", "pending"] as const) {
    const call = mailbox[name].bind(mailbox) as (...args: unknown[]) => unknown;
    Object.assign(mailbox, {
      [name]: (...args: unknown[]) => {
        calls[name]++;
        return call(...args);
      },
    });
  }
  gateway = await startGateway({ mailbox });
  device = new CountingDevice(gateway.port, gateway.tokens.issue("kitchen"));
  await vi.waitFor(() => expect(device.data.join("")).toContain("Hello"));
  Object.assign(calls, { append: 0, acknowledge: 0, trim: 0, pending: 0 });
  device.data = [];
  device.pings = 0;
});

afterEach(async () => {
  device.socket.destroy();
  if (!device.socket.closed) await once(device.socket, "close");
  await gateway.stop();
});

const directive = { name: "Clova.RenderText", payload: { type: "RenderText", text: "x" } } as const;

describe("a directive to a device that listens", () => {
  it("is one DATA frame, acknowledged by one PING", async () => {
    await gateway.delivery.send("kitchen", directive);
    await vi.waitFor(async () => expect(await mailbox.depth("kitchen")).toBe(0));
    expect(device.directives).toBe(1);
    expect(device.data.length).toBe(1);
    expect(device.pings).toBe(1);
  });

  it("is appended once and acknowledged once, and never read back or trimmed", async () => {
    await gateway.delivery.send("kitchen", directive);
    await vi.waitFor(() => expect(calls.acknowledge).toBe(1));
    expect(calls).toEqual({ append: 1, acknowledge: 1, trim: 0, pending: 0 });
  });

  it("is one DATA frame and nothing else where it is not kept", async () => {
    await gateway.delivery.send("kitchen", directive, { ttl: 0 });
    await vi.waitFor(() => expect(device.directives).toBe(1));
    await gateway.delivery.send("kitchen", directive);
    await vi.waitFor(() => expect(calls.acknowledge).toBe(1));
    // The PING is the second one's.
    expect(device.data.length).toBe(2);
    expect(device.pings).toBe(1);
    expect(calls).toEqual({ append: 1, acknowledge: 1, trim: 0, pending: 0 });
  });

  it("is serialised once for all the devices that it goes to", async () => {
    const stringify = vi.spyOn(JSON, "stringify");
    const deviceKeys = ["kitchen", "hall", "cellar"];
    await gateway.delivery.sendToAll({ kind: "devices", deviceKeys }, directive);
    expect(stringify.mock.calls.length).toBe(1);
    stringify.mockRestore();
  });
});

describe("a burst of fifty directives", () => {
  it("costs at most three PINGs, and no more acknowledgements than PINGs", async () => {
    await Promise.all(
      Array.from({ length: 50 }, () => gateway.delivery.send("kitchen", directive)),
    );
    await vi.waitFor(async () => expect(await mailbox.depth("kitchen")).toBe(0));
    expect(device.directives).toBe(50);
    expect(device.pings).toBeLessThanOrEqual(3);
    expect(calls.acknowledge).toBe(device.pings);
    expect(calls.append).toBe(50);
  });
});
