// What a skill, a recogniser or any other code behind the gateway implements: an event in, directives and attachments out.

import type {
  ContextEntry,
  Directive,
  Event,
  MessageName,
  Payload,
} from "@trefoil/protocol/messages";
import type { PartHeaders } from "@trefoil/protocol/multipart";
import type { DeviceIdentity } from "../identity/index.js";

/** A binary part that came with an event: speech, mostly. */
export interface IncomingAttachment {
  /** The `name` of its Content-Disposition, or an empty string. */
  readonly name: string;
  /** In lower case, without parameters; `application/octet-stream` where the part named none. */
  readonly contentType: string;
  /** The part's headers as sent, names in lower case. */
  readonly headers: PartHeaders;
  /** Its bytes as they arrive: the device is slowed when they are not taken. Can be read once. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** One event on its way to its handler. */
export interface EventRequest {
  readonly event: Event;
  /** The state of the device as it sent it along. */
  readonly context: readonly ContextEntry[];
  readonly device: DeviceIdentity;
  /** The parts after `metadata`, each as soon as its headers are here; the request's body may still be open. */
  readonly attachments: AsyncIterable<IncomingAttachment>;
  /** Aborted when the device gave up or was cut off: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /**
   * Makes a directive that answers this event: with its `dialogRequestId` where it has one.
   * @param name `Namespace.Name`
   */
  readonly answer: (name: MessageName, payload: Payload) => Directive;
}

/** A binary part of an answer, found by the device through `cid:<contentId>` in a directive's payload. */
export interface OutgoingAttachment {
  readonly contentId: string;
  /** Whole, or as it is made. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** One step of an answer. An attachment follows the directive that names it. */
export type Answer =
  | { readonly kind: "directive"; readonly directive: Directive }
  | { readonly kind: "attachment"; readonly attachment: OutgoingAttachment };

/**
 * Handles the events of one name. What it yields goes to the device in that order, each as soon as it is yielded;
 * yielding nothing answers 204. It may answer while attachments still arrive. What it throws becomes
 * `System.Exception`: a TrefoilError with its own status, anything else 500.
 */
export type EventHandler = (request: EventRequest) => AsyncIterable<Answer> | Iterable<Answer>;
