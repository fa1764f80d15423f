// The phases of a device's connection, what can happen in them, and what is to be done about it.

import type { TrefoilError } from "@trefoil/protocol/errors";

/** Counts that outlive a phase. */
interface Tally {
  /** Tries that waited since the downchannel last stayed open; 0 while all is well. */
  readonly attempt: number;
  /** Whether the one reopening without a wait was used since then. */
  readonly reopened: boolean;
  /** Whether the token is fresh after a 401 and was not accepted yet: another 401 then brings no further refresh. */
  readonly renewed: boolean;
  /** Fresh tokens that the gateway refused in a row. */
  readonly refusals: number;
  /** The next number for a line, a channel or a timer. */
  readonly nextId: number;
}

/**
 * Where the connection stands. A *line* is one HTTP/2 connection, a *channel* one downchannel on it; both are numbered in
 * one series, so that news of an old one is told from news of the current one.
 */
export type ConnectionState =
  /** Not wanted. */
  | ({ readonly phase: "closed" } & Tally)
  /** A line is being set up. */
  | ({ readonly phase: "connecting"; readonly line: number } & Tally)
  /**
   * The downchannel was asked for. `line` is undefined once the gateway has sent GOAWAY: what was asked for may still be
   * answered. `reused`: the line has served before, and may have ended without our knowing.
   */
  | ({
      readonly phase: "opening";
      readonly line: number | undefined;
      readonly channel: number;
      readonly reused: boolean;
    } & Tally)
  /** The gateway answered 401: another token is on its way. The line may be gone meanwhile. */
  | ({
      readonly phase: "renewing";
      readonly line: number | undefined;
      readonly channel: number;
    } & Tally)
  /** The downchannel is open: events can be sent. */
  | ({ readonly phase: "open"; readonly line: number; readonly channel: number } & Tally)
  /** A pause before the next try. */
  | ({
      readonly phase: "waiting";
      readonly line: number | undefined;
      readonly timer: number;
      /** Milliseconds from the beginning of the pause to its end. */
      readonly delay: number;
      readonly cause: TrefoilError;
    } & Tally)
  /** No further try makes sense until the application has done something. */
  | ({
      readonly phase: "stopped";
      readonly reason: StopReason;
      readonly cause: TrefoilError;
    } & Tally);

/** Why no further try makes sense. */
export type StopReason =
  /** The tokens are dead: sign in again. */
  | "sign-in"
  /** The gateway answered 403: it does not want this client. */
  | "forbidden";

/** What can happen. */
export type ConnectionInput =
  /** The application wants to be connected. */
  | { readonly kind: "start" }
  /** The application wants to be connected no longer. */
  | { readonly kind: "stop" }
  | { readonly kind: "line-ready"; readonly line: number }
  /** The line could not be set up, or has ended, or answers no PING. */
  | { readonly kind: "line-lost"; readonly line: number; readonly cause: TrefoilError }
  /** The gateway takes no new requests on this line. */
  | { readonly kind: "goaway"; readonly line: number }
  | { readonly kind: "channel-open"; readonly channel: number }
  /** The downchannel was answered by another status than 200. */
  | {
      readonly kind: "channel-refused";
      readonly channel: number;
      readonly status: number;
      readonly cause: TrefoilError;
    }
  /** The downchannel ended, or got no answer. */
  | { readonly kind: "channel-ended"; readonly channel: number; readonly cause: TrefoilError }
  /** An event was answered 412, or 401: this downchannel is worth nothing, whatever it looks like here. */
  | { readonly kind: "channel-void"; readonly channel: number; readonly cause: TrefoilError }
  /** The downchannel stayed open for a while. */
  | { readonly kind: "settled"; readonly channel: number }
  /** There is another token since that channel was refused. */
  | { readonly kind: "renewed"; readonly channel: number }
  /** No token can be had just now. */
  | { readonly kind: "renewal-failed"; readonly channel: number; readonly cause: TrefoilError }
  /** No token can be had without the person. */
  | { readonly kind: "sign-in-needed"; readonly cause: TrefoilError }
  | { readonly kind: "pause-over"; readonly timer: number }
  /** The platform says that the network is back, or another one. */
  | { readonly kind: "network-changed" };

/** What is to be done, in order. */
export type ConnectionEffect =
  /** Set up a line. */
  | { readonly kind: "dial"; readonly line: number }
  /** Ask for the downchannel on a line. */
  | { readonly kind: "open"; readonly line: number; readonly channel: number }
  /** Get another token than the one that this channel was refused with. */
  | { readonly kind: "renew"; readonly channel: number }
  /** Let what is open on the line end in its own time, its downchannel included, but no later than the next one opens. */
  | { readonly kind: "retire"; readonly line: number }
  /** End the line at once. */
  | { readonly kind: "hang-up"; readonly line: number }
  /** End everything at once, retired lines included. */
  | { readonly kind: "hang-up-all" }
  | { readonly kind: "pause"; readonly timer: number; readonly delay: number }
  /** Report `settled` after a while. */
  | { readonly kind: "settle"; readonly channel: number; readonly delay: number }
  /** Find out at once whether the line lives. */
  | { readonly kind: "probe"; readonly line: number };

/** What the rules depend on. Times in milliseconds. */
export interface ConnectionRules {
  /** First and longest bound of the waits between tries. */
  readonly backoff: { readonly first: number; readonly longest: number };
  /** How long a downchannel must stay open to count as good, so that the next loss is met without a wait again. */
  readonly settleAfter: number;
  /** Longest wait that a gateway may ask for by Retry-After, in seconds. */
  readonly longestRetryAfter: number;
  /** Fresh tokens that the gateway may refuse in a row before the person is asked. */
  readonly maxRefusals: number;
}

/** Before the first start. */
export const closedConnection: ConnectionState = {
  phase: "closed",
  attempt: 0,
  reopened: false,
  renewed: false,
  refusals: 0,
  nextId: 1,
};
