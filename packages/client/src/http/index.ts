// The public door of this room.
export {
  type HttpAnswer,
  type HttpExchange,
  type HttpRequest,
  fetchExchange,
  httpLimits,
} from "./http-exchange.js";
export { retryAfterSeconds } from "./retry-after.js";
