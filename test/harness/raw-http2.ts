// A raw-frame HTTP/2 client for what no well-behaved client does: it sends any bytes in any order, answers nothing unless it
// is told to, and shows each frame that comes back.
// @see https://www.rfc-editor.org/rfc/rfc9113

import { once } from "node:events";
import { type Socket, connect as connectTcp } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

/** @see https://www.rfc-editor.org/rfc/rfc9113#section-6 */
export const FrameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

export const Flag = {
  ack: 0x1,
  endStream: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

export const Setting = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** @see https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
export const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Any frame; `length` may lie about the payload. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = Buffer.alloc(0),
  length: number = payload.byteLength,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/**
 * A header block in HPACK's plainest form: each field a literal with a literal name, not indexed, not Huffman-coded.
 * @see https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2
 */
export function headerBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0x00]), text(name), text(value)]),
  );
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  return Buffer.concat([prefixedInteger(bytes.byteLength, 7), bytes]);
}

/** @see https://www.rfc-editor.org/rfc/rfc7541#section-5.1 */
function prefixedInteger(value: number, bits: number): Buffer {
  const limit = 2 ** bits - 1;
  if (value < limit) return Buffer.from([value]);
  const bytes = [limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

export interface RequestFields {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string | undefined;
  readonly extra?: readonly (readonly [string, string])[];
}

/** The header block of a request. */
export function requestBlock(request: RequestFields): Buffer {
  return headerBlock([
    [":method", request.method ?? "GET"],
    [":scheme", "https"],
    [":authority", "localhost"],
    [":path", request.path ?? "/ping"],
    ...(request.token === undefined
      ? []
      : ([["authorization", `Bearer ${request.token}`]] as const)),
    ...(request.extra ?? []),
  ]);
}

export function headersFrame(
  streamId: number,
  block: Buffer,
  options: { readonly endStream?: boolean; readonly endHeaders?: boolean } = {},
): Buffer {
  const flags =
    (options.endStream === false ? 0 : Flag.endStream) |
    (options.endHeaders === false ? 0 : Flag.endHeaders);
  return frame(FrameType.headers, flags, streamId, block);
}

export function dataFrame(
  streamId: number,
  payload: Uint8Array,
  options: { readonly endStream?: boolean } = {},
): Buffer {
  return frame(FrameType.data, options.endStream === true ? Flag.endStream : 0, streamId, payload);
}

export function settingsFrame(settings: Readonly<Record<number, number>> = {}): Buffer {
  const payload = Buffer.concat(
    Object.entries(settings).map(([id, value]) => {
      const entry = Buffer.alloc(6);
      entry.writeUInt16BE(Number(id), 0);
      entry.writeUInt32BE(value, 2);
      return entry;
    }),
  );
  return frame(FrameType.settings, 0, 0, payload);
}

export const settingsAck = frame(FrameType.settings, Flag.ack, 0);

export function pingFrame(opaque: Uint8Array = Buffer.alloc(8), ack = false): Buffer {
  return frame(FrameType.ping, ack ? Flag.ack : 0, 0, opaque);
}

export function rstStreamFrame(streamId: number, code = 0x8): Buffer {
  return frame(FrameType.rstStream, 0, streamId, uint32(code));
}

export function windowUpdateFrame(streamId: number, increment: number): Buffer {
  return frame(FrameType.windowUpdate, 0, streamId, uint32(increment));
}

export function goawayFrame(code = 0, lastStreamId = 0): Buffer {
  return frame(FrameType.goaway, 0, 0, Buffer.concat([uint32(lastStreamId), uint32(code)]));
}

export function priorityFrame(streamId: number, dependsOn = 0, weight = 15): Buffer {
  return frame(
    FrameType.priority,
    0,
    streamId,
    Buffer.concat([uint32(dependsOn), Buffer.from([weight])]),
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Cuts a byte stream into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): Frame[] {
    this.#rest = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    for (;;) {
      if (this.#rest.byteLength < 9) return frames;
      const end = 9 + this.#rest.readUIntBE(0, 3);
      if (this.#rest.byteLength < end) return frames;
      frames.push({
        type: this.#rest[3]!,
        flags: this.#rest[4]!,
        streamId: this.#rest.readUInt32BE(5) & 0x7f_ff_ff_ff,
        payload: this.#rest.subarray(9, end),
      });
      this.#rest = this.#rest.subarray(end);
    }
  }
}

/** How a raw peer connects and which courtesies it observes. */
export interface RawPeerOptions {
  readonly host?: string;
  /** The address to connect from; loopback has many. */
  readonly localAddress?: string;
  /** TLS with ALPN `h2`, trusting any certificate; plain TCP without. */
  readonly tls?: boolean | ConnectionOptions;
  /** Whether SETTINGS and PING are acknowledged as they come (default). */
  readonly acknowledge?: boolean;
}

/** One connection of a client that keeps to no rule. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  /** Whether the connection has ended, in whatever way. */
  closed = false;
  /** Whether it ended by a TCP reset. */
  wasReset = false;
  bytesReceived = 0;
  readonly #reader = new FrameReader();
  readonly #watchers = new Set<() => void>();

  constructor(socket: Socket, acknowledge: boolean) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.wasReset ||= error.code === "ECONNRESET";
    });
    socket.on("data", (bytes: Buffer) => {
      this.bytesReceived += bytes.byteLength;
      for (const received of this.#reader.push(bytes)) {
        this.frames.push(received);
        if (acknowledge) this.#acknowledge(received);
      }
      this.#tell();
    });
    socket.on("close", () => {
      this.closed = true;
      this.#tell();
    });
  }

  static async connect(port: number, options: RawPeerOptions = {}): Promise<RawPeer> {
    const { host = "127.0.0.1", tls = false, localAddress, acknowledge = true } = options;
    const to = {
      port,
      host,
      ...(localAddress === undefined ? {} : { localAddress }),
    };
    if (tls === false) {
      const socket = connectTcp(to);
      const peer = new RawPeer(socket, acknowledge);
      await once(socket, "connect");
      return peer;
    }
    const socket = connectTls({
      ...to,
      servername: "localhost",
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
      ...(tls === true ? {} : tls),
    });
    const peer = new RawPeer(socket, acknowledge);
    await once(socket, "secureConnect");
    return peer;
  }

  /** Connects, and says hello as a client does: preface and SETTINGS. */
  static async greet(
    port: number,
    options: RawPeerOptions & { readonly settings?: Readonly<Record<number, number>> } = {},
  ): Promise<RawPeer> {
    const peer = await RawPeer.connect(port, options);
    // Without a dynamic table the server's statuses stay readable.
    peer.send(preface, settingsFrame({ [Setting.headerTableSize]: 0, ...options.settings }));
    await peer.until(() => peer.framesOf(FrameType.settings).length > 0, "the server's SETTINGS");
    return peer;
  }

  /** Sends all in one write, so that it travels in as few segments as can be. */
  send(...bytes: readonly Uint8Array[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(bytes));
  }

  framesOf(type: number, streamId?: number): Frame[] {
    return this.frames.filter(
      (received) =>
        received.type === type && (streamId === undefined || received.streamId === streamId),
    );
  }

  /** The error code of the server's last GOAWAY. */
  get goawayCode(): number | undefined {
    return this.framesOf(FrameType.goaway).at(-1)?.payload.readUInt32BE(4);
  }

  resetCodeOf(streamId: number): number | undefined {
    return this.framesOf(FrameType.rstStream, streamId).at(-1)?.payload.readUInt32BE(0);
  }

  statusOf(streamId: number): number | undefined {
    const [headers] = this.framesOf(FrameType.headers, streamId);
    return headers === undefined ? undefined : decodeStatus(headers.payload);
  }

  dataOf(streamId: number): string {
    return Buffer.concat(
      this.framesOf(FrameType.data, streamId).map(({ payload }) => payload),
    ).toString("utf8");
  }

  /** Whether the server has ended the stream, by END_STREAM or by a reset. */
  endedOf(streamId: number): boolean {
    return (
      this.resetCodeOf(streamId) !== undefined ||
      [FrameType.headers, FrameType.data].some((type) =>
        this.framesOf(type, streamId).some(({ flags }) => (flags & Flag.endStream) !== 0),
      )
    );
  }

  /** Waits until `condition` holds; it is asked again whenever something arrives or the connection ends. */
  async until(condition: () => boolean, what = condition.toString()): Promise<void> {
    if (condition()) return;
    let timer: NodeJS.Timeout | undefined;
    let watch: (() => void) | undefined;
    await new Promise<void>((resolve, reject) => {
      watch = () => {
        if (condition()) resolve();
        else if (this.closed) {
          const { goawayCode } = this;
          const goodbye = goawayCode === undefined ? "" : ` (GOAWAY ${goawayCode})`;
          reject(new Error(`the connection ended before: ${what}${goodbye}`));
        }
      };
      this.#watchers.add(watch);
      timer = setTimeout(() => reject(new Error(`never came: ${what}`)), 10_000);
    }).finally(() => {
      clearTimeout(timer);
      if (watch !== undefined) this.#watchers.delete(watch);
    });
  }

  /** Waits for the server to end the connection. */
  whenClosed(): Promise<void> {
    return this.until(() => this.closed, "the end of the connection");
  }

  /**
   * Sends a PING and waits for its ACK: everything sent before has been read by the server.
   * @throws where the server gives up on the connection first
   */
  async roundTrip(): Promise<void> {
    const opaque = Buffer.alloc(8);
    opaque.writeUInt32BE(this.frames.length, 4);
    opaque.writeUInt32BE(0xca_fe, 0);
    this.send(pingFrame(opaque));
    await this.until(
      () =>
        (this.goawayCode ?? 0) !== 0 ||
        this.framesOf(FrameType.ping).some(
          ({ flags, payload }) => (flags & Flag.ack) !== 0 && payload.equals(opaque),
        ),
      "the PING's ACK",
    );
    if ((this.goawayCode ?? 0) !== 0) throw new Error(`GOAWAY with ${this.goawayCode}`);
  }

  /** Cuts the connection. */
  async destroy(): Promise<void> {
    if (this.closed) return;
    const closed = once(this.socket, "close");
    this.socket.destroy();
    await closed;
  }

  #acknowledge(received: Frame): void {
    if ((received.flags & Flag.ack) !== 0) return;
    if (received.type === FrameType.settings) this.send(settingsAck);
    if (received.type === FrameType.ping) this.send(pingFrame(received.payload, true));
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Statuses of the static table. @see https://www.rfc-editor.org/rfc/rfc7541#appendix-A */
const staticStatuses = [200, 204, 206, 304, 400, 404, 500];

