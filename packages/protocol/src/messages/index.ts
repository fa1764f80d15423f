// The public door of this room.
export {
  type ContextEntry,
  type Directive,
  type Event,
  type EventEnvelope,
  type MessageHeader,
  type MessageName,
  type Payload,
  contextEntrySchema,
  directiveEnvelopeSchema,
  directiveHeaderSchema,
  eventEnvelopeSchema,
  eventHeaderSchema,
  nameOf,
} from "./envelope.js";
export { buildDirective, encodeDirective, encodeEvent, stringifyDirective } from "./build.js";
export { describeIssue, parseDirective, parseEvent } from "./parse.js";
