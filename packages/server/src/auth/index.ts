// The public door of this room.
export type { Account, AccountRegistry } from "./accounts.js";
export { type AuthApp, authPaths } from "./app.js";
export { type AuthServer, type AuthServerParts, createAuthServer } from "./auth-server.js";
export type { ClientRegistry, IssuedCredentials, NewClient } from "./clients.js";
export type { DeviceOwnerChange, DeviceOwnerHook } from "./device-owner.js";
export type { DeviceRegistry } from "./devices.js";
export type { AuthBindings } from "./http/caller.js";
export type { IdentityProvider } from "./identity-provider.js";
export { parameterBounds } from "./http/parameters.js";
export { readBody } from "./http/read-body.js";
export { type Random, equalHashes, hashOf } from "./secrets.js";
export type { Actor } from "./operators/actor.js";
export { findDevice } from "./operators/find-device.js";
export type { CreatedAccount, Operators } from "./operators/operators.js";
export type { TokenDescription } from "./operators/token-description.js";
