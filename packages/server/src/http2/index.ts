// The public door of this room.
export {
  type BodySink,
  type CloseReason,
  type EngineLimits,
  ErrorCode,
  type Http2Engine,
  type Http2EngineOptions,
  type ServerSession,
  type ServerStream,
  type SessionHandler,
  type SessionLimit,
} from "./engine.js";
export { engineLimits } from "./limits.js";
export { createHttp2Engine } from "./frame-engine.js";
export { onceInputIsRead } from "./late-timers.js";
export { type Rate, TokenBucket } from "./token-bucket.js";
