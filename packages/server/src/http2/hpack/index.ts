// The public door of this corner: HPACK in both directions.
export { CompressionError } from "./compression-error.js";
export { type FieldSink, HpackDecoder } from "./decoder.js";
export { fieldOverhead } from "./dynamic-table.js";
export {
  type ResponseHeaders,
  encodeResponse,
  forgetTable,
  isNameCharacter,
  isValueCharacter,
} from "./encoder.js";
