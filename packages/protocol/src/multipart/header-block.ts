// Collecting a part's header lines up to the empty one, over as many chunks as they take.

import { TrefoilError } from "../errors/index.js";

const cr = 0x0d;
const lf = 0x0a;

/** What a block holds that came in one chunk; allocating an empty array anew is not free. */
const nothing = new Uint8Array(0);

/** What came of some bytes: the block, where it is complete, and where the rest of the bytes begins. */
export interface HeaderBlockStep {
  /** The header lines without the last one's CRLF; undefined while the empty line has not come. */
  readonly block: Uint8Array | undefined;
  readonly next: number;
}

/** One part's header block after the other. Where a block arrives in one chunk nothing is copied. */
export class HeaderBlock {
  readonly #limit: number;
  #held: Uint8Array = nothing;
  #length = 0;
  /** Where the line that is being read begins in what is held. */
  #lineStart = 0;

  /** @param limit longest block in bytes, its empty line included */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What has come of a block that is not complete. */
  get held(): Uint8Array {
    return this.#held.subarray(0, this.#length);
  }

  /**
   * Reads on.
   * @throws {TrefoilError} `malformed_multipart`: the block is longer than the limit, or a line ends in a bare LF
   */
  take(bytes: Uint8Array, position: number): HeaderBlockStep {
    if (this.#length === 0) {
      const lineStart = this.#findEmptyLine(bytes, position, position, bytes.length);
      if (lineStart >= 0) {
        this.#check(lineStart + 2 - position);
        return { block: withoutLastCrlf(bytes, position, lineStart), next: lineStart + 2 };
      }
      this.#hold(bytes, position, bytes.length);
      this.#lineStart = ~lineStart - position;
      return { block: undefined, next: bytes.length };
    }
    const before = this.#length;
    // One byte more than the limit is enough to see that it is passed.
    const taken = Math.min(bytes.length - position, Math.max(0, this.#limit + 1 - before));
    this.#grow(before + taken);
    this.#held.set(bytes.subarray(position, position + taken), before);
    const lineStart = this.#findEmptyLine(this.#held, this.#lineStart, before, before + taken);
    if (lineStart < 0) {
      this.#length = before + taken;
      this.#lineStart = ~lineStart;
      this.#check(this.#length);
      return { block: undefined, next: position + taken };
    }
    this.#check(lineStart + 2);
    const block = withoutLastCrlf(this.#held, 0, lineStart);
    this.#length = 0;
    return { block, next: position + lineStart + 2 - before };
  }

  /**
   * Where the empty line begins, looking for line ends in `from..to`; or, as `~n`, where the line begins that has not
   * ended yet.
   */
  #findEmptyLine(bytes: Uint8Array, firstLine: number, from: number, to: number): number {
    let lineStart = firstLine;
    for (let at = from; at < to; at++) {
      if (bytes[at] !== lf) continue;
      if (at === lineStart || bytes[at - 1] !== cr) {
        throw new TrefoilError(
          "malformed_multipart",
          "A part's header line ends in a bare LF; lines of a multipart body end in CRLF.",
        );
      }
      if (at === lineStart + 1) return lineStart;
      lineStart = at + 1;
    }
    return ~lineStart;
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    this.#check(to - from);
    this.#grow(to - from);
    this.#held.set(bytes.subarray(from, to));
    this.#length = to - from;
  }

  #grow(size: number): void {
    if (this.#held.length >= size) return;
    const larger = new Uint8Array(Math.max(256, size, this.#held.length * 2));
    larger.set(this.#held.subarray(0, this.#length));
    this.#held = larger;
  }

  #check(length: number): void {
    if (length <= this.#limit) return;
    throw new TrefoilError(
      "malformed_multipart",
      `A part's headers are longer than ${this.#limit} bytes.`,
    );
  }
}

function withoutLastCrlf(bytes: Uint8Array, from: number, emptyLine: number): Uint8Array {
  return bytes.subarray(from, Math.max(from, emptyLine - 2));
}
