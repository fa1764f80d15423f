// Finding `CRLF--boundary` in bytes: the inner loop of the reader.

/**
 * Looks for one delimiter in chunk after chunk, after Horspool: it looks at the last byte of a window first, and most
 * windows are passed over whole. A boundary holds no CR, so a delimiter can begin only at a CR and two candidates never
 * overlap: no byte is compared more than twice, whatever a peer sends.
 */
export class DelimiterSearch {
  /** The bytes of `\r\n--boundary`. A plain array, as is the table: typed ones this long take V8 longer to make. */
  readonly delimiter: readonly number[];
  readonly #skip: readonly number[];

  /** @param boundary one that `checkBoundary` has let pass: ASCII, at most 70 characters */
  constructor(boundary: string) {
    const text = `\r\n--${boundary}`;
    const size = text.length;
    const delimiter: number[] = [];
    const skip = Array<number>(256).fill(size);
    for (let index = 0; index < size; index++) {
      const byte = text.charCodeAt(index);
      delimiter.push(byte);
      if (index < size - 1) skip[byte] = size - 1 - index;
    }
    this.delimiter = delimiter;
    this.#skip = skip;
  }

  /**
   * Where the delimiter begins at or after `from`. If it is not there whole: where its beginning starts at the very end
   * of the bytes, or `bytes.length` where not even that is there.
   * So everything before the answer is no part of a delimiter, and `answer + delimiter.length <= bytes.length` tells a
   * find from a beginning.
   */
  find(bytes: Uint8Array, from: number): number {
    const delimiter = this.delimiter;
    const skip = this.#skip;
    const size = delimiter.length;
    const last = delimiter[size - 1];
    const lastWindow = bytes.length - size;
    let start = from;
    while (start <= lastWindow) {
      const byte = bytes[start + size - 1] as number;
      // The first byte is asked before the rest: it must be CR, which a run of the boundary's characters never is.
      if (byte === last && bytes[start] === 0x0d && this.#agrees(bytes, start, size)) return start;
      start += skip[byte] as number;
    }
    for (; start < bytes.length; start++) {
      if (bytes[start] === 0x0d && this.#agrees(bytes, start, bytes.length - start)) return start;
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
