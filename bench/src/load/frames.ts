// HTTP/2 frames, as few as a device needs: written by hand, because a load generator that costs more than the server it
// loads measures itself.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-4

export const FrameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
} as const;

export const endStream = 0x1;
export const ack = 0x1;
const endHeaders = 0x4;

/** The largest window and the largest step of one. */
const largestWindow = 2 ** 31 - 1;
export const initialWindow = 65_535;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(9 + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, 9);
  return bytes;
}

function settings(pairs: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [index, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return frame(FrameType.settings, 0, 0, payload);
}

/**
 * What a client sends first: the preface, and windows so wide that nothing needs to be granted later. No header table,
 * so that the header block of an answer is the same each time.
 */
export const preface: Buffer = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  settings([
    [0x1, 0],
    [0x2, 0],
    [0x4, largestWindow],
  ]),
  frame(FrameType.windowUpdate, 0, 0, uint32(largestWindow - initialWindow)),
]);

export const settingsAck: Buffer = frame(FrameType.settings, ack, 0, new Uint8Array(0));

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * A HEADERS frame with literal fields only, neither indexed nor Huffman-coded.
 * @see https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2
 */
export function headers(
  stream: number,
  fields: Readonly<Record<string, string>>,
  options: { readonly end: boolean },
): Buffer {
  const pieces: Buffer[] = [];
  for (const [name, value] of Object.entries(fields)) {
    pieces.push(Buffer.from([0]), text(name), text(value));
  }
  const flags = endHeaders | (options.end ? endStream : 0);
  return frame(FrameType.headers, flags, stream, Buffer.concat(pieces));
}

/** A string literal. @see https://www.rfc-editor.org/rfc/rfc7541#section-5.2 */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length: number[] = [];
  if (bytes.length < 127) {
    length.push(bytes.length);
  } else {
    length.push(127);
    let rest = bytes.length - 127;
    for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** The statuses that have a place of their own in the static table. @see https://www.rfc-editor.org/rfc/rfc7541#appendix-A */
const indexedStatus: Readonly<Record<number, number>> = {
  0x88: 200,
  0x89: 204,
  0x8a: 206,
  0x8b: 304,
  0x8c: 400,
  0x8d: 404,
  0x8e: 500,
};

/** The status of an answer from its header block; 0 where it is none of the common ones. */
export function statusOf(block: Uint8Array): number {
  let at = 0;
  // The table was sized to nothing: servers say so first.
  while (at < block.length && ((block[at] ?? 0) & 0xe0) === 0x20) at++;
  return indexedStatus[block[at] ?? 0] ?? 0;
}

/** Cuts what arrives into frames. */
export class FrameReader {
  #rest: Buffer | undefined;

  /** @param take called for each whole frame; its payload is valid until it returns */
  read(
    chunk: Buffer,
    take: (type: number, flags: number, stream: number, payload: Buffer) => void,
  ): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    while (bytes.length - at >= 9) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      take(
        bytes[at + 3] ?? 0,
        bytes[at + 4] ?? 0,
        bytes.readUInt32BE(at + 5),
        bytes.subarray(at + 9, end),
      );
      at = end;
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at));
  }
}
