// The public door of this room.
export { doctorCommand } from "./command.js";
