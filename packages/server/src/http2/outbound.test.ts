// What leaves a connection: batches, turns, what overtakes what, and the connection's window.

import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { dataFrame, frameHeadBytes, pingFrame } from "./frames/index.js";
import { type DataSource, Outbound } from "./outbound.js";

/** A socket that takes its writes when it is told to. */
class Taker {
  readonly writable = true;
  readonly writes: Buffer[] = [];
  #taken: (() => void) | undefined;

  write(bytes: Buffer, taken?: () => void): void {
    this.writes.push(bytes);
    this.#taken = taken;
  }

  /** Takes what it was given. */
  take(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  /** The frames of each write: `D1:100` is DATA of 100 bytes on stream 1, `P` is PING. */
  frames(): string[] {
    return this.writes.map((bytes) => {
      const frames: string[] = [];
      for (let at = 0; at < bytes.byteLength;) {
        const length = bytes.readUIntBE(at, 3);
        const kind = bytes[at + 3] === 6 ? "P" : `D${bytes.readUInt32BE(at + 5)}:${length}`;
        frames.push(kind);
        at += 9 + length;
      }
      return frames.join(" ");
    });
  }
}

/** A stream with so many bytes to send. */
class Source implements DataSource {
  isQueued = false;
  landings = 0;
  readonly #id: number;
  #bytes: number;
  readonly #flushed: (() => void) | undefined;

  constructor(id: number, bytes: number, flushed?: () => void) {
    this.#id = id;
    this.#bytes = bytes;
    this.#flushed = flushed;
  }

  get isSendable(): boolean {
    return this.#bytes > 0;
  }

  takeFrame(allowance: number, batch: Buffer[], flushed: (() => void)[]): number {
    const size = Math.min(allowance, this.#bytes);
    if (size === 0) return -1;
    this.#bytes -= size;
    batch.push(dataFrame(this.#id, size, this.#bytes === 0).fill(0, frameHeadBytes));
    if (this.#bytes === 0 && this.#flushed !== undefined) flushed.push(this.#flushed);
    return size;
  }

  landed(): void {
    this.landings++;
  }
}

function outbound() {
  const socket = new Taker();
  const dataFrames: number[] = [];
  const made = new Outbound(socket as unknown as Socket, (frames) => void dataFrames.push(frames));
  return { socket, dataFrames, out: made };
}

describe("what is sent", () => {
  it("in one turn of the event loop goes out in one write", async () => {
    const { socket, out } = outbound();
    out.control(pingFrame(1));
    out.offer(new Source(1, 10));
    out.offer(new Source(3, 20));
    expect(socket.writes).toEqual([]);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(socket.frames()).toEqual(["P D1:10 D3:20"]);
  });

  it("while input is read goes out in one write when it was read", () => {
    const { socket, out } = outbound();
    out.cork();
    out.control(pingFrame(1));
    out.offer(new Source(1, 10));
    out.control(pingFrame(2));
    expect(socket.writes).toEqual([]);
    out.uncork();
    expect(socket.frames()).toEqual(["P P D1:10"]);
  });

  it("waits until the socket has taken the batch before", () => {
    const { socket, out } = outbound();
    out.control(pingFrame(1));
    out.flush();
    const first = out.inFlight;
    expect(first).toBeDefined();
    out.control(pingFrame(2));
    out.flush();
    expect(socket.frames()).toEqual(["P"]);
    expect(out.controlBytes).toBe(17);
    socket.take();
    expect(socket.frames()).toEqual(["P", "P"]);
    expect(out.controlBytes).toBe(0);
    expect(out.inFlight).not.toBe(first);
    socket.take();
    expect(out.inFlight).toBeUndefined();
  });

  it("as DATA comes in frames of 16 KiB, from each stream in turn, 64 KiB a batch", () => {
    const { socket, out, dataFrames } = outbound();
    out.widen(1_000_000);
    for (const [id, bytes] of [
      [1, 100_000],
      [3, 20_000],
      [5, 10],
    ] as const) {
      out.offer(new Source(id, bytes));
    }
    out.flush();
    socket.take();
    socket.take();
    expect(socket.frames()).toEqual([
      "D1:16384 D3:16384 D5:10 D1:16384 D3:3616 D1:12758",
      "D1:16384 D1:16384 D1:16384 D1:5322",
    ]);
    expect(dataFrames).toEqual([6, 4]);
  });

  it("as a control frame overtakes DATA that waits", () => {
    const { socket, out } = outbound();
    out.widen(1_000_000);
    out.offer(new Source(1, 100_000));
    out.flush();
    out.control(pingFrame(1));
    socket.take();
    expect(socket.frames()[1]).toBe("P D1:16384 D1:16384 D1:1696");
  });

  it("by who is told that bytes are on their way travels right behind these", () => {
    const { socket, out } = outbound();
    out.offer(new Source(1, 10, () => out.control(pingFrame(1))));
    out.flush();
    expect(socket.frames()).toEqual(["D1:10 P"]);
  });

  it("stops at the connection's window, and goes on where it is widened", () => {
    const { socket, out } = outbound();
    const source = new Source(1, 70_000);
    const other = new Source(3, 10);
    out.offer(source);
    out.flush();
    socket.take();
    expect(socket.frames()).toEqual(["D1:16384 D1:16384 D1:16384 D1:16383"]);
    out.offer(other);
    out.flush();
    expect(socket.writes).toHaveLength(1);
    expect(out.widen(5)).toBe(true);
    // Who has something to send offers it again: the streams wait with the connection.
    out.offer(other);
    out.offer(source);
    out.flush();
    socket.take();
    expect(socket.frames()[1]).toBe("D3:5");
  });

  it("knows a window past 2^31-1", () => {
    const { out } = outbound();
    expect(out.widen(2 ** 31 - 1 - 65_535)).toBe(true);
    expect(out.widen(1)).toBe(false);
  });

  it("tells each stream when the socket has taken what it added, not before", () => {
    const { socket, out } = outbound();
    const source = new Source(1, 10);
    const ending = new Source(3, 0);
    out.offer(source);
    out.control(pingFrame(1), ending);
    out.flush();
    const late = new Source(5, 0);
    out.control(pingFrame(2), late);
    expect([source.landings, ending.landings, late.landings]).toEqual([0, 0, 0]);
    socket.take();
    expect([source.landings, ending.landings, late.landings]).toEqual([1, 1, 0]);
    socket.take();
    expect([source.landings, ending.landings, late.landings]).toEqual([1, 1, 1]);
  });

  it("at last is the control frames that wait, at once, and nothing after them", () => {
    const { socket, out } = outbound();
    out.offer(new Source(1, 10));
    out.flush();
    out.control(pingFrame(1));
    out.offer(new Source(3, 10));
    out.finish();
    expect(socket.frames()).toEqual(["D1:10", "P"]);
    socket.take();
    out.control(pingFrame(2));
    out.offer(new Source(5, 10));
    out.flush();
    out.finish();
    expect(socket.writes).toHaveLength(2);
  });

  it("at last, by who is told that bytes are on their way, comes behind these bytes", () => {
    const { socket, out } = outbound();
    out.control(pingFrame(1));
    out.offer(
      new Source(1, 10, () => {
        out.control(pingFrame(2));
        out.finish();
      }),
    );
    out.flush();
    expect(socket.frames()).toEqual(["P D1:10 P"]);
  });
});
