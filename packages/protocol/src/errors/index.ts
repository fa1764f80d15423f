// The public door of this room.
export { type ErrorCode, type WireForm, wireForms } from "./codes.js";
export { type ErrorDetails, TrefoilError, isTrefoilError } from "./trefoil-error.js";
