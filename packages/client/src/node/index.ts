// @trefoil/client/node: everything of `@trefoil/client`, and what only Node.js can do.
export * from "../index.js";
export { nodeHttp2Transport, type TlsOptions } from "../transport/node-http2/index.js";
export { attachedClock } from "./attached-clock.js";
export { type NodeClientOptions, createClient } from "./create-client.js";
export { FileTokenStore } from "./file-token-store.js";
export { httpsExchange } from "./https-exchange.js";
export { type JsonMembers, PrivateJsonFile } from "./private-json-file.js";
