// The public door of this room.
export {
  type BodySink,
  type CloseReason,
  type EngineLimits,
  ErrorCode,
  type ServerSession,
  type ServerStream,
  type SessionHandler,
} from "./engine.js";
export { serveHttp2 } from "./node-engine.js";
