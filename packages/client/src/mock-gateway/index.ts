// @trefoil/client/mock-gateway: a gateway and an authorization server for the tests of those who build clients. Node.js only.
export { buildDirective } from "@trefoil/protocol/messages";
export type { MockAnswer, MockAttachment, MockFailure, MockPart } from "./mock-answer.js";
export {
  MockAuthorization,
  type MockAuthorizationAnswer,
  type MockAuthorizationRequest,
  json,
} from "./mock-authorization.js";
export type { MockEvent } from "./mock-event.js";
export {
  MockGateway,
  type MockGatewayOptions,
  type MockHandler,
  type MockPath,
} from "./mock-gateway.js";
