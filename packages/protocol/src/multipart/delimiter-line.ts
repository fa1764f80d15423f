// The end of a delimiter's line: what makes `CRLF--boundary` a delimiter, the closing delimiter, or data after all.

import { TrefoilError } from "../errors/index.js";

/**
 * What stands after a complete `CRLF--boundary`: the end of its line; the closing dashes; a bare LF; anything else, which
 * makes it data; or not enough bytes to tell.
 */
export type LineEnd = "delimiter" | "closing" | "bare line feed" | "data" | "undecided";

/** Most spaces and tabs between a delimiter and its CRLF. */
export const maxPadding = 128;

const cr = 0x0d;
const lf = 0x0a;
const dash = 0x2d;
const space = 0x20;
const tab = 0x09;

/**
 * Decides what a delimiter is by the bytes after it. After the closing dashes anything may follow: RFC 2046 asks readers to
 * compare the beginning of the line only, and a writer that ends its body with another byte than CR is understood.
 * @param earlier bytes after the delimiter that decided nothing so far
 * @param bytes where the bytes after those are, from `from` on
 * @throws {TrefoilError} `malformed_multipart` where the padding is longer than anyone writes
 * @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
 */
export function lineEndOf(earlier: readonly number[], bytes: Uint8Array, from: number): LineEnd {
  let last = earlier.at(-1);
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (last === cr) return byte === lf ? "delimiter" : "data";
    if (last === dash) return byte === dash ? "closing" : "data";
    if (byte === lf) return "bare line feed";
    const first = last === undefined;
    if (byte !== cr && byte !== space && byte !== tab && !(byte === dash && first)) return "data";
    last = byte;
    if (earlier.length + at - from >= maxPadding) {
      throw new TrefoilError(
        "malformed_multipart",
        `More than ${maxPadding} spaces stand between a delimiter and the end of its line.`,
      );
    }
  }
  return "undecided";
}
