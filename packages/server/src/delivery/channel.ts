// What delivery sees of a downchannel: somewhere to write directives to, that can tell when they have arrived.

/** Told once: with true when what was flushed has arrived, with false when the connection ended before that was known. */
export type Confirmed = (hasArrived: boolean) => void;

/** An open way to one device. */
export interface DirectiveChannel {
  /** Bytes that were written and have not left the process yet. */
  readonly bytesQueued: number;
  /** Whether it can still be written to. */
  readonly open: boolean;
  /**
   * Writes one directive.
   * @param body the JSON of its part
   * @param flushed called when its bytes have been handed to the network: a confirmation that is asked for from now on
   * covers it. Never called if the channel ends before.
   */
  write(body: string, flushed: () => void): void;
  /**
   * Asks whether everything that was flushed before this call has reached the peer's HTTP/2 layer.
   * @param confirmed called once, and not before this returns: with true when a PING's ACK came back, with false when the
   * connection ended first
   * @see docs/delivery.md#acknowledged-by-ping
   */
  confirm(confirmed: Confirmed): void;
}
