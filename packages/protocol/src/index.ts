// Everything that the protocol package offers, in one door; each room is also a door of its own (`@trefoil/protocol/multipart`).
export * from "./clock/index.js";
export * from "./errors/index.js";
export * from "./interfaces/index.js";
export * from "./messages/index.js";
export * from "./multipart/index.js";
export * from "./user-agent/index.js";
