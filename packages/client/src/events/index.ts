// The public door of this room.
export type { EventAttachment } from "./event-body.js";
export { EventResponse } from "./event-response.js";
export {
  EventSender,
  type EventConnection,
  type EventSenderListener,
  type EventSenderOptions,
} from "./event-sender.js";
export { type EventSettings, eventDefaults } from "./settings.js";
export type { GivenUpReason } from "./waiting-events.js";
