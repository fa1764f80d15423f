// The body of `POST /v1/events`: the `metadata` part, then attachments as they are recorded.

import { type EventEnvelope, encodeEvent } from "@trefoil/protocol/messages";
import {
  closingDelimiter,
  delimiter,
  metadataPartHead,
  newBoundary,
  openingDelimiter,
  partHead,
} from "@trefoil/protocol/multipart";
import { ReplayableBytes } from "../streams/index.js";

/** A binary part that goes along with an event: speech, mostly. */
export interface EventAttachment {
  /** The `name` of its Content-Disposition. Default `audio`. */
  readonly name?: string;
  /** Default `application/octet-stream`. */
  readonly contentType?: string;
  /** Whole, or as it is recorded: 16-bit little-endian mono PCM at 16 kHz for speech. A stream is read once, as it is sent. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * Longest piece that is written at once, in bytes. Default 320 for a stream (10 ms of speech, as devices have always
   * sent it), 16,384 for an array; sane from 160 to 16,384.
   */
  readonly frameBytes?: number;
}

/** Bytes of a stream that are kept until the gateway has begun to answer, so that a 401 or 412 costs no word of the user. */
const replayLimit = 262_144;

interface Part {
  readonly head: Uint8Array;
  readonly bytes: Uint8Array | ReplayableBytes;
  readonly frameBytes: number;
}

/** One event's body, for as many attempts as it takes. */
export class EventBody {
  readonly contentType: string;
  /** Bytes that wait in memory with it: its JSON and the attachments that are arrays. */
  readonly size: number;
  readonly #boundary: string;
  readonly #metadata: Uint8Array;
  readonly #parts: readonly Part[];

  /** @throws {TrefoilError} `internal` where an attachment's name or type cannot stand in a header */
  constructor(envelope: EventEnvelope, attachments: readonly EventAttachment[]) {
    this.#boundary = newBoundary();
    this.contentType = `multipart/form-data; boundary=${this.#boundary}`;
    this.#metadata = encodeEvent(envelope);
    this.#parts = attachments.map(partOf);
    this.size = this.#parts.reduce(
      (sum, { bytes }) => sum + (bytes instanceof Uint8Array ? bytes.length : 0),
      this.#metadata.length,
    );
  }

  /** Whether it is still being made while it is sent. */
  get live(): boolean {
    return this.#streams().length > 0;
  }

  /** Whether another attempt would send everything. */
  get replayable(): boolean {
    return this.#streams().every((stream) => stream.replayable);
  }

  /** The body from its start. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    let before = joined(openingDelimiter(this.#boundary), metadataPartHead, this.#metadata);
    for (const { head, bytes, frameBytes } of this.#parts) {
      yield joined(before, delimiter(this.#boundary), head);
      before = new Uint8Array(0);
      if (bytes instanceof Uint8Array) yield* frames(bytes, frameBytes);
      else for await (const chunk of bytes.read()) yield* frames(chunk, frameBytes);
    }
    yield joined(before, closingDelimiter(this.#boundary));
  }

  /** The gateway has begun to answer: there will be no further attempt. */
  release(): void {
    for (const stream of this.#streams()) stream.release();
  }

  /** Nobody will send more of it: recordings may stop. */
  dispose(): void {
    for (const stream of this.#streams()) stream.dispose();
  }

  #streams(): ReplayableBytes[] {
    return this.#parts.flatMap(({ bytes }) => (bytes instanceof Uint8Array ? [] : [bytes]));
  }
}

function partOf({ name, contentType, body, frameBytes }: EventAttachment): Part {
  const whole = body instanceof Uint8Array;
  const quoted = (name ?? "audio").replace(/["\\]/g, "\\$&");
  return {
    head: partHead([
      ["Content-Disposition", `form-data; name="${quoted}"`],
      ["Content-Type", contentType ?? "application/octet-stream"],
    ]),
    bytes: whole ? body : new ReplayableBytes(body, replayLimit),
    frameBytes: Math.max(1, Math.floor(frameBytes ?? (whole ? 16_384 : 320))),
  };
}

function* frames(bytes: Uint8Array, size: number): Generator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < bytes.length; offset += size) {
    yield bytes.subarray(offset, offset + size);
  }
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
