// What the gateway and the composition root take from here.
export { CrossOriginStream } from "./cross-origin-stream.js";
export { crossOriginWeb } from "./cross-origin-web.js";
export { CrossOriginPolicy } from "./policy.js";
