// A downchannel: the one stream per device that stays open, on which directives come down at any time.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { buildDirective, encodeDirective } from "@trefoil/protocol/messages";
import { MultipartWriter, newBoundary } from "@trefoil/protocol/multipart";
import type { DirectiveChannel } from "../delivery/index.js";
import { ErrorCode, type ServerSession, type ServerStream } from "../http2/index.js";
import type { VerifiedToken } from "../identity/index.js";
import type { PingAcknowledgement } from "./ping-acknowledgement.js";

/** Why a downchannel ended; `gone` is the device's own doing. */
export type DownchannelEnd =
  | "replaced"
  | "token-revoked"
  | "token-expired"
  | "draining"
  | "slow-reader"
  | "mailbox-failed"
  | "gone";

/** What a downchannel is made of. */
export interface DownchannelOptions {
  readonly stream: ServerStream;
  readonly token: VerifiedToken;
  readonly pings: PingAcknowledgement;
  readonly clock: Clock;
  /** Milliseconds that bytes may lie unread before the device is dropped. */
  readonly slowReaderTimeout: number;
  /** Called once, when the stream has ended. */
  readonly onEnd: (channel: Downchannel, why: DownchannelEnd) => void;
}

/** A timer cannot wait longer than this many milliseconds (2^31 - 1); longer waits are taken in steps. */
const longestWait = 2 ** 31 - 1;

export class Downchannel implements DirectiveChannel {
  readonly deviceKey: string;
  readonly session: ServerSession;
  readonly #options: DownchannelOptions;
  readonly #writer = new MultipartWriter(newBoundary());
  readonly #forgetToken: () => void;
  #why: DownchannelEnd | undefined;
  /** When the oldest bytes that have not been flushed were written. */
  #unflushedSince: number | undefined;
  #unflushed = 0;
  #readerTimer: Timer | undefined;
  #expiryTimer: Timer | undefined;

  constructor(options: DownchannelOptions) {
    const { stream, token } = options;
    this.#options = options;
    this.deviceKey = token.identity.deviceKey;
    this.session = stream.session;
    stream.onClose(() => this.#closed());
    this.#forgetToken = token.onRevoked(() => this.end("token-revoked"));
    this.#expire();
  }

  /**
   * Sends the response's headers and `Clova.Hello`, each without waiting for the other: devices send their first events
   * when they see the status, before any part.
   */
  start(): void {
    const { stream } = this.#options;
    stream.respond(200, { "content-type": this.#writer.contentType, "cache-control": "no-store" });
    const hello = encodeDirective(buildDirective("Clova.Hello", {}));
    this.#send(this.#writer.finishedDirective(hello), undefined);
  }

  get open(): boolean {
    return this.#why === undefined && !this.#options.stream.closed;
  }

  get bytesQueued(): number {
    return this.#options.stream.bytesQueued;
  }

  write(body: Uint8Array, flushed: () => void): void {
    if (this.open) this.#send(this.#writer.finishedDirective(body), flushed);
  }

  confirm(): Promise<void> {
    return this.#options.pings.confirm();
  }

  /** Ends the downchannel in good order (END_STREAM and no closing delimiter: that would be a fatal parse error). */
  end(why: DownchannelEnd): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#release();
    const { stream } = this.#options;
    if (why === "slow-reader") {
      // Its window is closed, so END_STREAM would wait behind the bytes that nobody reads.
      stream.session.destroy(ErrorCode.enhanceYourCalm);
    } else {
      stream.end();
    }
  }

  #send(bytes: Uint8Array, flushed: (() => void) | undefined): void {
    const { stream, clock, slowReaderTimeout } = this.#options;
    this.#unflushed++;
    this.#unflushedSince ??= clock.now();
    if (this.#readerTimer === undefined) this.#watchReader(slowReaderTimeout);
    stream.write(bytes, () => {
      this.#unflushed--;
      this.#unflushedSince = this.#unflushed === 0 ? undefined : clock.now();
      flushed?.();
    });
  }

  /** Looks at most once per timeout, and only while there is something to wait for. */
  #watchReader(delay: number): void {
    const { clock, slowReaderTimeout } = this.#options;
    this.#readerTimer = clock.after(delay, () => {
      this.#readerTimer = undefined;
      if (this.#unflushedSince === undefined || this.#why !== undefined) return;
      const left = this.#unflushedSince + slowReaderTimeout - clock.now();
      if (left <= 0) this.end("slow-reader");
      else this.#watchReader(left);
    });
  }

  #expire(): void {
    const { clock, token } = this.#options;
    const left = token.expiresAt - clock.now();
    this.#expiryTimer = clock.after(Math.min(Math.max(left, 0), longestWait), () => {
      if (token.expiresAt <= clock.now()) this.end("token-expired");
      else this.#expire();
    });
  }

  #release(): void {
    this.#forgetToken();
    this.#readerTimer?.cancel();
    this.#expiryTimer?.cancel();
  }

  #closed(): void {
    this.#why ??= "gone";
    this.#release();
    this.#options.onEnd(this, this.#why);
  }
}
