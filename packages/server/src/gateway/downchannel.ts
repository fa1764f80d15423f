// A downchannel: the one stream per device that stays open, on which directives come down at any time.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { buildDirective, stringifyDirective } from "@trefoil/protocol/messages";
import { MultipartWriter, newBoundary } from "@trefoil/protocol/multipart";
import type { Confirmed, DirectiveChannel, PresentDevice } from "../delivery/index.js";
import type { CloseReason, ServerSession, ServerStream, SessionLimit } from "../http2/index.js";
import type { VerifiedToken } from "../identity/index.js";
import type { PingAcknowledgement } from "./ping-acknowledgement.js";

/** Why a downchannel ended: `gone` is the device's own doing, a limit is what the device's whole connection met. */
export type DownchannelEnd =
  | "replaced"
  | "token-revoked"
  | "token-expired"
  | "draining"
  | "mailbox-failed"
  | "gone"
  | SessionLimit;

/** What a downchannel is made of. */
export interface DownchannelOptions {
  readonly stream: ServerStream;
  readonly token: VerifiedToken;
  readonly pings: PingAcknowledgement;
  readonly clock: Clock;
  /** Called once, when the stream has ended. */
  readonly onEnd: (channel: Downchannel, why: DownchannelEnd) => void;
}

/** A timer cannot wait longer than this many milliseconds (2^31 - 1); longer waits are taken in steps. */
const longestWait = 2 ** 31 - 1;

export class Downchannel implements DirectiveChannel {
  readonly deviceKey: string;
  readonly session: ServerSession;
  /** Where to tell that the device was heard of. */
  present: PresentDevice | undefined;
  readonly #options: DownchannelOptions;
  readonly #writer = new MultipartWriter(newBoundary());
  readonly #forgetToken: () => void;
  #why: DownchannelEnd | undefined;
  #expiryTimer: Timer | undefined;

  constructor(options: DownchannelOptions) {
    const { stream, token } = options;
    this.#options = options;
    this.deviceKey = token.identity.deviceKey;
    this.session = stream.session;
    stream.onClose((reason) => this.#closed(reason));
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
    const hello = stringifyDirective(buildDirective("Clova.Hello", {}));
    stream.write(this.#writer.finishedDirective(hello));
  }

  get open(): boolean {
    return this.#why === undefined && !this.#options.stream.closed;
  }

  get bytesQueued(): number {
    return this.#options.stream.bytesQueued;
  }

  write(body: string, flushed: () => void): void {
    if (this.open) this.#options.stream.write(this.#writer.finishedDirective(body), flushed);
  }

  confirm(confirmed: Confirmed): void {
    this.#options.pings.confirm(confirmed);
  }

  /** Ends the downchannel in good order (END_STREAM and no closing delimiter: that would be a fatal parse error). */
  end(why: DownchannelEnd): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#release();
    this.#options.stream.end();
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
    this.#expiryTimer?.cancel();
  }

  #closed(reason: CloseReason): void {
    this.#why ??= reason.kind === "limit" ? reason.limit : "gone";
    this.#release();
    this.#options.onEnd(this, this.#why);
  }
}
