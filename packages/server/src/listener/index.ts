// The public door of this room.
export { type CertificatePair, CertificateRenewal } from "./certificate-renewal.js";
export { type LimitCounts, type LimitName, limitNames } from "./limits-met.js";
export { type GatewayPort, type Listener, type ListenerOptions, listen } from "./listener.js";
export { TrustedProxies } from "./trusted-proxies.js";
export type { WebApplication, WebEnvironment } from "./web-stream.js";
