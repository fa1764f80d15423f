// Reads header blocks: HPACK's decoder, one for each connection, because it remembers what the peer told it to.
// @see https://www.rfc-editor.org/rfc/rfc7541#section-6

import { CompressionError } from "./compression-error.js";
import { DynamicTable } from "./dynamic-table.js";
import { decodeHuffman } from "./huffman.js";
import { staticNames, staticTableSize, staticValues } from "./static-table.js";

/** Takes the fields of a block, in order. */
export interface FieldSink {
  /** Name and value are bytes as characters of Latin-1. */
  field(name: string, value: string): void;
}

/** Largest integer that makes sense in a block; anything near it is no length and no index of ours. */
const largestInteger = 2 ** 24;

const nothing = Buffer.alloc(0);

export class HpackDecoder {
  readonly #maxTableSize: number;
  readonly #table: DynamicTable;
  #bytes: Buffer = nothing;
  #at = 0;
  #end = 0;

  /** @param maxTableSize bytes of the dynamic table, as announced with SETTINGS_HEADER_TABLE_SIZE */
  constructor(maxTableSize: number) {
    this.#maxTableSize = maxTableSize;
    this.#table = new DynamicTable(maxTableSize);
  }

  /**
   * Reads one block.
   * @param bytes where it stands, from `start` up to `end`
   * @throws {CompressionError} where it cannot be read: nothing more can be on this connection
   */
  decode(bytes: Buffer, start: number, end: number, sink: FieldSink): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    let mayResize = true;
    while (this.#at < this.#end) {
      const first = bytes[this.#at] as number;
      if ((first & 0xe0) === 0x20) {
        if (!mayResize) throw new CompressionError("A table size update inside a header block.");
        this.#resize(this.#integer(0x1f));
        continue;
      }
      mayResize = false;
      if ((first & 0x80) !== 0) this.#indexed(this.#integer(0x7f), sink);
      else if ((first & 0x40) !== 0) this.#literal(this.#integer(0x3f), true, sink);
      else this.#literal(this.#integer(0x0f), false, sink);
    }
    // Nothing of a connection that is idle from now on should be kept alive from here.
    this.#bytes = nothing;
  }

  #resize(size: number): void {
    if (size > this.#maxTableSize)
      throw new CompressionError("A table that is larger than allowed.");
    this.#table.resize(size);
  }

  #indexed(index: number, sink: FieldSink): void {
    if (index <= staticTableSize) {
      if (index === 0) throw new CompressionError("There is no header field with index 0.");
      sink.field(staticNames[index] as string, staticValues[index] as string);
      return;
    }
    const position = this.#position(index);
    sink.field(this.#table.nameAt(position), this.#table.valueAt(position));
  }

  #literal(index: number, remember: boolean, sink: FieldSink): void {
    const name = index === 0 ? this.#string() : this.#nameAt(index);
    const value = this.#string();
    if (remember) this.#table.add(name, value);
    sink.field(name, value);
  }

  #nameAt(index: number): string {
    if (index <= staticTableSize) return staticNames[index] as string;
    return this.#table.nameAt(this.#position(index));
  }

  #position(index: number): number {
    const position = index - staticTableSize - 1;
    if (position >= this.#table.length) {
      throw new CompressionError("An index into the header table that does not exist.");
    }
    return position;
  }

  /** @param prefix a mask of the first byte's bits that hold the integer's beginning */
  #integer(prefix: number): number {
    let value = (this.#byte() & prefix) >>> 0;
    if (value < prefix) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (value > largestInteger || shift > 28)
        throw new CompressionError("An integer that is too large.");
      if ((byte & 0x80) === 0) return value;
    }
  }

  #string(): string {
    const isHuffman = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(0x7f);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw new CompressionError("A string that is longer than its block.");
    this.#at = end;
    return isHuffman
      ? decodeHuffman(this.#bytes, start, end)
      : this.#bytes.toString("latin1", start, end);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new CompressionError("A header block that ends too early.");
    return this.#bytes[this.#at++] as number;
  }
}
