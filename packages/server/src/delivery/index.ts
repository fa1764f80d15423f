// The public door of this room.
export type { DirectiveChannel } from "./channel.js";
export { Delivery, type DeliveryCounts, type DeliveryOptions } from "./delivery.js";
export type {
  DirectiveSender,
  OutgoingDirective,
  SendOptions,
  SendOutcome,
} from "./directive-sender.js";
export { createDurableMailbox } from "./durable-mailbox.js";
export type { Mailbox, MailboxEntry, NewMailboxEntry } from "./mailbox.js";
export { createMemoryMailbox } from "./memory-mailbox.js";
export { type DevicePresence, Presence, type PresenceReader } from "./presence.js";
