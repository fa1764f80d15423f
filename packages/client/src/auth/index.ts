// The public door of this room.
export { AuthorizationServer, type AuthorizationServerOptions } from "./authorization-server.js";
export type { AuthorizeOutcome } from "./authorize.js";
export type { AccountProof, ClientCredentials, DeviceIdentity } from "./credentials.js";
export type { DeviceAuthorization, DeviceFlowAnswer, UserCode } from "./device-flow.js";
export { type DeviceSignInOutcome, deviceSignIn } from "./device-sign-in.js";
export type { OAuthRefusal } from "./oauth-answer.js";
export type { RefreshOutcome } from "./token-endpoint.js";
export {
  type TokenAnswer,
  TokenKeeper,
  type TokenKeeperListener,
  type TokenKeeperOptions,
} from "./token-keeper.js";
export { MemoryTokenStore, type TokenStore } from "./token-store.js";
export { type Tokens, isTokens } from "./tokens.js";
