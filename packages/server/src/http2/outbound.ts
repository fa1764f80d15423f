// What one connection has to send: control frames in their order, then DATA of the streams in turn, one batch at a time. The
// next batch is put together when the socket has taken the one before, so that what waits stays here, where it is counted,
// where a PING overtakes DATA, and where a slow peer is seen.

import type { Socket } from "node:net";
import { defaultWindow, largestWindow, maxFrameBytes } from "./frames/index.js";

/** Most bytes of DATA in one batch. */
const batchBytes = 65_536;

/** A stream with an answer to send. */
export interface DataSource {
  /** Whether it waits for its turn; kept by {@link Outbound} alone. */
  isQueued: boolean;
  /** Whether it has something to send that its own window lets through. */
  readonly isSendable: boolean;
  /**
   * Adds one frame to a batch.
   * @param allowance most bytes of payload
   * @param flushed where to add who is to be told that their bytes are on their way
   * @returns bytes of payload, or -1 where there is no frame to send
   */
  takeFrame(allowance: number, batch: Buffer[], flushed: (() => void)[]): number;
  /** The socket has taken what was added last. */
  landed(): void;
}

export class Outbound {
  readonly #socket: Socket;
  /** Takes part in a batch, and so in no more than one write. */
  #control: Buffer[] = [];
  #controlBytes = 0;
  #turns: DataSource[] = [];
  /** Who is part of the batch that the socket is taking, and of the one after it. */
  #landing: DataSource[] = [];
  #landingNext: DataSource[] = [];
  #window = defaultWindow;
  #isInFlight = false;
  #isScheduled = false;
  /** How many batches there were. */
  #batches = 0;
  /** What is being put together, while those are told whose bytes are part of it. */
  #batch: Buffer[] | undefined;
  /** While input is read everything is collected, and goes out together. */
  #isCorked = false;
  #isOver = false;
  readonly #onData: (frames: number) => void;

  /** @param onData called with the number of DATA frames of a batch */
  constructor(socket: Socket, onData: (frames: number) => void) {
    this.#socket = socket;
    this.#onData = onData;
  }

  /** Bytes of control frames that wait. */
  get controlBytes(): number {
    return this.#controlBytes;
  }

  /** The number of the batch that the socket has yet to take; undefined where it has taken all. */
  get inFlight(): number | undefined {
    return this.#isInFlight ? this.#batches : undefined;
  }

  /** Sends a frame as soon as can be. @param source whom to tell when it has landed */
  control(frame: Buffer, source?: DataSource): void {
    this.#control.push(frame);
    this.#controlBytes += frame.byteLength;
    if (source !== undefined) this.#landingNext.push(source);
    this.#schedule();
  }

  /** A stream has DATA, or its window has grown. */
  offer(source: DataSource): void {
    if (!source.isQueued) {
      source.isQueued = true;
      this.#turns.push(source);
    }
    this.#schedule();
  }

  /** The peer takes so many bytes more. @returns whether the window is still one that can be */
  widen(increment: number): boolean {
    this.#window += increment;
    return this.#window <= largestWindow;
  }

  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.flush();
  }

  /** Sends what can be sent. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#isInFlight || this.#isOver) return;
    const batch = this.#takeControl();
    this.#landing = this.#landingNext;
    this.#landingNext = [];
    if (this.#turns.length > 0) {
      this.#batch = batch;
      this.#takeTurns(batch);
      if (this.#batch === undefined) return;
      this.#batch = undefined;
    }
    if (batch.length === 0) return;
    this.#isInFlight = true;
    this.#batches++;
    this.#socket.write(joined(batch), this.#landed);
  }

  /** What control frames wait, at once, behind what the socket has already; nothing follows them. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Who is told that their bytes are on their way may end the connection then: these bytes go first.
    const last = [...(this.#batch ?? []), ...this.#takeControl()];
    this.#batch = undefined;
    if (last.length > 0 && this.#socket.writable) this.#socket.write(joined(last));
    this.#turns = [];
    this.#landing = [];
    this.#landingNext = [];
  }

  #takeControl(): Buffer[] {
    const control = this.#control;
    if (control.length === 0) return [];
    this.#control = [];
    this.#controlBytes = 0;
    return control;
  }

  #takeTurns(batch: Buffer[]): void {
    const flushed: (() => void)[] = [];
    let left = batchBytes;
    let frames = 0;
    while (left > 0 && this.#turns.length > 0) {
      const source = this.#turns.shift() as DataSource;
      source.isQueued = false;
      const sent = source.takeFrame(Math.min(left, maxFrameBytes, this.#window), batch, flushed);
      // Without a frame it is its own window that is used up, or the connection's: it is offered again when either grows.
      if (sent < 0) continue;
      frames++;
      left -= sent;
      this.#window -= sent;
      this.#landing.push(source);
      if (source.isSendable) this.offer(source);
    }
    this.#onData(frames);
    for (const tell of flushed) tell();
    // What these had to add, a PING most of all, travels along; unless they have ended the connection, and the batch has gone.
    if (this.#control.length > 0) batch.push(...this.#takeControl());
  }

  readonly #landed = (error?: Error | null): void => {
    this.#isInFlight = false;
    if (this.#isOver || (error !== undefined && error !== null)) return;
    const landing = this.#landing;
    this.#landing = [];
    for (const source of landing) source.landed();
    this.flush();
  };

  #schedule(): void {
    if (this.#isCorked || this.#isScheduled || this.#isInFlight || this.#isOver) return;
    this.#isScheduled = true;
    process.nextTick(this.#flushLater);
  }

  readonly #flushLater = (): void => this.flush();
}

function joined(batch: readonly Buffer[]): Buffer {
  const [only] = batch;
  return batch.length === 1 && only !== undefined ? only : Buffer.concat(batch);
}
