// The HTTP/2 engine on node:http2. Sessions are made from sockets that the listener has accepted; the stream API is used
// bare, because the compatibility API costs a third more per request. This file, node-session.ts and node-stream.ts are all
// of the server that knows node:http2.

import { performServerHandshake } from "node:http2";
import type { Socket } from "node:net";
import type { Timer } from "@trefoil/protocol/clock";
import type { Http2Engine, Http2EngineOptions, ServerSession, SessionHandler } from "./engine.js";
import { NodeSession } from "./node-session.js";
import type { NodeStream } from "./node-stream.js";

/** How often the deadlines of all connections are looked at: one timer for all of them. Milliseconds. */
const sweepInterval = 1_000;

/** Frames that make no sense on their stream, per connection; node's own default is 1,000. */
const maxInvalidFrames = 100;

/** Makes an engine on node:http2. */
export function createHttp2Engine(options: Http2EngineOptions): Http2Engine {
  return new NodeEngine(options);
}

class NodeEngine implements Http2Engine {
  readonly #options: Http2EngineOptions;
  readonly #sessions = new Set<NodeSession>();
  #sweeping: Timer | undefined;

  constructor(options: Http2EngineOptions) {
    this.#options = options;
  }

  get openSessions(): number {
    return this.#sessions.size;
  }

  serve(socket: Socket, open: (session: ServerSession) => SessionHandler): ServerSession {
    const { limits } = this.#options;
    const raw = performServerHandshake(socket, {
      maxSessionMemory: limits.maxSessionMemory,
      maxHeaderListPairs: limits.maxHeaderPairs,
      maxSessionInvalidFrames: maxInvalidFrames,
      settings: {
        maxConcurrentStreams: limits.maxConcurrentStreams,
        maxHeaderListSize: limits.maxHeaderListSize,
        enablePush: false,
      },
    });
    const session = new NodeSession(raw, socket, this.#options);
    this.#sessions.add(session);
    this.#sweeping ??= this.#sweepLater();
    session.onClose(() => this.#forget(session));
    const handler = open(session);
    session.start((stream) => this.#arrive(stream, handler), handler.pinged?.bind(handler));
    return session;
  }

  /**
   * Hands requests over when all that came with them has been read. node:http2 tells of a stream before it reads on: a
   * HEADERS frame with its RST_STREAM right behind would have its handler run for nothing.
   * Each gets an immediate of its own: what one sets going (its body, its handler's promises) is done before the next begins,
   * so that hundreds that arrive together are not all half done at the same time, which costs the garbage collector dearly.
   */
  #arrive(stream: NodeStream, handler: SessionHandler): void {
    setImmediate(handOver, stream, handler);
  }

  #forget(session: NodeSession): void {
    this.#sessions.delete(session);
    if (this.#sessions.size > 0) return;
    this.#sweeping?.cancel();
    this.#sweeping = undefined;
  }

  #sweepLater(): Timer {
    const { clock } = this.#options;
    return clock.after(sweepInterval, () => {
      const now = clock.now();
      for (const session of this.#sessions) session.check(now);
      this.#sweeping = this.#sessions.size === 0 ? undefined : this.#sweepLater();
    });
  }
}

function handOver(stream: NodeStream, handler: SessionHandler): void {
  if (!stream.closed) handler.stream(stream);
}
