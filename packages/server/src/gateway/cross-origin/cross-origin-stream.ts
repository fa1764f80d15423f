// A stream whose answer is for a page of another origin: whoever answers it need not know.

import type { BodySink, CloseReason, ServerSession, ServerStream } from "../../http2/index.js";
import type { AnswerHeaders } from "./policy.js";

/** Passes everything on, and adds headers to the answer. */
export class CrossOriginStream implements ServerStream {
  readonly #stream: ServerStream;
  readonly #added: AnswerHeaders;

  constructor(stream: ServerStream, added: AnswerHeaders) {
    this.#stream = stream;
    this.#added = added;
  }

  respond(
    status: number,
    headers: Readonly<Record<string, string | readonly string[]>>,
    options?: { readonly end?: boolean },
  ): void {
    this.#stream.respond(status, { ...headers, ...this.#added }, options);
  }

  get session(): ServerSession {
    return this.#stream.session;
  }

  get id(): number {
    return this.#stream.id;
  }

  get method(): string {
    return this.#stream.method;
  }

  get path(): string {
    return this.#stream.path;
  }

  get authority(): string {
    return this.#stream.authority;
  }

  get bodyless(): boolean {
    return this.#stream.bodyless;
  }

  get bytesQueued(): number {
    return this.#stream.bytesQueued;
  }

  get closed(): boolean {
    return this.#stream.closed;
  }

  get responded(): boolean {
    return this.#stream.responded;
  }

  header(name: string): string | undefined {
    return this.#stream.header(name);
  }

  headers(): Readonly<Record<string, string>> {
    return this.#stream.headers();
  }

  receive(sink: BodySink): void {
    this.#stream.receive(sink);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  write(content: Uint8Array | string, flushed?: () => void): void {
    this.#stream.write(content, flushed);
  }

  end(bytes?: Uint8Array): void {
    this.#stream.end(bytes);
  }

  reset(code: number): void {
    this.#stream.reset(code);
  }

  onceDrained(listener: () => void): void {
    this.#stream.onceDrained(listener);
  }

  onClose(listener: (reason: CloseReason) => void): void {
    this.#stream.onClose(listener);
  }
}
