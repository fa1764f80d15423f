// The public door of this room. What is bound to Node.js is not here but in `@trefoil/client/node`.
export { connectionFailure } from "./connection-failure.js";
export type {
  RequestOutcome,
  Transport,
  TransportConnection,
  TransportRequest,
  TransportResponse,
} from "./transport.js";
