// The answer to an event: 204, or 200 with directives and attachments, each on its way as soon as the handler yields it.
//
// A device acts on a part when it has seen the delimiter line after it, and that line must be `--boundary--` after the last
// part and only there. While it is unknown whether another part follows, the delimiter is owed. When the handler keeps the
// device waiting it is paid early, so that the device can act; if nothing follows after all, an empty attachment that no
// directive names stands between it and the closing delimiter.

import type { TrefoilError } from "@trefoil/protocol/errors";
import { encodeDirective } from "@trefoil/protocol/messages";
import { MultipartWriter, newBoundary } from "@trefoil/protocol/multipart";
import type { ServerStream } from "../../http2/index.js";
import type { Answer } from "../event-handler.js";
import { exceptionDirective, refuse } from "../exception.js";

/** What stands at the end of what was written. */
type AnswerPhase =
  /** Nothing: no status either. */
  | "silent"
  /** A part whose delimiter has yet to come. */
  | "owed"
  /** A delimiter line: a part must follow. */
  | "delimited"
  /** The end. */
  | "finished";

export class AnswerWriter {
  readonly #stream: ServerStream;
  #multipart: MultipartWriter | undefined;
  #phase: AnswerPhase = "silent";
  #waiting: Uint8Array[] = [];
  #flush: NodeJS.Immediate | undefined;

  constructor(stream: ServerStream) {
    this.#stream = stream;
  }

  /** Made with the first part: most events are answered 204, which needs no boundary. */
  get #writer(): MultipartWriter {
    return (this.#multipart ??= new MultipartWriter(newBoundary()));
  }

  /** Whether nothing has been answered yet. */
  get silent(): boolean {
    return this.#phase === "silent";
  }

  /** Takes one step of the answer. Resolves when the next one may come: a slow device slows the handler. */
  async write(answer: Answer): Promise<void> {
    if (this.#phase === "finished") return;
    switch (answer.kind) {
      case "directive":
        this.#part(this.#writer.directive(encodeDirective(answer.directive)));
        break;
      case "attachment": {
        const { contentId, body } = answer.attachment;
        const head = this.#writer.attachment(contentId);
        if (!(body instanceof Uint8Array)) await this.#attach(head, body);
        else if (body.byteLength <= highWater) this.#part(head, body);
        else await this.#attach(head, slices(body));
        break;
      }
    }
    if (this.#stream.bytesQueued > highWater) await this.#drained();
  }

  /** Ends the answer: 204 where nothing was written. */
  finish(): void {
    if (this.#phase === "finished") return;
    clearImmediate(this.#flush);
    if (this.#phase === "silent") {
      this.#phase = "finished";
      this.#stream.respond(204, {}, { end: true });
      return;
    }
    if (this.#phase === "delimited") {
      this.#waiting.push(this.#writer.attachment(globalThis.crypto.randomUUID()));
    }
    this.#waiting.push(this.#writer.close());
    this.#phase = "finished";
    this.#stream.end(Buffer.concat(this.#waiting));
  }

  /** Ends the answer with an error: as its status where none was sent yet, else as its last directive. */
  fail(error: TrefoilError): void {
    if (this.#phase === "finished") return;
    if (this.#phase === "silent") {
      this.#phase = "finished";
      refuse(this.#stream, error);
      return;
    }
    this.#part(this.#writer.directive(encodeDirective(exceptionDirective(error))));
    this.finish();
  }

  /** The device has gone: nothing is written any more. */
  abandon(): void {
    this.#phase = "finished";
    clearImmediate(this.#flush);
  }

  #part(...bytes: readonly Uint8Array[]): void {
    this.#begin();
    this.#waiting.push(...bytes);
    // By then a handler that had more at hand has yielded it or finished.
    this.#flush ??= setImmediate(() => this.#payDelimiter());
  }

  #begin(): void {
    if (this.#phase === "silent") {
      this.#stream.respond(200, {
        "content-type": this.#writer.contentType,
        "cache-control": "no-store",
      });
    }
    this.#phase = "owed";
  }

  /** An attachment that is still being made, or a large one: its bytes go out as they come and as the device takes them. */
  async #attach(
    head: Uint8Array,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    this.#begin();
    clearImmediate(this.#flush);
    this.#flush = undefined;
    this.#waiting.push(head);
    this.#writeWaiting();
    for await (const bytes of body) {
      if (this.#isFinished()) return;
      this.#stream.write(bytes);
      if (this.#stream.bytesQueued > highWater) await this.#drained();
    }
    this.#flush ??= setImmediate(() => this.#payDelimiter());
  }

  #isFinished(): boolean {
    return this.#phase === "finished";
  }

  #payDelimiter(): void {
    this.#flush = undefined;
    if (this.#phase === "owed") {
      this.#waiting.push(this.#writer.delimiter());
      this.#phase = "delimited";
    }
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#stream.write(bytes);
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.onceDrained(resolve);
      this.#stream.onClose(() => resolve());
    });
  }
}

/** What is large goes out as the device takes it, not all at once. */
function* slices(body: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += highWater) yield body.subarray(at, at + highWater);
}

/** Past so many bytes that the device has not taken, the handler waits. */
const highWater = 65_536;
