// The public door of this room.
export { runFleet } from "./run-fleet.js";
