// HPACK's dynamic table: the header fields that the peer has told us to remember, newest first, within a number of bytes.
// @see https://www.rfc-editor.org/rfc/rfc7541#section-2.3.2

/** What an entry costs besides its name and value. @see https://www.rfc-editor.org/rfc/rfc7541#section-4.1 */
export const fieldOverhead = 32;

export class DynamicTable {
  /** Oldest first; those before `#first` have been dropped. */
  #names: string[] = [];
  #values: string[] = [];
  #first = 0;
  #size = 0;
  #maxSize: number;

  /** @param maxSize bytes, as RFC 7541 section 4.1 counts them */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** How many entries there are. */
  get length(): number {
    return this.#names.length - this.#first;
  }

  /** @param position 0 is the newest; must be less than {@link length} */
  nameAt(position: number): string {
    return this.#names[this.#names.length - 1 - position] as string;
  }

  /** @param position 0 is the newest; must be less than {@link length} */
  valueAt(position: number): string {
    return this.#values[this.#values.length - 1 - position] as string;
  }

  /** Remembers a field, at the cost of the oldest; one that is larger than the table empties it. */
  add(name: string, value: string): void {
    const size = name.length + value.length + fieldOverhead;
    this.#shrink(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#names.push(name);
    this.#values.push(value);
    this.#size += size;
  }

  /** The peer uses so many bytes from now on. */
  resize(maxSize: number): void {
    this.#maxSize = maxSize;
    this.#shrink(maxSize);
  }

  #shrink(size: number): void {
    while (this.#size > size && this.length > 0) {
      const first = this.#first++;
      this.#size -=
        (this.#names[first] as string).length +
        (this.#values[first] as string).length +
        fieldOverhead;
      this.#names[first] = "";
      this.#values[first] = "";
    }
    if (this.#first < 32) return;
    this.#names = this.#names.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#first = 0;
  }
}
