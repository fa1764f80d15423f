// Sending directives to devices: what the admin API, event handlers and skills call.

import type { MessageName, Payload } from "@trefoil/protocol/messages";

/** A directive to be sent; its `messageId` is made unless given. */
export interface OutgoingDirective {
  readonly name: MessageName;
  readonly payload: Payload;
  readonly messageId?: string;
  readonly dialogRequestId?: string;
}

/** How long a directive may wait. */
export interface SendOptions {
  /** Seconds; 0 means now or never. Default: the configuration's `delivery.ttlSeconds`. */
  readonly ttl?: number;
  /** Whether it is kept when the device's queue is full and the oldest are dropped. Default: false. */
  readonly required?: boolean;
}

/** What became of a send. */
export type SendOutcome =
  /** Durably queued: it arrives in its turn, now or when the device comes back, unless its ttl runs out first. */
  | { readonly kind: "queued"; readonly messageId: string }
  /** `ttl: 0` and written to an open downchannel. */
  | { readonly kind: "written"; readonly messageId: string }
  /** `ttl: 0` and the device was not there to take it. */
  | { readonly kind: "dropped"; readonly messageId: string };

/** Sends directives through the mailbox, so that none is lost. @see docs/delivery.md */
export interface DirectiveSender {
  /**
   * Resolves when the directive is durably queued.
   * @param deviceKey our own id of the device ({@link DeviceIdentity.deviceKey})
   */
  send(
    deviceKey: string,
    directive: OutgoingDirective,
    options?: SendOptions,
  ): Promise<SendOutcome>;
}
