// The settings of a connection, each with its default and a sane range.

import type { ConnectionRules } from "./connection-state.js";

/** How a connection is kept. Times in milliseconds unless said otherwise. */
export interface ConnectionSettings extends ConnectionRules {
  /** How long setting up TCP and TLS may take. Default 10,000; sane from 2,000 to 60,000. */
  readonly connectTimeout: number;
  /** How long the downchannel's response headers may take. Default 10,000; sane from 2,000 to 60,000. */
  readonly openTimeout: number;
  /** From one PING to the next. Default 60,000, as the protocol says; sane from 10,000 to 300,000. */
  readonly pingInterval: number;
  /** How long a PING's ACK may take before a new connection is made. Default 10,000; sane from 1,000 to 30,000. */
  readonly pingTimeout: number;
  /** How long requests of a connection that was replaced may go on. Default 30,000; sane from 0 to 120,000. */
  readonly drainTimeout: number;
}

/** The defaults. */
export const connectionDefaults: ConnectionSettings = {
  connectTimeout: 10_000,
  openTimeout: 10_000,
  pingInterval: 60_000,
  pingTimeout: 10_000,
  drainTimeout: 30_000,
  backoff: { first: 250, longest: 60_000 },
  settleAfter: 5_000,
  longestRetryAfter: 300,
  maxRefusals: 5,
};
