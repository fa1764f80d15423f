// The public door of this room.
export { type Backoff, retryDelay } from "./backoff.js";
export {
  Connection,
  type ConnectionListener,
  type ConnectionOptions,
  type OpenChannel,
  type TokenSource,
} from "./connection.js";
export type { ConnectionState, StopReason } from "./connection-state.js";
export { refusalOf } from "./refusal.js";
export { type ConnectionSettings, connectionDefaults } from "./settings.js";
