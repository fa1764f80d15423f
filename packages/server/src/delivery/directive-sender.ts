// Sending directives to devices: what the admin API, event handlers and skills call.

import type { TrefoilError } from "@trefoil/protocol/errors";
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

/** Whom a directive is for. Devices are named by our own ids ({@link DeviceIdentity.deviceKey}). */
export type Recipients =
  /** The devices that are the account's when the directive is sent; one that joins later gets nothing. */
  | {
      readonly kind: "account";
      readonly accountId: string;
      /** Devices that are left out: the one that asked, mostly. */
      readonly except?: readonly string[];
    }
  /** A device that is named twice gets it once. */
  | { readonly kind: "devices"; readonly deviceKeys: readonly string[] };

/** What became of a directive for one of several devices. One that fails does not keep the others from theirs. */
export type DeviceOutcome = { readonly deviceKey: string } & (
  | { readonly kind: SendOutcome["kind"] }
  /** Not accepted: the device will not get it. */
  | { readonly kind: "failed"; readonly error: TrefoilError }
);

/** What became of a directive for several devices. */
export interface SendOutcomes {
  /** The same at every device. */
  readonly messageId: string;
  /** One for each device, in the order of the list, or of the keys where an account was named. */
  readonly devices: readonly DeviceOutcome[];
}

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
  /**
   * Sends one directive to several devices: serialised once, queued for each by itself. Resolves when that is durable.
   * Rejects only where nobody can say which devices those are.
   */
  sendToAll(
    recipients: Recipients,
    directive: OutgoingDirective,
    options?: SendOptions,
  ): Promise<SendOutcomes>;
}

/** Who knows which devices are an account's, those that are off among them: the authorization server. */
export interface AccountDevices {
  /** The keys of the account's devices, ascending; empty where there is no such account. */
  devicesOf(accountId: string): Promise<readonly string[]>;
}
