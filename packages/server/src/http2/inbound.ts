// What a peer's frames mean: the rules of RFC 9113 for who receives them. Breaches of the connection end it, breaches of one stream
// end that stream alone, and what costs us more than it costs the peer is counted.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-6

import { ErrorCode, type SessionLimit } from "./engine.js";
import {
  Flag,
  FrameReader,
  type FrameSink,
  FrameType,
  Setting,
  defaultWindow,
  largestWindow,
  maxFrameBytes,
} from "./frames/index.js";
import { CompressionError, HpackDecoder } from "./hpack/index.js";
import { type HeaderListLimits, RequestHeaders } from "./request-headers.js";
import type { Stream } from "./stream.js";

/** What a connection does about what its peer sends. */
export interface InboundOwner {
  /** The stream, if it is open. */
  streamOf(id: number): Stream | undefined;
  /** Whether it was us who ended that stream: what still comes for it is on its way for good reasons. */
  wasReset(id: number): boolean;
  /** Whether streams of that id are let go, because the peer was told that they would be. */
  isTurnedAway(id: number): boolean;
  /** A request is complete but for its body. @param window bytes of the answer that the peer takes at first */
  request(id: number, headers: RequestHeaders, bodyless: boolean, window: number): void;
  /** The stream is ended with an error that is the peer's doing; there may be no such stream yet. */
  refuse(id: number, code: number): void;
  /** The connection is ended. @param limit what the peer did */
  fail(code: number, limit: SessionLimit): void;
  /** The peer sent a frame that carries nothing. */
  emptyFrame(): void;
  /** @param opaque where the eight bytes of it begin */
  pinged(bytes: Buffer, opaque: number): void;
  /** @param number that stood in the PING; anything else is -1 */
  pingAcknowledged(number: number): void;
  settings(entries: ReadonlyMap<number, number>): void;
  settingsAcknowledged(): void;
  /** So many bytes of DATA frames have arrived. */
  received(bytes: number): void;
  /** The peer takes so many bytes more. @returns whether its window is still one that can be */
  widen(increment: number): boolean;
  /** All streams' windows have changed by so many bytes. */
  widenStreams(increment: number): void;
  goingAway(code: number): void;
}

/** Bytes of the table of header fields that the peer may make us remember. */
const headerTableBytes = 4_096;

/** Most frames and bytes of one header block; what fits no list of headers is refused only after it was read. */
const maxBlockFrames = 16;
const blockBytesPerListByte = 4;

/** A header block of which more is to come. */
interface OpenBlock {
  readonly streamId: number;
  readonly endStream: boolean;
  readonly pieces: Buffer[];
  bytes: number;
}

export class Inbound implements FrameSink {
  readonly #owner: InboundOwner;
  readonly #limits: HeaderListLimits;
  readonly #reader = new FrameReader(this);
  readonly #hpack = new HpackDecoder(headerTableBytes);
  #lastStreamId = 0;
  #openBlock: OpenBlock | undefined;
  #isIntroduced = false;
  #initialWindow = defaultWindow;
  /** How many frames there were: says whether a frame that is not whole is still the same. */
  #frames = 0;

  constructor(owner: InboundOwner, limits: HeaderListLimits) {
    this.#owner = owner;
    this.#limits = limits;
  }

  /** The highest stream that the peer has opened. */
  get lastStreamId(): number {
    return this.#lastStreamId;
  }

  /** Whether a frame is not whole, so that more is about to come. */
  get isMidFrame(): boolean {
    return this.#reader.isMidFrame;
  }

  /** What the peer has begun to say and not finished: a number that stays the same while it does not go on. */
  get unfinished(): number | undefined {
    return this.#reader.isMidFrame || this.#openBlock !== undefined ? this.#frames : undefined;
  }

  push(bytes: Buffer): void {
    this.#reader.push(bytes);
  }

  /** What still comes is not looked at. */
  stop(): void {
    this.#reader.stop();
  }

  notHttp2(): void {
    this.#breach(ErrorCode.protocolError);
  }

  frameTooLarge(): void {
    this.#breach(ErrorCode.frameSizeError);
  }

