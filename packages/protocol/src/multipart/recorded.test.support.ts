// For the tests of this room: a sink that writes down what it is told, and bodies made by hand.

import { type PartHeaders, rawLinesOf } from "./part-headers.js";
import { MultipartReader } from "./reader.js";
import type { MultipartLimits, MultipartSink } from "./sink.js";

/** A part as a sink saw it. */
export interface RecordedPart {
  readonly headers: PartHeaders;
  readonly rawLines: readonly string[];
  readonly body: Uint8Array;
  /** Undefined while the part is open. */
  readonly terminated: boolean | undefined;
}

/** Keeps every part, and fails where calls come in an order that the interface does not allow. */
export class RecordingSink implements MultipartSink {
  readonly parts: RecordedPart[] = [];

  partBegin(headers: PartHeaders): void {
    if (this.parts.at(-1)?.terminated === undefined && this.parts.length > 0) {
      throw new Error("a part began within another");
    }
    this.parts.push({
      headers,
      rawLines: rawLinesOf(headers),
      body: new Uint8Array(0),
      terminated: undefined,
    });
  }

  partData(data: Uint8Array): void {
    if (data.length === 0) throw new Error("data of no length");
    const part = this.#open();
    const body = new Uint8Array(part.body.length + data.length);
    body.set(part.body);
    body.set(data, part.body.length);
    this.parts[this.parts.length - 1] = { ...part, body };
  }

  partEnd(terminated: boolean): void {
    this.parts[this.parts.length - 1] = { ...this.#open(), terminated };
  }

  /** The parts' bodies as Latin-1 text. */
  get bodies(): string[] {
    return this.parts.map((part) => latin1(part.body));
  }

  #open(): RecordedPart {
    const part = this.parts.at(-1);
    if (part === undefined || part.terminated !== undefined) throw new Error("no part is open");
    return part;
  }
}

export const wideLimits: MultipartLimits = {
  maxParts: 1000,
  maxPartHeaderBytes: 16_384,
  maxPartBytes: () => 10_485_760,
};

/** Text whose characters are bytes. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The other way round. */
export function latin1(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return text;
}

/** The bytes in pieces of one size, the last one perhaps shorter. */
export function chunks(data: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += size) pieces.push(data.subarray(at, at + size));
  return pieces;
}

/** Reads a whole body, in chunks of a size where one is given. */
export function readBody(
  boundary: string,
  body: string | Uint8Array,
  options: { readonly chunkSize?: number; readonly limits?: Partial<MultipartLimits> } = {},
): RecordingSink {
  const data = typeof body === "string" ? bytes(body) : body;
  const sink = new RecordingSink();
  const reader = new MultipartReader(boundary, sink, { ...wideLimits, ...options.limits });
  for (const chunk of chunks(data, options.chunkSize ?? Math.max(1, data.length))) {
    reader.push(chunk);
  }
  reader.end();
  return sink;
}

/** What a function throws. */
export function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
