// The public door of this room: who is on the line. Shared by the authorization server, delivery and the gateway.
export type { DeviceIdentity, TokenVerifier, VerifiedToken } from "./token-verifier.js";
