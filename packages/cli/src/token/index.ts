// The public door of this room.
export { tokenCommand } from "./command.js";
