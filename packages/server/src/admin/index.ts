// The public door of this room.
export { hashAdminToken, readAdminToken } from "./admin-token.js";
export { type AdminApp, type AdminOptions, createAdminApp } from "./create-admin-app.js";
export { createOpenApiApp } from "./create-openapi-app.js";
export { adminRoot } from "./operations.js";
export { PresenceWatch, type PresenceWatchOptions } from "./presence-events.js";
