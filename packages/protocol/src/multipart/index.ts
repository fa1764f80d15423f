// The public door of this room.
export { newBoundary } from "./boundary.js";
export { type ContentType, boundaryOf, parseContentType } from "./content-type.js";
export {
  type PartHeaders,
  contentIdOf,
  contentTypeOf,
  dispositionName,
  rawLinesOf,
} from "./part-headers.js";
export { MultipartReader } from "./reader.js";
export type { MultipartLimits, MultipartSink } from "./sink.js";
export {
  attachmentPartHead,
  audioPartHead,
  closingDelimiter,
  delimiter,
  directivePartHead,
  metadataPartHead,
  openingDelimiter,
  partHead,
} from "./part-head.js";
export { MultipartWriter } from "./writer.js";
