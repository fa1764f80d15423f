// A device on a bad line: it keeps a downchannel whatever happens, and notes each directive whose part is complete. A client of
// node's own, so that nothing of ours is on both sides of the promise.

import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { MultipartReader, boundaryOf } from "@trefoil/protocol/multipart";
import type { Ledger } from "./ledger.js";
import type { Random } from "./random.js";

/** Where and as whom a device connects. */
export interface CrashDeviceOptions {
  readonly port: number;
  readonly ca: Buffer;
  readonly accessToken: string;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Called in the turn in which a directive has arrived for the first time, before anything is acknowledged. */
  readonly onReceived: () => void;
}

/** Milliseconds between two PINGs, and that an ACK may take: a device that cares for its line. */
const heartbeat = 700;
const patience = 1_500;

/** Milliseconds that a connection may take to its downchannel, and the longest pause before the next one, at first. */
const firstDeadline = 3_000;
const firstPause = 400;

/** Both double with each failure, as often as this: on a slow machine hundreds that try all the time never get through. */
const maxDoublings = 3;

/** The part of a directive that the test puts in. */
interface NumberedDirective {
  readonly directive: {
    readonly header: { readonly namespace: string; readonly messageId: string };
    readonly payload: { readonly number?: unknown };
  };
}

export class CrashDevice {
  /** How many downchannels it has opened. */
  downchannels = 0;
  readonly #options: CrashDeviceOptions;
  #session: ClientHttp2Session | undefined;
  #timers: NodeJS.Timeout[] = [];
  /** Connections in a row that came to no downchannel. */
  #failures = 0;
  #stopped = false;

  constructor(options: CrashDeviceOptions) {
    this.#options = options;
    this.#connect();
  }

  /** As if its power failed. */
  kill(): void {
    this.#leave(this.#session);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.kill();
  }

  #connect(): void {
    if (this.#stopped) return;
    const { port, ca } = this.#options;
    const session = connect(`https://localhost:${port}`, { ca });
    this.#session = session;
    session.on("error", () => undefined);
    session.once("close", () => {
      this.#clearTimers();
      if (this.#session !== session) return;
      this.#session = undefined;
      const longest = firstPause * 2 ** this.#failures;
      this.#failures = Math.min(this.#failures + 1, maxDoublings);
      this.#later(this.#options.random.between(0, longest), () => this.#connect());
    });
    const deadline = this.#later(firstDeadline * 2 ** this.#failures, () => this.#leave(session));
    session.once("connect", () => {
      this.#openDownchannel(session, () => clearTimeout(deadline));
      this.#watch(session);
    });
  }

  #openDownchannel(session: ClientHttp2Session, opened: () => void): void {
    if (session.destroyed || session.closed) return;
    const stream = session.request({
      ":path": "/v1/directives",
      authorization: `Bearer ${this.#options.accessToken}`,
    });
    stream.on("error", () => undefined);
    stream.once("response", (headers) => {
      opened();
      if (headers[":status"] === 200) this.#read(stream, String(headers["content-type"]));
      else stream.resume();
    });
    // However it ended: 429, 503, a drain, a newer downchannel that this device does not have.
    stream.once("close", () => this.#leave(session));
  }

  #read(stream: ClientHttp2Stream, contentType: string): void {
    this.downchannels++;
    this.#failures = 0;
    let part: Buffer[] = [];
    let last = 0;
    const reader = new MultipartReader(
      boundaryOf(contentType),
      {
        partBegin: () => {
          part = [];
        },
        partData: (bytes) => void part.push(Buffer.from(bytes)),
        // A part that the end of the connection cut short has not arrived.
        partEnd: (terminated) => {
          if (terminated) last = this.#note(Buffer.concat(part).toString("utf8"), last);
        },
      },
      { maxParts: 1_000_000, maxPartHeaderBytes: 1_000, maxPartBytes: () => 100_000 },
    );
    stream.on("data", (bytes: Buffer) => reader.push(bytes));
  }

  #note(json: string, last: number): number {
    const { directive } = JSON.parse(json) as NumberedDirective;
    const { number } = directive.payload;
    if (typeof number !== "number") return last;
    const { ledger, onReceived } = this.#options;
    if (ledger.receive(number, directive.header.messageId, last)) onReceived();
    return number;
  }

  #watch(session: ClientHttp2Session): void {
    this.#later(heartbeat, () => {
      if (session.destroyed) return;
      const late = this.#later(patience, () => this.#leave(session));
      session.ping(() => {
        clearTimeout(late);
        if (!session.destroyed) this.#watch(session);
      });
    });
  }

  /** Node.js 20 loops for ever when a client's session is destroyed in the turn in which a stream was reset by its server. */
  #leave(session: ClientHttp2Session | undefined): void {
    if (session === undefined) return;
    setImmediate(() => {
      if (!session.destroyed) session.destroy();
    });
  }

  #later(delay: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      run();
    }, delay);
    this.#timers.push(timer);
    return timer;
  }

  #clearTimers(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }
}
