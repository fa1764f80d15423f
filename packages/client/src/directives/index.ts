// The public door of this room.
export { Attachment } from "./attachment.js";
export { contentIdOfUrl, contentReferences } from "./content-references.js";
export {
  type DirectiveLimits,
  type DirectiveSink,
  type RejectedPart,
  readDirectives,
} from "./directive-reader.js";
export { DuplicateFilter } from "./duplicate-filter.js";
export { type DirectiveSource, ReceivedDirective } from "./received-directive.js";
export { type DirectiveHandler, DirectiveHandlers, type OwnUse } from "./directive-handlers.js";
