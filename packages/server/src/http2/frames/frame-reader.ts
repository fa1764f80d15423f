// Cuts what a peer sends into frames. A frame that came whole is read where it lies; only one that was cut by the transport is
// put together, in a buffer of its own size, so that each byte is copied once at most, however small the pieces.

import { clientPreface, frameHeadBytes, maxFrameBytes } from "./wire.js";

/** Takes frames. */
export interface FrameSink {
  /**
   * Takes one frame; its payload stands in `bytes` from `start` up to `end`.
   * @returns whether to go on
   */
  frame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean;
  /** What came is no HTTP/2. Nothing else follows. */
  notHttp2(): void;
  /** A frame has a payload of more than {@link maxFrameBytes}. Nothing else follows. */
  frameTooLarge(): void;
}

export class FrameReader {
  readonly #sink: FrameSink;
  /** How much of the client's preface is here. */
  #greeted = 0;
  /** A frame that is not whole, or its head alone. */
  #held: Buffer | undefined;
  #have = 0;
  #over = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Whether the peer has said what a client of HTTP/2 says first. */
  get greeted(): boolean {
    return this.#greeted === clientPreface.byteLength;
  }

  /** Whether the rest of a frame has yet to come. */
  get isMidFrame(): boolean {
    return this.#held !== undefined;
  }

  /** Takes bytes as they came; what is passed on keeps them in use. */
  push(bytes: Buffer): void {
    if (this.#over) return;
    let at = this.greeted ? 0 : this.#greet(bytes);
    if (this.#held !== undefined) at = this.#complete(bytes, at);
    while (!this.#over && bytes.byteLength - at >= frameHeadBytes) {
      const end = at + frameHeadBytes + lengthAt(bytes, at);
      if (!this.#fits(end - at) || end > bytes.byteLength) break;
      this.#pass(bytes, at, end);
      at = end;
    }
    if (!this.#over && at < bytes.byteLength) this.#hold(bytes, at);
  }

  /** Nothing is passed on any more. */
  stop(): void {
    this.#over = true;
    this.#held = undefined;
  }

  #greet(bytes: Buffer): number {
    const from = this.#greeted;
    const length = Math.min(clientPreface.byteLength - from, bytes.byteLength);
    if (bytes.compare(clientPreface, from, from + length, 0, length) !== 0) {
      this.stop();
      this.#sink.notHttp2();
    }
    this.#greeted += length;
    return length;
  }

  /** @returns where the bytes go on that do not belong to the frame at hand */
  #complete(bytes: Buffer, from: number): number {
    let at = from;
    while (this.#held !== undefined && !this.#over) {
      const taken = Math.min(this.#held.byteLength - this.#have, bytes.byteLength - at);
      bytes.copy(this.#held, this.#have, at, at + taken);
      this.#have += taken;
      at += taken;
      if (this.#have < this.#held.byteLength) break;
      const size = frameHeadBytes + lengthAt(this.#held, 0);
      if (this.#held.byteLength < size) {
        if (this.#fits(size)) this.#widen(size);
        continue;
      }
      const whole = this.#held;
      this.#held = undefined;
      this.#pass(whole, 0, size);
    }
    return at;
  }

  #hold(bytes: Buffer, at: number): void {
    const have = bytes.byteLength - at;
    const size = have < frameHeadBytes ? 0 : lengthAt(bytes, at);
    this.#held = Buffer.allocUnsafeSlow(frameHeadBytes + size);
    this.#have = have;
    bytes.copy(this.#held, 0, at);
  }

  #widen(size: number): void {
    const wider = Buffer.allocUnsafeSlow(size);
    this.#held?.copy(wider);
    this.#held = wider;
  }

  #fits(size: number): boolean {
    if (size <= frameHeadBytes + maxFrameBytes) return true;
    this.stop();
    this.#sink.frameTooLarge();
    return false;
  }

  #pass(bytes: Buffer, at: number, end: number): void {
    const goesOn = this.#sink.frame(
      bytes[at + 3] as number,
      bytes[at + 4] as number,
      bytes.readUInt32BE(at + 5) & 0x7f_ff_ff_ff,
      bytes,
      at + frameHeadBytes,
      end,
    );
    if (!goesOn) this.stop();
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
  );
}