/** The `:status` of a response's header block: the first field, by index or as a literal after its indexed name. */
function decodeStatus(block: Buffer): number {
  let at = 0;
  // Dynamic table size updates come first.
  while ((block[at]! & 0xe0) === 0x20) at++;
  const first = block[at]!;
  if ((first & 0x80) !== 0) {
    const status = staticStatuses[(first & 0x7f) - 8];
    if (status === undefined) throw new Error("The first field is not :status.");
    return status;
  }
  const length = block[at + 1]!;
  const value = block.subarray(at + 2, at + 2 + (length & 0x7f));
  return Number((length & 0x80) === 0 ? value.toString("latin1") : huffmanDigits(value));
}

/** Digits alone: `0` to `2` are five bits, `3` to `9` six. @see https://www.rfc-editor.org/rfc/rfc7541#appendix-B */
function huffmanDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  let digits = "";
  for (let at = 0; at + 5 <= bits.length;) {
    const short = Number.parseInt(bits.slice(at, at + 5), 2);
    if (short <= 2) {
      digits += short;
      at += 5;
      continue;
    }
    const long = Number.parseInt(bits.slice(at, at + 6), 2) - 0x19 + 3;
    if (at + 6 > bits.length || long < 3 || long > 9) break;
    digits += long;
    at += 6;
  }
  return digits;
}
