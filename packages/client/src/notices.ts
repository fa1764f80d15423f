// What a client tells whoever watches it: for logs, for a screen, for a light on the device.

import type { TrefoilError } from "@trefoil/protocol/errors";
import type { MessageName } from "@trefoil/protocol/messages";
import type { ConnectionState } from "./connection/index.js";
import type { ReceivedDirective, RejectedPart } from "./directives/index.js";
import type { GivenUpReason } from "./events/index.js";
import type { CaptureEnd } from "./speech/index.js";

/** One thing that happened. No notice holds a token. */
export type ClientNotice =
  /** The connection is in another state. */
  | {
      readonly kind: "connection";
      readonly state: ConnectionState;
      readonly previous: ConnectionState;
    }
  /**
   * The gateway ended three downchannels in a row within `settleAfter` of their opening: another program seems to be connected
   * as this device, and each ends the other's. Told once.
   */
  | { readonly kind: "connection-contested" }
  /** The tokens are dead: call `signIn`, then `connect`. */
  | { readonly kind: "sign-in-needed"; readonly error: TrefoilError }
  /** There are new tokens. `expiresAt`: milliseconds since the epoch. */
  | { readonly kind: "tokens-refreshed"; readonly expiresAt: number }
  /** The token store failed; the tokens live on in memory and are lost with the process. */
  | { readonly kind: "token-store-failed"; readonly error: unknown }
  /** A directive arrived, before the rules of dialogues are applied to it. */
  | { readonly kind: "directive"; readonly directive: ReceivedDirective }
  /** A directive was not handed over: it came before, or belongs to an older dialogue. */
  | {
      readonly kind: "directive-dropped";
      readonly directive: ReceivedDirective;
      readonly reason: "duplicate" | "stale";
    }
  /** Nobody takes directives of this name. */
  | { readonly kind: "directive-unhandled"; readonly directive: ReceivedDirective }
  /** A handler threw. */
  | {
      readonly kind: "handler-failed";
      readonly directive: ReceivedDirective;
      readonly error: unknown;
    }
  /** A part of a response was left out. */
  | { readonly kind: "part-rejected"; readonly part: RejectedPart }
  /** The connection is away: the event waits for it. */
  | { readonly kind: "event-queued"; readonly name: MessageName; readonly messageId: string }
  /** An event that waited was given up; its promise rejects with the error. */
  | {
      readonly kind: "event-given-up";
      readonly name: MessageName;
      readonly messageId: string;
      readonly reason: GivenUpReason;
      readonly error: TrefoilError;
    }
  /** The user's last request is another one: what the earlier one presented stops. */
  | {
      readonly kind: "dialogue";
      readonly previous: string | undefined;
      readonly latest: string;
    }
  /** The microphone is listened to from now on (`end` undefined), or no longer: turn down what plays meanwhile. */
  | {
      readonly kind: "capture";
      readonly dialogRequestId: string;
      readonly end: CaptureEnd | undefined;
    }
  /** A context provider threw; its object is missing from an event. */
  | { readonly kind: "context-failed"; readonly name: MessageName; readonly error: unknown };

/** Takes notices. What it throws is ignored. */
export type NoticeListener = (notice: ClientNotice) => void;
