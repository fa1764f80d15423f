// The public door of this room: who is on the line. Shared by the authorization server, delivery, the gateway and the
// listener.
export { networkOf } from "./network.js";
export type { DeviceIdentity, TokenVerifier, VerifiedToken } from "./token-verifier.js";
