// The public door of this room.
export { type ActionUri, actionUriCommands, actionUriSchemes } from "./action-uris.js";
export { type Catalogue, type Interfaces, catalogue } from "./catalogue.js";
export { busTypes, subwayLines, weatherCodes } from "./codes.js";
export { savedPlaceNames } from "./context/saved-place.js";
export type {
  ContextDefinition,
  DialogueUse,
  DirectiveDefinition,
  Edition,
  EventDefinition,
  Fanout,
  Interface,
  MessageDefinition,
  Via,
} from "./definition.js";
export { requirement } from "./explain.js";
export { type FieldDepth, type PayloadField, fieldsOf } from "./fields.js";
export type { RecurringObject } from "./recurring-objects.js";
export {
  type PayloadCheck,
  checkContextPayload,
  checkDirectivePayload,
  checkEventPayload,
  findContext,
  findDirective,
  findEvent,
  findTemplate,
} from "./lookup.js";
export type {
  ContextName,
  ContextPayload,
  DirectiveName,
  DirectivePayload,
  EmptyPayload,
  EventName,
  EventPayload,
  TemplatePayload,
} from "./payloads.js";
export { speechAudio, wakeWords } from "./speech-recognizer.js";
export { cardListFields } from "./templates/card-list.js";
export { thumbImageTypes } from "./templates/image-text.js";
export type { TemplateName } from "./templates/index.js";
export { popupFields } from "./templates/popup.js";
export type { TemplateDefinition } from "./templates/template.js";
