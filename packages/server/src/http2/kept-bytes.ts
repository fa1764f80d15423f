// Bytes of a request's body that nobody takes yet. A peer chooses the sizes of its frames: many small ones must not cost many
// times what they carry, neither in objects of their own nor by holding on to all that came with them.

/** From so many bytes on a piece may be kept as it is. */
const worthKeeping = 1_024;

/** Small pieces are put together in buffers of so many bytes. */
const gatheredBytes = 4_096;

export class KeptBytes {
  #pieces: Uint8Array[] = [];
  /** The first piece that is still here. */
  #first = 0;
  #bytes = 0;
  #isForLong = false;
  /** The last piece, where more fits behind it: its buffer, and how much of that is in use. */
  #gathering: Buffer | undefined;
  #gathered = 0;

  get isEmpty(): boolean {
    return this.#first === this.#pieces.length;
  }

  get byteLength(): number {
    return this.#bytes;
  }

  add(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#bytes += bytes.byteLength;
    if (this.#isForLong) this.#store(bytes);
    else this.#pieces.push(bytes);
  }

  /**
   * What is here, and what follows, may stay for long: from now on nothing is kept that costs much more than it carries. One
   * piece alone is left as it is: nearly always it is a small body that is taken in a moment.
   */
  keepForLong(): void {
    if (this.#isForLong || this.#pieces.length - this.#first < 2) return;
    this.#isForLong = true;
    const pieces = this.#pieces.slice(this.#first);
    this.#pieces = [];
    this.#first = 0;
    for (const bytes of pieces) this.#store(bytes);
  }

  /** Takes the oldest piece out. There must be one. */
  shift(): Uint8Array {
    const bytes = this.#pieces[this.#first] as Uint8Array;
    this.#first++;
    this.#bytes -= bytes.byteLength;
    if (!this.isEmpty) return bytes;
    this.#pieces = [];
    this.#first = 0;
    this.#gathering = undefined;
    return bytes;
  }

  #store(bytes: Uint8Array): void {
    if (bytes.byteLength >= worthKeeping && bytes.byteLength * 2 >= bytes.buffer.byteLength) {
      this.#gathering = undefined;
      this.#pieces.push(bytes);
      return;
    }
    let rest = bytes;
    while (rest.byteLength > 0) rest = rest.subarray(this.#gather(rest));
  }

  /** @returns how much of it fitted */
  #gather(bytes: Uint8Array): number {
    if (this.#gathering === undefined || this.#gathered === gatheredBytes) {
      this.#gathering = Buffer.allocUnsafeSlow(gatheredBytes);
      this.#gathered = 0;
      this.#pieces.push(this.#gathering);
    }
    const length = Math.min(bytes.byteLength, gatheredBytes - this.#gathered);
    this.#gathering.set(bytes.subarray(0, length), this.#gathered);
    this.#gathered += length;
    this.#pieces[this.#pieces.length - 1] = this.#gathering.subarray(0, this.#gathered);
    return length;
  }
}
