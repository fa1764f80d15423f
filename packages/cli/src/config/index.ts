// The public door of this room.
export { configCommand } from "./command.js";
export { type Assignment, type ConfigOptions, configurable, requestOf } from "./options.js";
