// Finding `CRLF--boundary` in bytes: the inner loop of the reader.

const cr = 0x0d;

/**
 * From so many bytes on the table of skips is worth making; below it, it would take longer to make than it saves, and a
 * body of a few hundred bytes would carry two kilobytes with it.
 */
const worthATable = 2_048;

/**
 * Looks for one delimiter in chunk after chunk, after Horspool: it looks at the last byte of a window first, and most
 * windows are passed over whole. A boundary holds no CR, so a delimiter can begin only at a CR and two candidates never
 * overlap: no byte is compared more than twice, whatever a peer sends.
 */
export class DelimiterSearch {
  /** The bytes of `\r\n--boundary`. A plain array, as is the table: typed ones this long take V8 longer to make. */
  readonly delimiter: readonly number[];
  #skip: readonly number[] | undefined;

  /** @param boundary one that `checkBoundary` has let pass: ASCII, at most 70 characters */
  constructor(boundary: string) {
    const text = `\r\n--${boundary}`;
    const delimiter: number[] = [];
    for (let index = 0; index < text.length; index++) delimiter.push(text.charCodeAt(index));
    this.delimiter = delimiter;
  }

  /**
   * Where the delimiter begins at or after `from`. If it is not there whole: where its beginning starts at the very end
   * of the bytes, or `bytes.length` where not even that is there.
   * So everything before the answer is no part of a delimiter, and `answer + delimiter.length <= bytes.length` tells a
   * find from a beginning.
   */
  find(bytes: Uint8Array, from: number): number {
    const { delimiter } = this;
    const size = delimiter.length;
    let start = from;
    if (bytes.length - from >= worthATable) {
      const skip = (this.#skip ??= skipsOf(delimiter));
      const last = delimiter[size - 1];
      const lastWindow = bytes.length - size;
      while (start <= lastWindow) {
        const byte = bytes[start + size - 1] as number;
        // The first byte is asked before the rest: it must be CR, which a run of the boundary's characters never is.
        if (byte === last && bytes[start] === cr && this.#agrees(bytes, start, size)) return start;
        start += skip[byte] as number;
      }
    }
    for (; start < bytes.length; start++) {
      if (bytes[start] !== cr) continue;
      if (this.#agrees(bytes, start, Math.min(size, bytes.length - start))) return start;
    }
    return bytes.length;
  }

  #agrees(bytes: Uint8Array, start: number, length: number): boolean {
    const delimiter = this.delimiter;
    for (let index = 1; index < length; index++) {
      if (bytes[start + index] !== delimiter[index]) return false;
    }
    return true;
  }
}

/** For each byte, how far a window that ends in it can move on. */
function skipsOf(delimiter: readonly number[]): readonly number[] {
  const size = delimiter.length;
  const skips = Array<number>(256).fill(size);
  for (let index = 0; index < size - 1; index++)
    skips[delimiter[index] as number] = size - 1 - index;
  return skips;
}
