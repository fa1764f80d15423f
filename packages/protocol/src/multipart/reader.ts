// The push reader: bytes of a multipart body go in as they arrive, parts come out as they arrive (RFC 2046 section 5.1).

import { TrefoilError } from "../errors/index.js";
import { checkBoundary } from "./content-type.js";
import { DelimiterSearch } from "./delimiter-search.js";
import { type LineEnd, lineEndOf, maxPadding } from "./delimiter-line.js";
import { HeaderBlock } from "./header-block.js";
import { parsePartHeaders } from "./part-headers.js";
import type { MultipartLimits, MultipartSink } from "./sink.js";

/** Most bytes before the first delimiter line, and after the closing one. */
const maxSurroundingBytes = 8192;

const lf = 0x0a;

/** `opening`: the first delimiter is looked for; `closed`: the closing one was seen; `ended`: so was the body's end. */
type Phase = "opening" | "headers" | "data" | "closed" | "ended";

/**
 * Reads one multipart body. Push each chunk as it arrives, then call `end` once; both throw what is wrong with the body,
 * and once one of them has thrown, or the sink has, every further call throws the same again.
 *
 * A part's bytes are handed on as soon as they cannot belong to a delimiter, so at most a delimiter's length is ever
 * held back. A delimiter is `CRLF--boundary`, then spaces or tabs, then CRLF; after `CRLF--boundary--` nothing more is read.
 * A line that merely begins like a delimiter is data. Lines end in CRLF: a bare LF in headers is an error.
 */
export class MultipartReader {
  readonly #sink: MultipartSink;
  readonly #limits: MultipartLimits;
  readonly #search: DelimiterSearch;
  readonly #headers: HeaderBlock;
  #phase: Phase = "opening";
  #failure: { readonly error: unknown } | undefined;
  #parts = 0;
  #partLimit = 0;
  /** How many bytes more the current part may have. */
  #partBudget = 0;
  #bodyBudget: number;
  #surrounding = 0;
  /** How many bytes of the delimiter the last chunk ended in. */
  #matched = 2;
  /**
   * How many of those were never part of the body's data: the CRLF of the line before, which ends that line and may
   * begin a delimiter at once. So does the start of the body, where a CRLF is thought.
   */
  #borrowed = 2;
  /** The bytes after a complete delimiter at the end of the last chunk, as far as they decide nothing. */
  #tail: number[] = [];

  /**
   * @param boundary the boundary, as {@link boundaryOf} gives it
   * @param sink who takes the parts
   * @param limits how much is read
   * @throws {TrefoilError} `malformed_multipart` where it is no boundary
   */
  constructor(boundary: string, sink: MultipartSink, limits: MultipartLimits) {
    checkBoundary(boundary);
    this.#sink = sink;
    this.#limits = limits;
    this.#search = new DelimiterSearch(boundary);
    this.#headers = new HeaderBlock(limits.maxPartHeaderBytes);
    this.#bodyBudget = limits.maxBodyBytes ?? Infinity;
  }

  /**
   * Takes the next bytes of the body.
   * @throws {TrefoilError} `malformed_multipart`: the body breaks the grammar, or a part breaks its limits;
   *   `payload_too_large`: the body as a whole does
   */
  push(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      this.#bodyBudget -= bytes.length;
      if (this.#bodyBudget < 0) {
        throw new TrefoilError(
          "payload_too_large",
          `The body is longer than ${this.#limits.maxBodyBytes} bytes.`,
        );
      }
      let position = 0;
      while (position < bytes.length) position = this.#step(bytes, position);
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /**
   * The body has ended. A last part that no delimiter ended is complete; so is a body that ends right after a delimiter
   * line, as a downchannel does.
   * @throws {TrefoilError} `malformed_multipart`: there was no part, or the body ended within a part's headers
   */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      this.#finish();
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /** Reads on from `position` in the current phase; answers where the next step reads on. */
  #step(bytes: Uint8Array, position: number): number {
    switch (this.#phase) {
      case "opening":
      case "data":
        return this.#matched === 0
          ? this.#scan(bytes, position, position)
          : this.#resume(bytes, position);
      case "headers":
        return this.#readHeaders(bytes, position);
      case "closed":
        this.#surroundingBytes(bytes.length - position);
        break;
      case "ended":
        throw alreadyEnded();
    }
    return bytes.length;
  }

