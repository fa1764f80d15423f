// The public door of this room.
export { clientCommand } from "./command.js";
