// The public door of this room.
export { accountCommand } from "./command.js";
