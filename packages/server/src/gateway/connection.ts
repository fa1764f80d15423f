// One HTTP/2 connection as the gateway keeps it: its PINGs, its downchannels, and how it is sent away.

import type { Clock } from "@trefoil/protocol/clock";
import type { ServerSession } from "../http2/index.js";
import type { Downchannel } from "./downchannel.js";
import type { PingAcknowledgement } from "./ping-acknowledgement.js";

/** Milliseconds that a peer is given to hear that it should go. */
const hearing = 1_000;

export class Connection {
  readonly session: ServerSession;
  readonly pings: PingAcknowledgement;
  /** Mostly one: a connection belongs to a device. */
  readonly downchannels = new Set<Downchannel>();
  #leaving = false;

  constructor(session: ServerSession, pings: PingAcknowledgement) {
    this.session = session;
    this.pings = pings;
  }

  /** Whether it was told to go. */
  get leaving(): boolean {
    return this.#leaving;
  }

  /**
   * Tells the peer to go: a GOAWAY, and when it has heard of it its downchannels end. What it has asked is answered; the
   * connection closes when the last stream has ended.
   */
  leave(clock: Clock): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.session.goaway();
    if (this.session.openStreams === 0) {
      this.#close();
      return;
    }
    // Directives that were written last are confirmed first, so that they need not be written again elsewhere. Before the
    // downchannel ends, because a peer without streams may not answer PINGs any more.
    const late = clock.after(hearing, () => this.#close());
    const heard = (hasArrived: boolean): void => {
      if (!hasArrived) {
        // The connection has ended by itself: why its downchannels did is its to tell.
        late.cancel();
        return;
      }
      if (this.pings.waiting) {
        this.pings.confirm(heard);
        return;
      }
      late.cancel();
      this.#close();
    };
    this.pings.confirm(heard);
  }

  #close(): void {
    for (const channel of this.downchannels) channel.end("draining");
    this.session.close();
  }
}
