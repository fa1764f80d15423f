// The body of an event as it arrives: the metadata part is collected and parsed, the parts after it stream to whoever
// handles the event, and the device is slowed when they are not taken.

import { TrefoilError } from "@trefoil/protocol/errors";
import { type EventEnvelope, parseEvent } from "@trefoil/protocol/messages";
import {
  MultipartReader,
  type MultipartSink,
  type PartHeaders,
  contentTypeOf,
  dispositionName,
} from "@trefoil/protocol/multipart";
import type { GatewayConfig } from "../../config/index.js";
import type { BodySink, ServerStream } from "../../http2/index.js";
import type { IncomingAttachment } from "../event-handler.js";
import { AsyncQueue } from "./async-queue.js";

/** Largest header block of one part. Bytes. */
const maxPartHeaderBytes = 8_192;

/** Past so many bytes that a handler has not taken, the body is paused. */
const attachmentWindow = 65_536;

/** Who is told what became of the body. */
export interface IncomingEventOwner {
  /** The metadata part is complete and well-formed. Attachments may follow, or have begun to. */
  received(envelope: EventEnvelope): void;
  /** The whole body is here. Comes after `received`. */
  complete(): void;
  /** The body is not what it should be; nothing else follows. */
  malformed(error: TrefoilError): void;
  /** The device gave up; nothing else follows. */
  aborted(): void;
}

type BodyPhase = "open" | "complete" | "failed";

export class IncomingEvent implements BodySink, MultipartSink {
  readonly attachments = new AsyncQueue<IncomingAttachment>();
  readonly #stream: ServerStream;
  readonly #owner: IncomingEventOwner;
  readonly #reader: MultipartReader;
  #phase: BodyPhase = "open";
  #part = -1;
  #metadata: Uint8Array[] = [];
  #envelope: EventEnvelope | undefined;
  #announced = false;
  #attachment: AsyncQueue<Uint8Array> | undefined;
  #untaken = 0;
  #paused = false;
  #discarding = false;

  /** @param boundary of the request's content type, checked already */
  constructor(
    stream: ServerStream,
    boundary: string,
    config: GatewayConfig,
    owner: IncomingEventOwner,
  ) {
    this.#stream = stream;
    this.#owner = owner;
    this.#reader = new MultipartReader(boundary, this, {
      maxParts: config.maxParts,
      maxPartHeaderBytes,
      maxBodyBytes: config.maxBodyBytes,
      maxPartBytes: (index) => (index === 0 ? config.maxMetadataBytes : config.maxAttachmentBytes),
    });
  }

  /** Whether a part after the metadata has begun. */
  get hasAttachment(): boolean {
    return this.#part > 0;
  }

  /** Nobody handles the attachments (any more): the rest of the body is read and let go. */
  discard(): void {
    this.#discarding = true;
    this.#attachment?.abandon();
    this.attachments.abandon();
    this.#flow();
  }

  /** Ends the body from our side: what waits for attachments is told. */
  cutOff(error: TrefoilError): void {
    if (this.#phase !== "open") return;
    this.#phase = "failed";
    this.#attachment?.fail(error);
    this.attachments.fail(error);
  }

  // The connection's side.

  data(bytes: Uint8Array): void {
    if (this.#phase !== "open") return;
    this.#feed(() => this.#reader.push(bytes));
    this.#announce();
  }

  end(): void {
    if (this.#phase !== "open") return;
    this.#feed(() => this.#reader.end());
    if (this.#phase !== "open") return;
    this.#phase = "complete";
    this.attachments.end();
    this.#announce();
    this.#owner.complete();
  }

  aborted(): void {
    if (this.#phase !== "open") return;
    this.cutOff(new TrefoilError("invalid_request", "The device ended the request early."));
    this.#owner.aborted();
  }

  // The multipart reader's side.

  partBegin(headers: PartHeaders): void {
    this.#part++;
    if (this.#part === 0) {
      if (dispositionName(headers) !== "metadata") {
        throw new TrefoilError(
          "malformed_multipart",
          'The first part must be the event: `Content-Disposition: form-data; name="metadata"`.',
        );
      }
      return;
    }
    const body = new AsyncQueue<Uint8Array>((bytes) => this.#taken(bytes));
    if (this.#discarding) body.abandon();
    this.#attachment = body;
    this.attachments.push({
      name: dispositionName(headers) ?? "",
      contentType: contentTypeOf(headers)?.type ?? "application/octet-stream",
      headers,
      body,
    });
  }

  partData(bytes: Uint8Array): void {
    if (this.#part === 0) {
      this.#metadata.push(bytes);
      return;
    }
    this.#untaken += bytes.byteLength;
    this.#attachment?.push(bytes);
    this.#flow();
  }

  partEnd(): void {
    if (this.#part === 0) {
      this.#envelope = parseEvent(joined(this.#metadata));
      this.#metadata = [];
      return;
    }
    this.#attachment?.end();
  }

  /** The owner hears of the event when the bytes at hand are used up: a small event is complete by then. */
  #announce(): void {
    if (this.#announced || this.#envelope === undefined || this.#phase === "failed") return;
    this.#announced = true;
    this.#owner.received(this.#envelope);
  }

  #feed(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#fail(TrefoilError.from(error));
    }
  }

  #fail(error: TrefoilError): void {
    this.cutOff(error);
    this.#owner.malformed(error);
  }

  #taken(bytes: Uint8Array): void {
    this.#untaken -= bytes.byteLength;
    this.#flow();
  }

  #flow(): void {
    const full = this.#untaken > attachmentWindow && !this.#discarding;
    if (full === this.#paused) return;
    this.#paused = full;
    if (full) this.#stream.pause();
    else this.#stream.resume();
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
