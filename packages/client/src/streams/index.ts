// The public door of this room.
export { ByteStream, type ByteStreamListener } from "./byte-stream.js";
export { byteArrayOf } from "./collect.js";
export { Latch } from "./latch.js";
export { leave } from "./leave.js";
export { ReplayableBytes } from "./replayable-bytes.js";
