// One device's connection: TLS and HTTP/2 with as little of our own cost as possible, so that ten thousand fit beside the
// server on one machine.

import { once } from "node:events";
import { type TLSSocket, connect as connectTls } from "node:tls";
import {
  FrameReader,
  FrameType,
  ack,
  endStream,
  frame,
  headers,
  initialWindow,
  preface,
  settingsAck,
  statusOf,
} from "./frames.js";

/** Where to connect to. */
export interface Target {
  readonly port: number;
  /** PEM of the authority that is trusted. */
  readonly ca: string;
  /** A TLS session to resume. */
  readonly session?: Buffer | undefined;
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
}

/** What a request's answer brings. */
export interface AnswerSink {
  status?(status: number): void;
  data?(bytes: Buffer): void;
  /** The stream has ended; `reset` is the error code where it was reset. */
  end?(reset: number | undefined): void;
}

interface OpenStream {
  readonly sink: AnswerSink;
  window: number;
  /** What the peer's window has not let through yet. */
  waiting: { readonly bytes: Uint8Array; readonly end: boolean }[];
}

const pingFrame = frame(FrameType.ping, 0, 0, Buffer.alloc(8));
const nothing = new Uint8Array(0);

export class DeviceConnection {
  readonly socket: TLSSocket;
  /** The newest session ticket that the server gave. */
  session: Buffer | undefined;
  /** PINGs that the server sent. */
  pinged = 0;
  readonly #reader = new FrameReader();
  readonly #streams = new Map<number, OpenStream>();
  #lastStream = -1;
  #window = initialWindow;
  #initialStreamWindow = initialWindow;
  #onPong: (() => void) | undefined;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) =>
      this.#reader.read(bytes, (...read) => this.#take(...read)),
    );
    socket.on("error", () => socket.destroy());
    socket.on("session", (session: Buffer) => {
      this.session = session;
    });
    socket.once("close", () => {
      for (const { sink } of this.#streams.values()) sink.end?.(undefined);
      this.#streams.clear();
    });
    socket.write(preface);
  }

  /** Connects, and does not wait for the server's side of HTTP/2. */
  static async connect(target: Target): Promise<DeviceConnection> {
    const socket = connectTls({
      host: "127.0.0.1",
      port: target.port,
      servername: "localhost",
      ca: target.ca,
      ALPNProtocols: ["h2"],
      ...(target.session === undefined ? {} : { session: target.session }),
      ...(target.maxVersion === undefined ? {} : { maxVersion: target.maxVersion }),
    });
    socket.setNoDelay(true);
    await once(socket, "secureConnect");
    return new DeviceConnection(socket);
  }

  /** Sends a request. @returns its stream */
  request(
    method: string,
    path: string,
    fields: Readonly<Record<string, string>>,
    sink: AnswerSink,
    options: { readonly end: boolean } = { end: true },
  ): number {
    const stream = (this.#lastStream += 2);
    this.#streams.set(stream, { sink, window: this.#initialStreamWindow, waiting: [] });
    const all = {
      ":method": method,
      ":scheme": "https",
      ":authority": "localhost",
      ":path": path,
      ...fields,
    };
    this.socket.write(headers(stream, all, options));
    return stream;
  }

  /** Sends bytes of a request's body, as soon as the peer's windows let them through. */
  send(stream: number, bytes: Uint8Array, end = false): void {
    const open = this.#streams.get(stream);
    if (open === undefined) return;
    open.waiting.push({ bytes, end });
    this.#flush(stream, open);
  }

  /** Whether something waits for the peer's windows. */
  blocked(stream: number): boolean {
    return (this.#streams.get(stream)?.waiting.length ?? 0) > 0;
  }

  /** Sends a PING. Resolves with its ACK. */
  ping(): Promise<void> {
    this.socket.write(pingFrame);
    return new Promise((resolve) => {
      this.#onPong = resolve;
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #take(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case FrameType.headers: {
        const open = this.#streams.get(stream);
        open?.sink.status?.(statusOf(payload));
        if ((flags & endStream) !== 0) this.#ended(stream, undefined);
        return;
      }
      case FrameType.data: {
        const open = this.#streams.get(stream);
        if (payload.length > 0) open?.sink.data?.(payload);
        if ((flags & endStream) !== 0) this.#ended(stream, undefined);
        return;
      }
      case FrameType.resetStream:
        this.#ended(stream, payload.readUInt32BE(0));
        return;
      case FrameType.settings:
        if ((flags & ack) !== 0) return;
        this.#settings(payload);
        this.socket.write(settingsAck);
        return;
      case FrameType.ping:
        if ((flags & ack) !== 0) {
          this.#onPong?.();
        } else {
          this.pinged++;
          this.socket.write(frame(FrameType.ping, ack, 0, payload));
        }
        return;
      case FrameType.windowUpdate:
        this.#grant(stream, payload.readUInt32BE(0));
        return;
      default:
        return;
    }
  }

  #ended(stream: number, reset: number | undefined): void {
    const open = this.#streams.get(stream);
    this.#streams.delete(stream);
    open?.sink.end?.(reset);
  }

  #settings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== 0x4) continue;
      const window = payload.readUInt32BE(at + 2);
      for (const open of this.#streams.values()) open.window += window - this.#initialStreamWindow;
      this.#initialStreamWindow = window;
    }
  }

  #grant(stream: number, bytes: number): void {
    if (stream === 0) {
      this.#window += bytes;
      for (const [id, open] of this.#streams) this.#flush(id, open);
      return;
    }
    const open = this.#streams.get(stream);
    if (open === undefined) return;
    open.window += bytes;
    this.#flush(stream, open);
  }

  #flush(stream: number, open: OpenStream): void {
    for (;;) {
      const next = open.waiting[0];
      if (next === undefined || next.bytes.length > Math.min(open.window, this.#window)) return;
      open.waiting.shift();
      open.window -= next.bytes.length;
      this.#window -= next.bytes.length;
      this.socket.write(frame(FrameType.data, next.end ? endStream : 0, stream, next.bytes));
    }
  }

  /** A request of which only the status matters. */
  async statusOf(
    method: string,
    path: string,
    fields: Readonly<Record<string, string>>,
    body: Uint8Array = nothing,
  ): Promise<number> {
    return new Promise((resolve) => {
      let status = 0;
      const sink: AnswerSink = {
        status: (value) => (status = value),
        end: () => resolve(status),
      };
      const stream = this.request(method, path, fields, sink, { end: body.length === 0 });
      if (body.length > 0) this.send(stream, body, true);
    });
  }
}
