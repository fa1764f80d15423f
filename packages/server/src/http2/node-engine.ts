// The HTTP/2 engine on node:http2: the only file of the server that knows it. Sessions are made from sockets that the
// listener has accepted; the stream API is used bare, because the compatibility API costs a third more per request.

import {
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  constants,
  performServerHandshake,
} from "node:http2";
import type { Socket } from "node:net";
import type {
  BodySink,
  CloseReason,
  EngineLimits,
  ServerSession,
  ServerStream,
  SessionHandler,
} from "./engine.js";

/** RFC 9113 section 6.2: the request has no body. */
const endStreamFlag = constants.NGHTTP2_FLAG_END_STREAM;

let lastSessionId = 0;

/**
 * Speaks HTTP/2 on a socket whose peer has chosen it (by ALPN, or by prior knowledge).
 * @param socket a TLS or plain socket that nothing has been read from
 * @param open makes the connection's handler; called before any stream arrives
 * @throws never: what goes wrong on the connection ends the session
 */
export function serveHttp2(
  socket: Socket,
  limits: EngineLimits,
  open: (session: ServerSession) => SessionHandler,
): ServerSession {
  const session = performServerHandshake(socket, {
    maxSessionMemory: limits.maxSessionMemory,
    maxHeaderListPairs: limits.maxHeaderPairs,
    settings: {
      maxConcurrentStreams: limits.maxConcurrentStreams,
      maxHeaderListSize: limits.maxHeaderListSize,
      enablePush: false,
    },
  });
  const wrapped = new NodeSession(session, socket);
  const handler = open(wrapped);
  session.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => {
    // Without a listener an 'error' of one stream would end the process.
    stream.on("error", ignore);
    handler.stream(new NodeStream(stream, wrapped, headers, (flags & endStreamFlag) !== 0));
  });
  if (handler.pinged !== undefined) session.on("ping", () => handler.pinged?.());
  return wrapped;
}

function ignore(): void {}

class NodeSession implements ServerSession {
  readonly id = ++lastSessionId;
  readonly remoteAddress: string;
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  #closed: CloseReason | undefined;
  #closeListeners: ((reason: CloseReason) => void)[] = [];
  /** Bytes written to this session's streams and not yet flushed. */
  queued = 0;
  streams = 0;

  constructor(session: ServerHttp2Session, socket: Socket) {
    this.#session = session;
    this.#socket = socket;
    this.remoteAddress = socket.remoteAddress ?? "";
    let cause: Error | undefined;
    session.on("error", (error: Error) => {
      cause ??= error;
    });
    // node:http2 has left sessions half-closed after a flood of resets: the socket's end is the session's end.
    socket.once("close", () => {
      if (!session.destroyed) session.destroy();
      this.#end(cause === undefined ? { kind: "closed" } : { kind: "lost", cause });
    });
    session.once("close", () => {
      if (!socket.destroyed) socket.destroy();
    });
  }

  get bytesQueued(): number {
    return this.queued;
  }

  get openStreams(): number {
    return this.streams;
  }

  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent =
        !this.#session.destroyed &&
        this.#session.ping((error: Error | null) => (error === null ? resolve() : reject(error)));
      if (!sent) reject(new Error("The session takes no PING any more."));
    });
  }

  goaway(): void {
    if (!this.#session.destroyed) this.#session.goaway(constants.NGHTTP2_NO_ERROR);
  }

  close(): void {
    if (!this.#session.closed) this.#session.close();
  }

  destroy(code: number): void {
    if (!this.#session.destroyed) {
      if (code === constants.NGHTTP2_NO_ERROR) this.#session.destroy();
      else this.#session.destroy(new Error("The connection was ended by the server."), code);
    }
    // The GOAWAY has been handed to the socket; one that is stuck is not waited for.
    if (!this.#socket.destroyed) this.#socket.destroySoon();
  }

  onClose(listener: (reason: CloseReason) => void): void {
    if (this.#closed === undefined) this.#closeListeners.push(listener);
    else listener(this.#closed);
  }

  #end(reason: CloseReason): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    for (const listener of listeners) listener(reason);
  }
}

class NodeStream implements ServerStream {
  readonly session: NodeSession;
  readonly bodyless: boolean;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;

  constructor(
    stream: ServerHttp2Stream,
    session: NodeSession,
    headers: IncomingHttpHeaders,
    bodyless: boolean,
  ) {
    this.#stream = stream;
    this.session = session;
    this.#headers = headers;
    this.bodyless = bodyless;
    session.streams++;
    stream.once("close", () => {
      session.streams--;
    });
  }

  get id(): number {
    return this.#stream.id ?? 0;
  }

  get method(): string {
    return (this.#headers[":method"] as string | undefined) ?? "";
  }

  get path(): string {
    return (this.#headers[":path"] as string | undefined) ?? "";
  }

  get authority(): string {
    return (this.#headers[":authority"] as string | undefined) ?? this.#headers.host ?? "";
  }

  get bytesQueued(): number {
    return this.#stream.writableLength;
  }

  get closed(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  get responded(): boolean {
    return this.#stream.headersSent;
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  headers(): Readonly<Record<string, string>> {
    const plain: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const [name, value] of Object.entries(this.#headers)) {
      if (value !== undefined && !name.startsWith(":")) {
        plain[name] = Array.isArray(value) ? value.join(", ") : value;
      }
    }
    return plain;
  }

  receive(sink: BodySink): void {
    const stream = this.#stream;
    let over = false;
    stream.on("data", (chunk: Buffer) => sink.data(chunk));
    stream.on("end", () => {
      // node:http2 ends the readable side of an aborted stream too; 'aborted' comes first.
      if (over) return;
      over = true;
      sink.end();
    });
    const abort = (): void => {
      if (over) return;
      over = true;
      sink.aborted();
    };
    stream.once("aborted", abort);
    stream.once("close", abort);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  respond(
    status: number,
    headers: Readonly<Record<string, string>>,
    options: { readonly end?: boolean } = {},
  ): void {
    if (this.closed || this.#stream.headersSent) return;
    this.#stream.respond(
      { ":status": status, ...headers },
      options.end === true ? { endStream: true } : undefined,
    );
  }

  write(bytes: Uint8Array, flushed?: () => void): void {
    if (this.closed) return;
    const session = this.session;
    session.queued += bytes.byteLength;
    this.#stream.write(bytes, (error) => {
      session.queued -= bytes.byteLength;
      if ((error === undefined || error === null) && flushed !== undefined) flushed();
    });
  }

  end(bytes?: Uint8Array): void {
    if (this.closed) return;
    if (bytes === undefined) this.#stream.end();
    else this.#stream.end(bytes);
  }

  reset(code: number): void {
    if (!this.closed) this.#stream.close(code);
  }

  onceDrained(listener: () => void): void {
    if (this.#stream.writableNeedDrain) this.#stream.once("drain", listener);
    else queueMicrotask(listener);
  }

  onClose(listener: (reason: CloseReason) => void): void {
    if (this.#stream.destroyed) {
      listener(this.#reason());
      return;
    }
    this.#stream.once("close", () => listener(this.#reason()));
  }

  #reason(): CloseReason {
    const code = this.#stream.rstCode;
    if (this.#stream.aborted || code !== constants.NGHTTP2_NO_ERROR) {
      return { kind: "reset", code };
    }
    return { kind: "closed" };
  }
}
