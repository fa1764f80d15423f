// The public door of this room.
export { auditCommand } from "./command.js";
