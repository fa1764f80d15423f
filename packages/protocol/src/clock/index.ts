// The public door of this room.
export { type Clock, type Timer, systemClock } from "./clock.js";
export { FakeClock } from "./fake-clock.js";
