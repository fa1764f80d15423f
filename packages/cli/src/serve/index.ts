// The public door of this room.
export { serveCommand } from "./command.js";
