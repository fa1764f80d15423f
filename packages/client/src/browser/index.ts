// @trefoil/client/browser: everything of `@trefoil/client`, and what a browser brings along. Nothing of Node.js.
export * from "../index.js";
export { canStreamUploads } from "../transport/fetch/upload-streams.js";
export { fetchTransport } from "../transport/fetch/index.js";
export { type BrowserClientOptions, createClient } from "./create-client.js";
export { type WebStorage, WebStorageTokenStore } from "./web-storage-token-store.js";
