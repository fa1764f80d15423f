// The public door of this room.
export { sendCommand } from "./command.js";
