// A client of HTTP/2 that keeps to every rule, as a model: it knows what it may send, checks that the server keeps to the windows
// and to the order of bytes, and says whatever it is told to in pieces of any size. The socket between is a model as well.

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { FakeClock } from "@trefoil/protocol/clock";
import { expect } from "vitest";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  type ServerSession,
  type ServerStream,
  createHttp2Engine,
  engineLimits,
} from "../../packages/server/src/http2/index.js";
import {
  Flag,
  type Frame,
  FrameReader,
  FrameType,
  Setting,
  frame,
  headerBlock,
  headersFrame,
  pingFrame,
  preface,
  requestBlock,
  rstStreamFrame,
  settingsAck,
  settingsFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";

/** A socket whose writes are taken when it is told to. */
class ModelSocket extends EventEmitter {
  readonly remoteAddress = "127.0.0.1";
  readonly writable = true;
  destroyed = false;
  readonly #onBytes: (bytes: Buffer) => void;
  #taken: (() => void) | undefined;

  constructor(onBytes: (bytes: Buffer) => void) {
    super();
    this.#onBytes = onBytes;
  }

  write(bytes: Buffer, taken?: () => void): void {
    expect(this.#taken).toBeUndefined();
    this.#taken = taken;
    this.#onBytes(bytes);
  }

  take(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("close");
  }

  destroySoon(): void {
    this.destroy();
  }
}

/** All byte values, over and over. */
const pattern = Buffer.from(Array.from({ length: 131_072 }, (_, index) => index & 0xff));

/** A piece of a body: each stream's are shifted, so that none is that of a stream near. At most 100,000 bytes. */
function bytesAt(streamId: number, offset: number, length: number): Buffer {
  const begin = (streamId * 31 + offset) & 0xff;
  return pattern.subarray(begin, begin + length);
}

/** A stream as both sides know it. */
export class Conversation {
  readonly id: number;
  /** Bytes of the request's body in all. */
  readonly total: number;
  /** How many SETTINGS had been sent when it was opened. */
  readonly settings: number;
  served: ServerStream | undefined;
  sent = 0;
  /** Whether the client has ended its side, and whether either side broke the stream off. */
  finished = false;
  broken = false;
  /** Bytes of the body that the client may send, and of the answer that the server may. */
  sendWindow = 65_535;
  receiveWindow: number;
  /** What the server's side has seen of the body. */
  bodyBytes = 0;
  bodyEnds = 0;
  bodyAborts = 0;
  receives = false;
  /** Whether the body was asked for before the answer was complete. */
  receivesWhole = false;
  isPaused = false;
  /** What the server's side has written, and how the client has got it. */
  written = 0;
  ended = false;
  flushed: number[] = [];
  writes = 0;
  answerBytes = 0;
  answerEnded = false;
  wasAnswered = false;
  closes = 0;

  constructor(id: number, total: number, settings: number, receiveWindow: number) {
    this.id = id;
    this.total = total;
    this.settings = settings;
    this.receiveWindow = receiveWindow;
  }
}

export class Model {
  readonly clock = new FakeClock();
  readonly conversations: Conversation[] = [];
  readonly session: ServerSession;
  readonly #socket: ModelSocket;
  readonly #reader = new FrameReader();
  #outgoing: Buffer[] = [];
  #nextId = 1;
  #sendWindow = 65_535;
  #receiveWindow = 65_535;
  /** The initial windows that were sent; how many of them have their ACK. */
  readonly #initialWindows = [65_535];
  #acknowledged = 0;
  #pings = 0;
  #pongs = 0;
  #serverPings = 0;
  #serverPongs = 0;

  constructor() {
    const socket = new ModelSocket((bytes) => {
      for (const received of this.#reader.push(bytes)) this.#received(received);
    });
    this.#socket = socket;
    const engine = createHttp2Engine({
      limits: {
        ...engineLimits(configSchema.parse({})),
        resets: { burst: 10_000, perSecond: 1 },
        controlFrames: { burst: 10_000, perSecond: 1 },
        emptyFrames: { burst: 10_000, perSecond: 1 },
      },
      clock: this.clock,
      onLimit: (limit) => expect.fail(`met a limit: ${limit}`),
    });
    this.session = engine.serve(socket as unknown as Socket, () => ({
      stream: (stream) => this.#serve(stream),
    }));
    this.#send(preface, settingsFrame({ [Setting.headerTableSize]: 0 }));
    this.#initialWindows.push(65_535);
  }

  // The client's doing.

  open(total: number, announces: boolean, isBodyless: boolean): void {
    if (this.conversations.filter(({ closes }) => closes === 0).length >= 50) return;
    const id = this.#nextId;
    this.#nextId += 2;
    const conversation = new Conversation(
      id,
      isBodyless ? 0 : total,
      this.#initialWindows.length,
      this.#initialWindows.at(-1)!,
    );
    this.conversations.push(conversation);
    conversation.finished = isBodyless;
    const extra = announces ? [["content-length", String(conversation.total)] as const] : [];
    const block = requestBlock({ method: "POST", path: "/", extra });
    this.#send(headersFrame(id, block, { endStream: isBodyless }));
  }

  /** DATA of so many bytes, or as many as there are and the windows let through. */
  data(conversation: Conversation, size: number, padding: number): void {
    if (conversation.finished || conversation.broken) return;
    const room = Math.min(conversation.sendWindow, this.#sendWindow, 16_384);
    const overhead = padding === 0 ? 0 : padding + 1;
    const length = Math.min(size, conversation.total - conversation.sent, room - overhead);
    if (length < 0) return;
    const payload = bytesAt(conversation.id, conversation.sent, length);
    conversation.sent += length;
    conversation.sendWindow -= length + overhead;
    this.#sendWindow -= length + overhead;
    if (padding === 0) this.#send(frame(FrameType.data, 0, conversation.id, payload));
    else {
      const all = Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]);
      this.#send(frame(FrameType.data, Flag.padded, conversation.id, all));
    }
  }

  finish(conversation: Conversation, withTrailers: boolean): void {
    const { id, finished, broken, sent, total } = conversation;
    if (finished || broken || sent < total) return;
    conversation.finished = true;
    if (withTrailers) this.#send(headersFrame(id, headerBlock([["x-trailer", "y"]])));
    else this.#send(frame(FrameType.data, Flag.endStream, id));
  }

  grant(conversation: Conversation | undefined, bytes: number): void {
    if (conversation === undefined) this.#receiveWindow += bytes;
    else if (conversation.broken || conversation.answerEnded) return;
    else conversation.receiveWindow += bytes;
    this.#send(windowUpdateFrame(conversation?.id ?? 0, bytes));
  }

  initialWindow(bytes: number): void {
    this.#initialWindows.push(bytes);
    this.#send(settingsFrame({ [Setting.initialWindowSize]: bytes }));
  }

  breakOff(conversation: Conversation): void {
    if (conversation.broken || (conversation.finished && conversation.answerEnded)) return;
    conversation.broken = true;
    this.#send(rstStreamFrame(conversation.id));
  }

  ping(): void {
    const opaque = Buffer.alloc(8);
    opaque.writeUInt32BE(++this.#pings, 4);
    this.#send(pingFrame(opaque));
  }

  // The server's side's doing.

  receive(conversation: Conversation): void {
    const { served } = conversation;
    if (served === undefined || conversation.receives) return;
    conversation.receives = true;
    conversation.receivesWhole = !conversation.ended;
    served.receive({
      data(bytes) {
        const expected = bytesAt(conversation.id, conversation.bodyBytes, bytes.byteLength);
        expect(expected.equals(bytes)).toBe(true);
        expect(conversation.bodyEnds + conversation.bodyAborts).toBe(0);
        conversation.bodyBytes += bytes.byteLength;
      },
      end: () => void conversation.bodyEnds++,
      aborted: () => void conversation.bodyAborts++,
    });
  }

  pause(conversation: Conversation, isPaused: boolean): void {
    conversation.isPaused = isPaused;
    if (isPaused) conversation.served?.pause();
    else conversation.served?.resume();
  }

  write(conversation: Conversation, size: number): void {
    const { served } = conversation;
    if (served === undefined || served.closed || conversation.ended) return;
    if (!served.responded) served.respond(200, {});
    const number = conversation.writes++;
    const bytes = bytesAt(conversation.id, conversation.written, size);
    conversation.written += size;
    served.write(bytes, () => void conversation.flushed.push(number));
  }

  end(conversation: Conversation): void {
    const { served } = conversation;
    if (served === undefined || served.closed || conversation.ended) return;
    conversation.ended = true;
    if (!served.responded) served.respond(204, {}, { end: true });
    else served.end();
  }

  resetByServer(conversation: Conversation): void {
    conversation.served?.reset(8);
  }

  pingByServer(): void {
    this.#serverPings++;
    this.session.ping((isAcknowledged) => {
      if (isAcknowledged) this.#serverPongs++;
    });
  }

  // What is between them.

  /** Hands over so many bytes of what the client has said, or all. */
  deliver(bytes = Number.POSITIVE_INFINITY): void {
    const [only] = this.#outgoing;
    const all =
      this.#outgoing.length === 1 && only !== undefined ? only : Buffer.concat(this.#outgoing);
    const now = Buffer.from(all.subarray(0, bytes));
    const rest = all.subarray(now.byteLength);
    this.#outgoing = rest.byteLength === 0 ? [] : [rest];
    if (now.byteLength > 0) this.#socket.emit("data", now);
  }

  /** The socket takes what it was given, and what was set off comes to its end. */
  async settle(): Promise<void> {
    this.#socket.take();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Everything that was begun is ended in good order; then nothing is left. */
  async windDown(pieces: readonly number[]): Promise<void> {
    // One that the client takes back in the same breath is never served.
    const isDone = (): boolean =>
      this.conversations.every(
        ({ closes, broken, served }) => closes === 1 || (broken && served === undefined),
      );
    let piece = 0;
    for (let turn = 0; !isDone() || turn < 5; turn++) {
      expect(turn, "turns until everything has ended").toBeLessThan(2_000);
      for (const conversation of this.conversations) {
        this.receive(conversation);
        if (conversation.isPaused) this.pause(conversation, false);
        this.data(conversation, 16_384, 0);
        this.finish(conversation, false);
        this.end(conversation);
        if (conversation.receiveWindow < 1) this.grant(conversation, 30_000);
      }
      if (this.#receiveWindow < 1) this.grant(undefined, 100_000);
      while (this.#outgoing.length > 0) this.deliver(pieces[piece++ % pieces.length]);
      await this.settle();
    }
    this.ping();
    this.deliver();
    for (let turn = 0; turn < 5; turn++) await this.settle();
    this.#expectNothingLeft();
  }

  #expectNothingLeft(): void {
    for (const each of this.conversations) {
      if (each.broken && each.served === undefined) continue;
      expect(each.closes).toBe(1);
      expect(each.served?.bytesQueued).toBe(0);
      expect(each.bodyEnds + each.bodyAborts).toBe(1);
      expect(each.flushed).toEqual(each.flushed.toSorted((one, other) => one - other));
      if (each.broken) continue;
      expect(each.answerEnded).toBe(true);
      expect(each.answerBytes).toBe(each.written);
      expect(each.flushed).toHaveLength(each.writes);
      if (!each.receivesWhole) continue;
      expect(each.bodyEnds).toBe(1);
      expect(each.bodyBytes).toBe(each.total);
    }
    expect(this.session.openStreams).toBe(0);
    expect(this.session.bytesQueued).toBe(0);
    expect(this.#acknowledged).toBe(this.#initialWindows.length - 1);
    expect(this.#pongs).toBe(this.#pings);
    expect(this.#serverPongs).toBe(this.#serverPings);
    expect(this.#sendWindow).toBeGreaterThan(32_767);
    expect(this.#socket.destroyed).toBe(false);
  }

  #send(...bytes: readonly Buffer[]): void {
    this.#outgoing.push(...bytes);
  }

  #serve(stream: ServerStream): void {
    const conversation = this.#of(stream.id);
    conversation.served = stream;
    stream.onClose(() => {
      conversation.closes++;
      // Nobody took it, and now there is no stream any more from which it could be taken.
      conversation.receivesWhole &&= !conversation.isPaused;
    });
  }

  #of(id: number): Conversation {
    const found = this.conversations.find((conversation) => conversation.id === id);
    if (found === undefined) return expect.fail(`there is no stream ${id}`);
    return found;
  }

  #received({ type, flags, streamId, payload }: Frame): void {
    const isLast = (flags & Flag.endStream) !== 0;
    switch (type) {
      case FrameType.settings:
        if ((flags & Flag.ack) !== 0) this.#settingsAcknowledged();
        else this.#send(settingsAck);
        return;
      case FrameType.ping:
        if ((flags & Flag.ack) === 0) this.#send(pingFrame(payload, true));
        else expect(payload.readUInt32BE(4)).toBe(++this.#pongs);
        return;
      case FrameType.windowUpdate:
        if (streamId === 0) this.#sendWindow += payload.readUInt32BE(0);
        else this.#of(streamId).sendWindow += payload.readUInt32BE(0);
        return;
      case FrameType.rstStream:
        this.#of(streamId).broken = true;
        return;
      case FrameType.headers:
        this.#answered(this.#of(streamId), isLast);
        return;
      case FrameType.data:
        this.#answer(this.#of(streamId), payload, isLast);
        return;
      default:
        expect.fail(`a frame of type ${type}`);
    }
  }

  #answered(conversation: Conversation, isLast: boolean): void {
    expect(conversation.wasAnswered).toBe(false);
    conversation.wasAnswered = true;
    conversation.answerEnded = isLast;
  }

  #answer(conversation: Conversation, payload: Buffer, isLast: boolean): void {
    expect(conversation.wasAnswered).toBe(true);
    expect(conversation.answerEnded).toBe(false);
    const expected = bytesAt(conversation.id, conversation.answerBytes, payload.byteLength);
    expect(expected.equals(payload)).toBe(true);
    conversation.answerBytes += payload.byteLength;
    conversation.receiveWindow -= payload.byteLength;
    this.#receiveWindow -= payload.byteLength;
    if (payload.byteLength > 0) {
      expect(conversation.receiveWindow).toBeGreaterThanOrEqual(0);
      expect(this.#receiveWindow).toBeGreaterThanOrEqual(0);
    }
    conversation.answerEnded = isLast;
  }

  /** What the server has sent until then kept to the windows before; streams that were opened after the SETTINGS know them. */
  #settingsAcknowledged(): void {
    const index = ++this.#acknowledged;
    const change = this.#initialWindows[index]! - this.#initialWindows[index - 1]!;
    for (const conversation of this.conversations) {
      if (conversation.settings <= index) conversation.receiveWindow += change;
    }
  }
}
