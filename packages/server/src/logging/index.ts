// The public door of this room.
export { type LogDestination, type LoggerOptions, createLogger } from "./create-logger.js";
export { escapeControls } from "./escape-controls.js";
export { type LogFields, type LogLevel, type Logger, logLevels, silentLogger } from "./logger.js";
export { redact, redactText } from "./redact.js";
