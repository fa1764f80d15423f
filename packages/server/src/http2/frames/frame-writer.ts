// The frames that we send, as bytes.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-6

import { Flag, FrameType, frameHeadBytes, maxFrameBytes } from "./wire.js";

/** Fills in the head of a frame whose payload follows it in the same bytes. */
export function putFrameHead(
  bytes: Buffer,
  payloadBytes: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  bytes[0] = payloadBytes >>> 16;
  bytes[1] = payloadBytes >>> 8;
  bytes[2] = payloadBytes;
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(streamId, 5);
}

function frame(type: number, flags: number, streamId: number, payloadBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeadBytes + payloadBytes);
  putFrameHead(bytes, payloadBytes, type, flags, streamId);
  return bytes;
}

/** A DATA frame whose payload is yet to be filled in, behind its head. */
export function dataFrame(streamId: number, payloadBytes: number, isLast: boolean): Buffer {
  return frame(FrameType.data, isLast ? Flag.endStream : 0, streamId, payloadBytes);
}

export function rstStreamFrame(streamId: number, code: number): Buffer {
  const bytes = frame(FrameType.rstStream, 0, streamId, 4);
  bytes.writeUInt32BE(code, frameHeadBytes);
  return bytes;
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const bytes = frame(FrameType.settings, 0, 0, settings.length * 6);
  for (const [index, [id, value]] of settings.entries()) {
    bytes.writeUInt16BE(id, frameHeadBytes + index * 6);
    bytes.writeUInt32BE(value, frameHeadBytes + index * 6 + 2);
  }
  return bytes;
}

/** The answer to SETTINGS, which is always the same. */
export const settingsAck: Buffer = frame(FrameType.settings, Flag.ack, 0, 0);

/** @param opaque where eight bytes of it begin in `from` */
export function pingAckFrame(from: Buffer, opaque: number): Buffer {
  const bytes = frame(FrameType.ping, Flag.ack, 0, 8);
  from.copy(bytes, frameHeadBytes, opaque, opaque + 8);
  return bytes;
}

/** @param number that its ACK will carry */
export function pingFrame(number: number): Buffer {
  const bytes = frame(FrameType.ping, 0, 0, 8);
  bytes.writeUInt32BE(0, frameHeadBytes);
  bytes.writeUInt32BE(number, frameHeadBytes + 4);
  return bytes;
}

export function goawayFrame(lastStreamId: number, code: number): Buffer {
  const bytes = frame(FrameType.goaway, 0, 0, 8);
  bytes.writeUInt32BE(lastStreamId, frameHeadBytes);
  bytes.writeUInt32BE(code, frameHeadBytes + 4);
  return bytes;
}

export function windowUpdateFrame(streamId: number, increment: number): Buffer {
  const bytes = frame(FrameType.windowUpdate, 0, streamId, 4);
  bytes.writeUInt32BE(increment, frameHeadBytes);
  return bytes;
}

/**
 * A header block in a HEADERS frame, and what does not fit there in CONTINUATION frames.
 * @param block with {@link frameHeadBytes} free before it
 */
export function headersFrame(streamId: number, block: Buffer, isLast: boolean): Buffer {
  const size = block.byteLength - frameHeadBytes;
  const flags = isLast ? Flag.endStream : 0;
  if (size <= maxFrameBytes) {
    putFrameHead(block, size, FrameType.headers, flags | Flag.endHeaders, streamId);
    return block;
  }
  const pieces: Buffer[] = [];
  for (let at = 0; at < size; at += maxFrameBytes) {
    const payload = block.subarray(frameHeadBytes + at, frameHeadBytes + at + maxFrameBytes);
    const head = Buffer.allocUnsafe(frameHeadBytes);
    const ends = at + maxFrameBytes >= size ? Flag.endHeaders : 0;
    if (at === 0) putFrameHead(head, payload.byteLength, FrameType.headers, flags | ends, streamId);
    else putFrameHead(head, payload.byteLength, FrameType.continuation, ends, streamId);
    pieces.push(head, payload);
  }
  return Buffer.concat(pieces);
}