  frame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    this.#frames++;
    if (this.#openBlock !== undefined && type !== FrameType.continuation) {
      return this.#breach(ErrorCode.protocolError);
    }
    if (!this.#isIntroduced) {
      if (type !== FrameType.settings || (flags & Flag.ack) !== 0) {
        return this.#breach(ErrorCode.protocolError);
      }
      this.#isIntroduced = true;
    }
    switch (type) {
      case FrameType.data:
        return this.#data(flags, streamId, bytes, start, end);
      case FrameType.headers:
        return this.#headers(flags, streamId, bytes, start, end);
      case FrameType.priority:
        return this.#priority(streamId, bytes, start, end);
      case FrameType.rstStream:
        return this.#rstStream(streamId, bytes, start, end);
      case FrameType.settings:
        return this.#settings(flags, streamId, bytes, start, end);
      case FrameType.pushPromise:
        return this.#breach(ErrorCode.protocolError);
      case FrameType.ping:
        return this.#ping(flags, streamId, bytes, start, end);
      case FrameType.goaway:
        return this.#goaway(streamId, bytes, start, end);
      case FrameType.windowUpdate:
        return this.#windowUpdate(streamId, bytes, start, end);
      case FrameType.continuation:
        return this.#continuation(flags, streamId, bytes, start, end);
      default:
        return this.#empty();
    }
  }

  #data(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (this.#isIdle(id)) return this.#breach(ErrorCode.protocolError);
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      if (start === end) return this.#breach(ErrorCode.frameSizeError);
      from++;
      to -= bytes[start] as number;
      if (from > to) return this.#breach(ErrorCode.protocolError);
    }
    const isLast = (flags & Flag.endStream) !== 0;
    this.#owner.received(end - start);
    if (from === to && !isLast) this.#owner.emptyFrame();
    const stream = this.#owner.streamOf(id);
    if (stream === undefined) return this.#late(id);
    if (stream.isHalfClosed) return this.#breach(ErrorCode.streamClosed);
    let verdict = stream.data(bytes.subarray(from, to), end - start);
    if (verdict === "fine" && isLast && !stream.closed) verdict = stream.endOfBody();
    if (verdict === "past-window") this.#owner.refuse(id, ErrorCode.flowControlError);
    if (verdict === "wrong-length") this.#owner.refuse(id, ErrorCode.protocolError);
    return true;
  }

  #headers(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id % 2 === 0) return this.#breach(ErrorCode.protocolError);
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      if (start === end) return this.#breach(ErrorCode.frameSizeError);
      from++;
      to -= bytes[start] as number;
      if (from > to) return this.#breach(ErrorCode.protocolError);
    }
    if ((flags & Flag.priority) !== 0) {
      // What it says is not used any more, but a stream that depends on itself is still an error.
      if (from + 5 <= to && dependencyAt(bytes, from) === id) {
        return this.#breach(ErrorCode.protocolError);
      }
      from += 5;
      if (from > end) return this.#breach(ErrorCode.frameSizeError);
      if (from > to) return this.#breach(ErrorCode.protocolError);
    }
    const endStream = (flags & Flag.endStream) !== 0;
    if ((flags & Flag.endHeaders) !== 0) return this.#block(id, endStream, bytes, from, to);
    this.#openBlock = { streamId: id, endStream, pieces: [], bytes: 0 };
    return this.#addToBlock(this.#openBlock, bytes, from, to);
  }

  #continuation(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    const open = this.#openBlock;
    if (open === undefined || open.streamId !== id) return this.#breach(ErrorCode.protocolError);
    if (!this.#addToBlock(open, bytes, start, end)) return false;
    if ((flags & Flag.endHeaders) === 0) return true;
    this.#openBlock = undefined;
    return this.#block(id, open.endStream, Buffer.concat(open.pieces), 0, open.bytes);
  }

  #addToBlock(open: OpenBlock, bytes: Buffer, start: number, end: number): boolean {
    open.bytes += end - start;
    // A copy: the rest may be long in coming, and must not keep all that came with this piece.
    open.pieces.push(Buffer.from(bytes.subarray(start, end)));
    if (
      open.pieces.length <= maxBlockFrames &&
      open.bytes <= this.#limits.maxHeaderListSize * blockBytesPerListByte
    ) {
      return true;
    }
    this.#owner.fail(ErrorCode.enhanceYourCalm, "frame-flood");
    return false;
  }

  /** A header block is whole: a request, or what follows the body of one. */
  #block(id: number, endStream: boolean, bytes: Buffer, start: number, end: number): boolean {
    const headers = new RequestHeaders(this.#limits);
    try {
      this.#hpack.decode(bytes, start, end, headers);
    } catch (error) {
      if (error instanceof CompressionError) return this.#breach(ErrorCode.compressionError);
      throw error;
    }
    if (id <= this.#lastStreamId) return this.#trailers(id, endStream, headers);
    if (this.#owner.isTurnedAway(id)) return this.#empty();
    this.#lastStreamId = id;
    switch (headers.verdict(endStream)) {
      case "fine":
        this.#owner.request(id, headers, endStream, this.#initialWindow);
        return true;
      case "malformed":
        this.#owner.refuse(id, ErrorCode.protocolError);
        return true;
      case "too-large":
        this.#owner.refuse(id, ErrorCode.enhanceYourCalm);
        return true;
    }
  }

  #trailers(id: number, endStream: boolean, headers: RequestHeaders): boolean {
    const stream = this.#owner.streamOf(id);
    if (stream === undefined) return this.#late(id);
    if (stream.isHalfClosed) return this.#breach(ErrorCode.streamClosed);
    const isFine = endStream && headers.trailerVerdict() === "fine";
    if (!isFine || stream.endOfBody() !== "fine") this.#owner.refuse(id, ErrorCode.protocolError);
    return true;
  }

  #priority(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id === 0) return this.#breach(ErrorCode.protocolError);
    if (end - start !== 5) return this.#breach(ErrorCode.frameSizeError);
    if (dependencyAt(bytes, start) === id) return this.#breach(ErrorCode.protocolError);
    return this.#empty();
  }

  #rstStream(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== 4) return this.#breach(ErrorCode.frameSizeError);
    if (this.#isIdle(id)) return this.#breach(ErrorCode.protocolError);
    const stream = this.#owner.streamOf(id);
    if (stream === undefined) return this.#empty();
    stream.broken(bytes.readUInt32BE(start));
    return true;
  }

  #settings(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id !== 0) return this.#breach(ErrorCode.protocolError);
    if ((flags & Flag.ack) !== 0) {
      if (start !== end) return this.#breach(ErrorCode.frameSizeError);
      this.#owner.settingsAcknowledged();
      return true;
    }
    if ((end - start) % 6 !== 0) return this.#breach(ErrorCode.frameSizeError);
    const entries = new Map<number, number>();
    for (let at = start; at < end; at += 6) {
      const setting = bytes.readUInt16BE(at);
      const value = bytes.readUInt32BE(at + 2);
      const error = settingError(setting, value);
      if (error !== undefined) return this.#breach(error);
      // Only the last value of each counts, but a table that was smaller in between has lost its entries.
      const isTable = setting === Setting.headerTableSize;
      entries.set(setting, isTable ? Math.min(value, entries.get(setting) ?? value) : value);
    }
    this.#owner.settings(entries);
    const window = entries.get(Setting.initialWindowSize);
    if (window !== undefined) {
      this.#owner.widenStreams(window - this.#initialWindow);
      this.#initialWindow = window;
    }
    return true;
  }

  #ping(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id !== 0) return this.#breach(ErrorCode.protocolError);
    if (end - start !== 8) return this.#breach(ErrorCode.frameSizeError);
    if ((flags & Flag.ack) === 0) this.#owner.pinged(bytes, start);
    else if (bytes.readUInt32BE(start) !== 0) this.#owner.pingAcknowledged(-1);
    else this.#owner.pingAcknowledged(bytes.readUInt32BE(start + 4));
    return true;
  }

  #goaway(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id !== 0) return this.#breach(ErrorCode.protocolError);
    if (end - start < 8) return this.#breach(ErrorCode.frameSizeError);
    this.#owner.goingAway(bytes.readUInt32BE(start + 4));
    return this.#empty();
  }

  #windowUpdate(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== 4) return this.#breach(ErrorCode.frameSizeError);
    this.#owner.emptyFrame();
    const increment = bytes.readUInt32BE(start) & largestWindow;
    if (id === 0) {
      if (increment === 0) return this.#breach(ErrorCode.protocolError);
      return this.#owner.widen(increment) || this.#breach(ErrorCode.flowControlError);
    }
    if (this.#isIdle(id)) return this.#breach(ErrorCode.protocolError);
    const stream = this.#owner.streamOf(id);
    if (stream === undefined) return true;
    if (increment === 0) this.#owner.refuse(id, ErrorCode.protocolError);
    else if (!stream.widen(increment)) this.#owner.refuse(id, ErrorCode.flowControlError);
    return true;
  }

  /** No stream of that id has been opened yet, nor can be by the peer. */
  #isIdle(id: number): boolean {
    return id === 0 || id % 2 === 0 || (id > this.#lastStreamId && !this.#owner.isTurnedAway(id));
  }

  /** DATA or HEADERS for a stream that is no more. */
  #late(id: number): boolean {
    if (this.#owner.wasReset(id) || this.#owner.isTurnedAway(id)) return this.#empty();
    return this.#breach(ErrorCode.streamClosed);
  }

  #empty(): boolean {
    this.#owner.emptyFrame();
    return true;
  }

  #breach(code: number): false {
    this.#owner.fail(code, "protocol-error");
    return false;
  }
}

function dependencyAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & 0x7f_ff_ff_ff;
}

/** @see https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2 */
function settingError(setting: number, value: number): number | undefined {
  switch (setting) {
    case Setting.enablePush:
      return value > 1 ? ErrorCode.protocolError : undefined;
    case Setting.initialWindowSize:
      return value > largestWindow ? ErrorCode.flowControlError : undefined;
    case Setting.maxFrameSize:
      return value < maxFrameBytes || value > 2 ** 24 - 1 ? ErrorCode.protocolError : undefined;
    default:
      return undefined;
  }
}
