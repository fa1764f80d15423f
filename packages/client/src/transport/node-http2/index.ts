// The public door of this room: the only one that imports node:http2, reached through `@trefoil/client/node`.
export { nodeHttp2Transport, type TlsOptions } from "./node-http2-transport.js";
