// What each call of a client can be told, and what signing in comes to.

import type { ContextEntry } from "@trefoil/protocol/messages";
import type { AuthorizeOutcome, DeviceSignInOutcome, UserCode } from "./auth/index.js";
import type { EventAttachment } from "./events/index.js";

/** What came of signing in. */
export type SignInOutcome =
  | { readonly kind: "signed-in" }
  | Exclude<AuthorizeOutcome, { readonly kind: "code" }>;

/** How to sign in by a code that a person types on a web page. */
export interface CodeSignInOptions {
  /** Shows or speaks the code, once. What it throws ends the sign-in. */
  readonly prompt: (code: UserCode) => void;
  /** Gives it up; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What came of signing in by a code. */
export type CodeSignInOutcome =
  | { readonly kind: "signed-in" }
  | Exclude<DeviceSignInOutcome, { readonly kind: "tokens" }>;

/** How to connect. */
export interface ConnectOptions {
  /** Gives the attempt up: the client is closed. */
  readonly signal?: AbortSignal;
  /**
   * Whether a gateway that cannot be reached at first is tried again for ever, like one that was lost later. Default
   * `false`: `connect` rejects, so that a wrong address is noticed.
   */
  readonly waitOnFirstConnect?: boolean;
}

/** How to send one event. */
export interface SendOptions {
  /** Binary parts, in order. */
  readonly attachments?: readonly EventAttachment[];
  /** The dialogue to continue, as after `ExpectSpeech`. Default: a new one for each `Recognize`, none for other events. */
  readonly dialogRequestId?: string;
  /** The event's own id. Default: a fresh UUID. */
  readonly messageId?: string;
  /** The device's state. Default: what the context providers answer now. */
  readonly context?: readonly ContextEntry[];
  /** Whether it may be sent again where a lost connection leaves it unknown if the gateway has it. Default `false`. */
  readonly repeatable?: boolean;
  /** How long it may wait for the connection, in milliseconds. Default: the setting `events.maxAge`. */
  readonly maxAge?: number;
  /** Gives it up, or the rest of its answer; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How to close. */
export interface CloseOptions {
  /** How long events that wait or are on their way may still take, in milliseconds. Default 0. */
  readonly drain?: number;
}
