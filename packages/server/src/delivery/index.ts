// The public door of this room.
export type {
  DirectiveSender,
  OutgoingDirective,
  SendOptions,
  SendOutcome,
} from "./directive-sender.js";
export type { DevicePresence, PresenceReader } from "./presence.js";
