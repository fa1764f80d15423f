// The public door of this corner: frames as bytes, in both directions.
export { FrameReader, type FrameSink } from "./frame-reader.js";
export {
  dataFrame,
  goawayFrame,
  headersFrame,
  pingAckFrame,
  pingFrame,
  rstStreamFrame,
  settingsAck,
  settingsFrame,
  windowUpdateFrame,
} from "./frame-writer.js";
export {
  Flag,
  FrameType,
  Setting,
  defaultWindow,
  frameHeadBytes,
  largestWindow,
  maxFrameBytes,
} from "./wire.js";
