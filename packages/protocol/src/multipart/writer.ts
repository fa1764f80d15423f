// The writer of a multipart/related response: what has to go out next so that a device reads it without an error.

import { TrefoilError } from "../errors/index.js";
import { checkBoundary } from "./content-type.js";
import {
  attachmentPartHead,
  closingDelimiter,
  delimiterText,
  directivePartHead,
  directivePartHeadText,
  openingDelimiter,
  openingDelimiterText,
  partHead,
} from "./part-head.js";

/**
 * Where a body stands: nothing written; after a delimiter line, where a part begins; within a part; at its end.
 */
type Position = "start" | "between" | "part" | "end";

const encoder = new TextEncoder();

const nothing = new Uint8Array(0);

/**
 * Answers the bytes of a response body piece by piece; each answer is to be written in order, and nothing else but the
 * bytes of attachments in between.
 *
 * A finite response calls `directive`, `attachment` (then writes the attachment's bytes itself) and at last `close`: the
 * delimiter lines come by themselves, each with the part that it opens. On a downchannel a part must not wait for the next
 * one, as a device acts on a directive only when the delimiter line after it has arrived: there it is `opening`,
 * `finishedDirective` for each, and END_STREAM alone as the end, which is what `close` then amounts to.
 * @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1
 */
export class MultipartWriter {
  readonly boundary: string;
  readonly #delimiter: string;
  #position: Position = "start";

  /**
   * @param boundary what `newBoundary` answers
   * @throws {TrefoilError} `malformed_multipart` where it is no boundary
   */
  constructor(boundary: string) {
    checkBoundary(boundary);
    this.boundary = boundary;
    this.#delimiter = delimiterText(boundary);
  }

  /** The response's Content-Type: the boundary unquoted, as devices scan for it up to the next semicolon. */
  get contentType(): string {
    return `multipart/related; boundary=${this.boundary}`;
  }

  /**
   * The first delimiter line, to be sent before there is a part.
   * @throws {TrefoilError} `internal` where something was written already
   */
  opening(): Uint8Array {
    this.#require("start", "The opening delimiter comes first.");
    this.#position = "between";
    return openingDelimiter(this.boundary);
  }

  /**
   * A directive's part without the delimiter line after it.
   * @param json `{"directive": {...}}` in UTF-8, as `encodeDirective` makes it
   */
  directive(json: Uint8Array): Uint8Array {
    return concatenate([encoder.encode(this.#separator()), directivePartHead, json]);
  }

  /**
   * A directive's part together with the delimiter line that ends it: what a downchannel sends. It is text, to be sent in
   * UTF-8: a server that sends one directive to many devices encodes it straight into each frame.
   * @param json `{"directive": {...}}`, as `stringifyDirective` makes it
   */
  finishedDirective(json: string): string {
    const before = this.#separator();
    this.#position = "between";
    return before + directivePartHeadText + json + this.#delimiter;
  }

  /**
   * The beginning of an attachment's part; its bytes follow.
   * @param contentId what follows `cid:` in the directive that names it
   * @throws {TrefoilError} `internal` where the id cannot stand in a header
   */
  attachment(contentId: string): Uint8Array {
    const head = attachmentPartHead(contentId);
    return concatenate([encoder.encode(this.#separator()), head]);
  }

  /**
   * The beginning of a part with headers of one's own; its bytes follow. Content-Type has to be the last of them.
   * @throws {TrefoilError} `internal` where a header cannot be written
   */
  part(headers: readonly (readonly [string, string])[]): Uint8Array {
    const head = partHead(headers);
    return concatenate([encoder.encode(this.#separator()), head]);
  }

  /**
   * The delimiter line that ends the current part, for a part that must not wait for the next one. After it only another
   * part or the end of the stream may come: `close` then answers nothing.
   * @throws {TrefoilError} `internal` where no part is open
   */
  delimiter(): Uint8Array {
    this.#require("part", "A delimiter ends a part.");
    this.#position = "between";
    return encoder.encode(this.#delimiter);
  }

  /**
   * The end of the body: the closing delimiter after a part, and nothing after a delimiter line, as a closing line there
   * is a fatal error to devices. Nothing too where nothing was written.
   */
  close(): Uint8Array {
    const position = this.#position;
    this.#position = "end";
    return position === "part" ? closingDelimiter(this.boundary) : nothing;
  }

  /** What has to stand before the next part. */
  #separator(): string {
    const position = this.#position;
    if (position === "end") {
      throw new TrefoilError("internal", "The multipart body was closed; no part can follow.");
    }
    this.#position = "part";
    if (position === "between") return "";
    return position === "start" ? openingDelimiterText(this.boundary) : this.#delimiter;
  }

  #require(position: Position, rule: string): void {
    if (this.#position === position) return;
    throw new TrefoilError(
      "internal",
      `${rule} The multipart body is at its ${this.#position} instead.`,
    );
  }
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
