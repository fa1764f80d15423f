// The public door of this room.
export {
  type AuthConfig,
  type Config,
  type DeliveryConfig,
  type GatewayConfig,
  configSchema,
} from "./schema.js";
