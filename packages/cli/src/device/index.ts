// The public door of this room.
export { deviceCommand } from "./command.js";
