// @trefoil/client: the device's side of the protocol. Nothing here is bound to Node.js; what is, is in `@trefoil/client/node`.
export type {
  AccountProof,
  AuthorizeOutcome,
  ClientCredentials,
  DeviceIdentity,
  TokenStore,
  Tokens,
  UserCode,
} from "./auth/index.js";
export { AuthorizationServer, MemoryTokenStore, isTokens } from "./auth/index.js";
export type {
  CloseOptions,
  CodeSignInOptions,
  CodeSignInOutcome,
  ConnectOptions,
  SendOptions,
  SignInOutcome,
} from "./call-options.js";
export { Client, createClient } from "./client.js";
export type { ConnectionSettings, ConnectionState, StopReason } from "./connection/index.js";
export type { ContextProvider, ContextProviders } from "./context/index.js";
export {
  type Attachment,
  type DirectiveHandler,
  ReceivedDirective,
  type RejectedPart,
} from "./directives/index.js";
export type {
  EventAttachment,
  EventResponse,
  EventSettings,
  GivenUpReason,
} from "./events/index.js";
export {
  type HttpAnswer,
  type HttpExchange,
  type HttpRequest,
  fetchExchange,
} from "./http/index.js";
export type { ClientNotice, NoticeListener } from "./notices.js";
export type { ClientOptions, LimitSettings } from "./options.js";
export {
  type CaptureEnd,
  type ExpectSpeech,
  Recognition,
  type RecognizeOptions,
  type SpeechSource,
} from "./speech/index.js";
export type {
  RequestOutcome,
  Transport,
  TransportConnection,
  TransportRequest,
  TransportResponse,
} from "./transport/index.js";
export { clientVersion, defaultUserAgent } from "./version.js";
