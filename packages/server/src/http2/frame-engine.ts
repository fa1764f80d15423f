// The engine: HTTP/2 of our own, frames straight on sockets that the listener has accepted. For what a gateway does, many
// connections with little on each, it takes less time and memory than node:http2 (docs/performance.md), and its bounds are ours.

import type { Socket } from "node:net";
import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { Http2Engine, Http2EngineOptions, ServerSession, SessionHandler } from "./engine.js";
import { onceInputIsRead } from "./late-timers.js";
import { Session, type SessionOptions } from "./session.js";

/** How often the deadlines of all connections are looked at: one timer for all of them. Milliseconds. */
const sweepInterval = 1_000;

/** Makes an engine. */
export function createHttp2Engine(options: Http2EngineOptions): Http2Engine {
  return new FrameEngine(options);
}

class FrameEngine implements Http2Engine {
  readonly #options: SessionOptions;
  readonly #sessions = new Set<Session>();
  #sweeping: Timer | undefined;

  constructor(options: Http2EngineOptions) {
    const dates = new Dates(options.clock);
    this.#options = { ...options, date: () => dates.current() };
  }

  get openSessions(): number {
    return this.#sessions.size;
  }

  serve(socket: Socket, open: (session: ServerSession) => SessionHandler): ServerSession {
    const session = new Session(socket, this.#options);
    this.#sessions.add(session);
    this.#sweeping ??= this.#sweepLater();
    session.onClose(() => this.#forget(session));
    session.start(open(session));
    return session;
  }

  #forget(session: Session): void {
    this.#sessions.delete(session);
    if (this.#sessions.size > 0) return;
    this.#sweeping?.cancel();
    this.#sweeping = undefined;
  }

  #sweepLater(): Timer {
    const { clock } = this.#options;
    const due = clock.now() + sweepInterval;
    const timer = clock.after(sweepInterval, () => {
      if (clock.now() - due < sweepInterval) {
        this.#sweep();
        return;
      }
      onceInputIsRead(() => {
        if (this.#sweeping === timer) this.#sweep();
      });
    });
    return timer;
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    for (const session of this.#sessions) session.check(now);
    this.#sweeping = this.#sessions.size === 0 ? undefined : this.#sweepLater();
  }
}

/** The `date` of responses, written once a second. @see https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1 */
class Dates {
  readonly #clock: Clock;
  #second = Number.NaN;
  #text = "";

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  current(): string {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(second * 1000).toUTCString();
    }
    return this.#text;
  }
}
