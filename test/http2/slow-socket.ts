// A socket without a network: what it gets is pushed, and it takes its writes when it is told to.

import { Duplex } from "node:stream";
import { FrameReader } from "../harness/raw-http2.js";

/** A socket that takes its writes when it is told to. */
export class SlowSocket extends Duplex {
  remoteAddress = "127.0.0.1";
  readonly frames = new FrameReader();
  readonly written: string[] = [];
  #taken: (() => void) | undefined;

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    for (const { type, streamId } of this.frames.push(bytes)) {
      this.written.push(`${type}@${streamId}`);
    }
    this.#taken = taken;
  }

  /** Takes one write. */
  async takeOne(): Promise<void> {
    await settled();
    this.takeNow();
    await settled();
  }

  takeNow(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  destroySoon(): void {
    this.end(() => this.destroy());
  }
}

/** Lets what was set off come to its end. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