  #readHeaders(bytes: Uint8Array, position: number): number {
    const { block, next } = this.#headers.take(bytes, position);
    if (block !== undefined) {
      if (this.#parts >= this.#limits.maxParts) {
        throw new TrefoilError(
          "malformed_multipart",
          `The body has more than ${this.#limits.maxParts} parts.`,
        );
      }
      const headers = parsePartHeaders(block);
      this.#partBudget = this.#partLimit = this.#limits.maxPartBytes(this.#parts, headers);
      this.#parts++;
      this.#phase = "data";
      this.#matched = this.#borrowed = 2;
      this.#sink.partBegin(headers);
    }
    return next;
  }

  /** Scans for the next delimiter. Data from `dataStart` on was not yet handed over; the search begins at `from`. */
  #scan(bytes: Uint8Array, dataStart: number, from: number): number {
    const size = this.#search.delimiter.length;
    let searchFrom = from;
    for (;;) {
      const found = this.#search.find(bytes, searchFrom);
      const after = found + size;
      if (after > bytes.length) {
        this.#matched = bytes.length - found;
        this.#borrowed = 0;
        this.#data(bytes, dataStart, found);
        return bytes.length;
      }
      const lineEnd = this.#lineEnd(bytes, after);
      if (lineEnd !== "data") {
        this.#matched = size;
        this.#borrowed = 0;
        this.#data(bytes, dataStart, found);
        return lineEnd === "undecided" ? bytes.length : this.#delimiter(lineEnd, bytes, after);
      }
      searchFrom = after;
    }
  }

  /** Goes on with a delimiter that the last chunk, or the line before, began. */
  #resume(bytes: Uint8Array, position: number): number {
    const { delimiter } = this.#search;
    let at = position;
    let matched = this.#matched;
    while (matched < delimiter.length && at < bytes.length && bytes[at] === delimiter[matched]) {
      at++;
      matched++;
    }
    if (matched === delimiter.length) {
      const lineEnd = this.#lineEnd(bytes, at);
      if (lineEnd === "undecided") {
        this.#matched = matched;
        return bytes.length;
      }
      if (lineEnd !== "data") return this.#delimiter(lineEnd, bytes, at);
    } else if (at === bytes.length) {
      this.#matched = matched;
      return at;
    }
    // It was none. What was held back is data; within it no delimiter can begin, as it holds no CR that an LF follows.
    this.#releaseHeld();
    return this.#scan(bytes, position, at);
  }

  /** Hands over what was held back of something that looked like a delimiter. */
  #releaseHeld(): void {
    const borrowed = this.#borrowed;
    const matched = this.#matched;
    this.#matched = this.#borrowed = 0;
    if (matched === borrowed) return;
    const held = Uint8Array.from(this.#search.delimiter.slice(borrowed, matched));
    this.#data(held, 0, held.length);
    if (this.#tail.length === 0) return;
    const tail = Uint8Array.from(this.#tail);
    this.#tail = [];
    this.#data(tail, 0, tail.length);
  }

  /** What the bytes after a complete delimiter make of it. Where they decide nothing they are kept for the next chunk. */
  #lineEnd(bytes: Uint8Array, from: number): Exclude<LineEnd, "bare line feed"> {
    const lineEnd = lineEndOf(this.#tail, bytes, from);
    if (lineEnd === "bare line feed") {
      if (this.#phase === "opening") throw bareLineFeed();
      return "data";
    }
    if (lineEnd === "undecided") {
      for (let at = from; at < bytes.length; at++) this.#tail.push(bytes[at] as number);
    }
    return lineEnd;
  }

  /** A delimiter is complete up to `from`; answers where to read on. The closing dashes count as epilogue. */
  #delimiter(kind: "delimiter" | "closing", bytes: Uint8Array, from: number): number {
    if (this.#tail.length > 0) this.#tail = [];
    this.#matched = this.#borrowed = 0;
    if (this.#phase === "data") this.#sink.partEnd(true);
    if (kind === "closing") {
      this.#phase = "closed";
      this.#surrounding = 0;
      return from;
    }
    this.#phase = "headers";
    return bytes.indexOf(lf, from) + 1;
  }

  /** Bytes between delimiters: a part's, or the preamble's, which nobody wants. */
  #data(bytes: Uint8Array, start: number, end: number): void {
    if (start >= end) return;
    if (this.#phase === "opening") {
      this.#surroundingBytes(end - start);
      return;
    }
    this.#partBudget -= end - start;
    if (this.#partBudget < 0) {
      throw new TrefoilError(
        "malformed_multipart",
        `Part ${this.#parts} is longer than ${this.#partLimit} bytes.`,
      );
    }
    this.#sink.partData(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
  }

  /**
   * Whether a body may end after a delimiter line and these bytes: none, or a closing delimiter line, which some writers
   * put there because they could not know that no part would follow.
   */
  #endsHere(bytes: Uint8Array): boolean {
    const { delimiter } = this.#search;
    if (bytes.length === 0) return true;
    if (bytes.length > delimiter.length + maxPadding) return false;
    const text = String.fromCharCode(...bytes);
    return text.trimEnd() === `${String.fromCharCode(...delimiter.slice(2))}--`;
  }

  #surroundingBytes(count: number): void {
    this.#surrounding += count;
    if (this.#surrounding <= maxSurroundingBytes) return;
    throw new TrefoilError(
      "malformed_multipart",
      this.#phase === "opening"
        ? `No delimiter line stands in the first ${maxSurroundingBytes} bytes of the body; check the boundary of the Content-Type.`
        : `More than ${maxSurroundingBytes} bytes follow the closing delimiter.`,
    );
  }

  #finish(): void {
    switch (this.#phase) {
      case "opening":
        throw new TrefoilError(
          "malformed_multipart",
          "The body ended before its first part; check the boundary of the Content-Type.",
        );
      case "headers":
        if (this.#parts === 0 || !this.#endsHere(this.#headers.held)) {
          throw new TrefoilError("malformed_multipart", "The body ended within a part's headers.");
        }
        break;
      case "data": {
        // A whole delimiter that lost its line's end to the end of the body is a delimiter still.
        const terminated = this.#matched === this.#search.delimiter.length;
        if (!terminated) this.#releaseHeld();
        this.#sink.partEnd(terminated);
        break;
      }
      case "closed":
        if (this.#parts === 0) {
          throw new TrefoilError("malformed_multipart", "The body has no part.");
        }
        break;
      case "ended":
        throw alreadyEnded();
    }
    this.#phase = "ended";
  }
}

function alreadyEnded(): TrefoilError {
  return new TrefoilError("internal", "The multipart body has already ended.");
}

function bareLineFeed(): TrefoilError {
  return new TrefoilError(
    "malformed_multipart",
    "A delimiter line ends in a bare LF; lines of a multipart body end in CRLF.",
  );
}
