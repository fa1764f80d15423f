// A binary part that belongs to a directive: a stream that exists as soon as the directive names it, before its bytes do.

import type { TrefoilError } from "@trefoil/protocol/errors";
import { ByteStream, type ByteStreamListener, byteArrayOf } from "../streams/index.js";

/** Most bytes that {@link Attachment.bytes} takes unless told. */
const defaultLimit = 10_485_760;

/**
 * The bytes that a directive's payload names by `cid:<contentId>`. Read it by `for await`, once, while it arrives; it
 * throws a TrefoilError `unavailable` where the response was cut before its end, `not_found` where the response ended
 * without that part, `payload_too_large` where more came than is held for somebody who does not read.
 */
export class Attachment implements AsyncIterable<Uint8Array> {
  /** What follows `cid:`. */
  readonly contentId: string;
  readonly #bytes: ByteStream;
  #contentType: string | undefined;

  /** Made by the client; applications only read. */
  constructor(contentId: string, bytes: ByteStream) {
    this.contentId = contentId;
    this.#bytes = bytes;
  }

  /** The part's media type in lower case, without parameters; undefined until the part has begun to arrive. */
  get contentType(): string | undefined {
    return this.#contentType;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#bytes[Symbol.asyncIterator]();
  }

  /**
   * All of it as one array.
   * @param limit most bytes that are taken; 10 MiB unless given
   * @throws {TrefoilError} `payload_too_large` past the limit, and what reading throws
   */
  bytes(limit = defaultLimit): Promise<Uint8Array> {
    return byteArrayOf(this, limit);
  }

  /** Lets go of it: its bytes are discarded as they come. Needless for one that was read. */
  cancel(): void {
    this.#bytes.cancel();
  }

  /** @internal */
  arrived(contentType: string): void {
    this.#contentType = contentType;
  }
}

/** The writing end of an {@link Attachment}, held by who reads the response. */
export class IncomingAttachment {
  readonly attachment: Attachment;
  readonly #bytes: ByteStream;
  #state: "awaited" | "arriving" | "complete" = "awaited";

  constructor(contentId: string, listener: ByteStreamListener) {
    this.#bytes = new ByteStream(listener);
    this.attachment = new Attachment(contentId, this.#bytes);
  }

  /** `awaited` until its part begins, `complete` once that has ended, in whatever way. */
  get state(): "awaited" | "arriving" | "complete" {
    return this.#state;
  }

  /** Bytes held for the reader. */
  get queued(): number {
    return this.#bytes.queued;
  }

  /** Whether somebody has begun to read. */
  get reading(): boolean {
    return this.#bytes.reading;
  }

  begin(contentType: string): void {
    this.#state = "arriving";
    this.attachment.arrived(contentType);
  }

  push(bytes: Uint8Array): void {
    if (this.#bytes.open) this.#bytes.push(bytes.slice());
  }

  end(): void {
    this.#state = "complete";
    this.#bytes.end();
  }

  /** @param queued whether the reader still gets what had arrived */
  fail(error: TrefoilError, queued: "kept" | "dropped" = "kept"): void {
    this.#state = "complete";
    this.#bytes.fail(error, queued);
  }

  discard(): void {
    this.#state = "complete";
    this.#bytes.cancel();
  }
}
