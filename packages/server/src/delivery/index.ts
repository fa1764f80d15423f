// The public door of this room.
export type { Confirmed, DirectiveChannel } from "./channel.js";
export { Delivery, type DeliveryOptions } from "./delivery.js";
export type {
  AccountDevices,
  DeviceOutcome,
  DirectiveSender,
  OutgoingDirective,
  Recipients,
  SendOptions,
  SendOutcome,
  SendOutcomes,
} from "./directive-sender.js";
export { createDurableMailbox } from "./durable-mailbox.js";
export { LastSeenJournal, type LastSeenOptions, type SightingRecords } from "./last-seen.js";
export type { Mailbox, MailboxCensus, MailboxEntry, NewMailboxEntry } from "./mailbox.js";
export { createMemoryMailbox } from "./memory-mailbox.js";
export {
  type MissedChanges,
  type PresenceChange,
  PresenceFeed,
  type PresenceFollower,
} from "./presence-feed.js";
export {
  type DevicePresence,
  Presence,
  type PresenceReader,
  type PresentDevice,
  type Sighting,
} from "./presence.js";
