// What the small server of these tests writes: bodies to the letter, but for the fault that it has.

import { randomUUID } from "node:crypto";
import type { Fault } from "./faults.js";

const boundary = "0123456789".repeat(6);
/** What stands before the first part; after it the delimiter that ended the part before is the next one's. */
const opening = `--${boundary}\r\n`;
const closing = `\r\n--${boundary}--\r\n`;

/** A refusal: its type and its body. */
export interface Refusal {
  readonly contentType: string;
  readonly body: string;
}

export class FaultyWriter {
  readonly #fault: Fault | undefined;

  constructor(fault: Fault | undefined) {
    this.#fault = fault;
  }

  /** A closing line as no downchannel may have it. */
  readonly closingLine = `--${boundary}--\r\n`;

  get contentType(): string {
    const written = this.#is("quotes the boundary") ? `"${boundary}"` : boundary;
    return `multipart/related; boundary=${written}`;
  }

  /** The first part of a downchannel, with the delimiter line after it. */
  hello(): string {
    const name = this.#is("begins without Clova.Hello") ? "Speaker.Mute" : "Clova.Hello";
    const dialogue = this.#is("gives Clova.Hello a dialogue") ? { dialogRequestId: "d" } : {};
    const isLate = this.#is("sends the delimiter with the next part");
    return `${this.#part(name, {}, dialogue)}${isLate ? "" : `\r\n${opening}`}`;
  }

  /** A further part of a downchannel, with the delimiter line after it. */
  directive(name: string, payload: object, messageId: string): string {
    return `${this.#part(name, payload, { messageId }).slice(opening.length)}\r\n${opening}`;
  }

  /** An answer with a directive that names a sound, and with the sound. */
  speech(): string {
    const id = randomUUID();
    const speak = this.#part("SpeechSynthesizer.Speak", { url: `cid:${id}` });
    const type = this.#is("sends attachments as JSON")
      ? "application/json; charset=utf-8"
      : "application/octet-stream";
    const sound = `${opening}Content-Disposition: form-data; name="attachment"\r\nContent-Id: ${id}\r\nContent-Type: ${type}\r\n\r\n{}`;
    const both = this.#is("sends attachments before who names them")
      ? [sound, speak]
      : [speak, sound];
    const parts = this.#is("names attachments that never come") ? [speak] : both;
    return `${parts.join("\r\n")}${closing}`;
  }

  refusal(status: number): Refusal {
    const isPlain =
      this.#is("explains errors in plain text") ||
      (this.#is("fails in plain text") && status === 500) ||
      (this.#is("is overloaded in plain text") && status === 503);
    if (isPlain) return { contentType: "text/plain", body: "no" };
    const last = this.#is("ends answers without a delimiter") ? "" : closing;
    const hasStack = this.#is("fails with a stack trace") && status === 500;
    const description = hasStack ? String(new Error("It was wrong.").stack) : "It was wrong.";
    const part = this.#part("System.Exception", { code: status, description });
    return { contentType: this.contentType, body: `${part}${last}` };
  }

  #part(fullName: string, payload: object, header: object = {}): string {
    const [namespace, name] = fullName.split(".");
    const disposition = 'Content-Disposition: form-data; name="metadata"\r\n';
    const charset = this.#is("writes UTF-8 in capitals") ? "UTF-8" : "utf-8";
    const type = `Content-Type: application/json; charset=${charset}\r\n`;
    const head = this.#is("writes Content-Type first") ? type + disposition : disposition + type;
    const directive = { header: { namespace, name, messageId: "m", ...header }, payload };
    const before = this.#is("begins with CRLF") ? "\r\n" : "";
    return `${before}${opening}${head}\r\n${JSON.stringify({ directive })}`;
  }

  #is(fault: Fault): boolean {
    return this.#fault === fault;
  }
}
