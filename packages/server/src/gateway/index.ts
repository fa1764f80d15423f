// The public door of this room.
export { builtInHandlers } from "./built-in-handlers.js";
export { CrossOriginPolicy, crossOriginWeb } from "./cross-origin/index.js";
export type {
  Answer,
  EventHandler,
  EventRequest,
  IncomingAttachment,
  OutgoingAttachment,
} from "./event-handler.js";
export type { EventOutcome } from "./events/event-watch.js";
export { exceptionResponse, refuse } from "./exception.js";
export { Gateway, type GatewayOptions } from "./gateway.js";
export { isGatewayPath } from "./routes.js";
export { answerWithText } from "./text-answer.js";
