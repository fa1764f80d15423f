// The public door of the package.
export { builtInHandlers } from "./gateway/index.js";
export type {
  Answer,
  EventHandler,
  EventRequest,
  IncomingAttachment,
  OutgoingAttachment,
} from "./gateway/index.js";
export type {
  DirectiveSender,
  OutgoingDirective,
  SendOptions,
  SendOutcome,
} from "./delivery/index.js";
export { type ChannelName, type TrefoilMessages, listenTo } from "./observability/index.js";
export { type RunningServer, type ServerOptions, startServer } from "./server.js";
