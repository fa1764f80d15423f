// Finding a message by its name and checking what it says: used for every event that comes in, so it is kept cheap.

import type { z } from "zod";
import { catalogue } from "./catalogue.js";
import type {
  ContextDefinition,
  DirectiveDefinition,
  EventDefinition,
  MessageDefinition,
} from "./definition.js";
import { explain } from "./explain.js";
import type { TemplateName } from "./templates/index.js";
import type { TemplateDefinition } from "./templates/template.js";

const events = new Map<string, EventDefinition>();
const directives = new Map<string, DirectiveDefinition>();
const contexts = new Map<string, ContextDefinition>();
const templates = new Map<string, TemplateDefinition<TemplateName>>(
  Object.values(catalogue.templates).map((template) => [template.name, template]),
);

for (const { namespace, messages } of Object.values(catalogue.interfaces)) {
  for (const message of Object.values<MessageDefinition>(messages)) {
    const aliases = message.aliases?.map((alias) => `${namespace}.${alias}`) ?? [];
    for (const name of [message.name, ...aliases]) {
      if (message.kind === "event") events.set(name, message);
      else directives.set(name, message);
    }
  }
}
for (const context of Object.values<ContextDefinition>(catalogue.contexts)) {
  for (const name of [context.name, ...(context.aliases ?? [])]) contexts.set(name, context);
}

/**
 * The event of that name. Its `name` is the one to go by: other spellings lead to it too.
 * @param name `Namespace.Name`
 * @returns undefined for a name that the catalogue does not have
 */
export function findEvent(name: string): EventDefinition | undefined {
  return events.get(name);
}

/** The directive of that name; see {@link findEvent}. */
export function findDirective(name: string): DirectiveDefinition | undefined {
  return directives.get(name);
}

/** The context object of that name; see {@link findEvent}. */
export function findContext(name: string): ContextDefinition | undefined {
  return contexts.get(name);
}

/** The template of that `type`; undefined for any other. */
export function findTemplate(type: string): TemplateDefinition<TemplateName> | undefined {
  return templates.get(type);
}

/** How a payload compares with the catalogue. */
export type PayloadCheck =
  /** The catalogue does not have the name. */
  | { readonly kind: "unknown" }
  | { readonly kind: "valid" }
  | {
      readonly kind: "invalid";
      /** Where, below the payload, as in `playableItems[0].token`; empty for the payload itself. */
      readonly path: string;
      /** What is wrong, for the developer of the peer. It holds no value of the payload. */
      readonly message: string;
    };

const unknown: PayloadCheck = { kind: "unknown" };
const valid: PayloadCheck = { kind: "valid" };

function check(
  definition: { readonly payload: z.ZodType } | undefined,
  payload: unknown,
): PayloadCheck {
  if (definition === undefined) return unknown;
  const result = definition.payload.safeParse(payload);
  if (result.success) return valid;
  const [issue] = result.error.issues;
  if (issue === undefined)
    return { kind: "invalid", path: "", message: "payload is not as it should be" };
  return { kind: "invalid", ...explain(issue, payload) };
}

/**
 * Compares what an event says with the catalogue. The payload is left as it is, unknown members are no fault.
 * @param name `Namespace.Name`
 */
export function checkEventPayload(name: string, payload: unknown): PayloadCheck {
  return check(events.get(name), payload);
}

/** Compares what a directive says with the catalogue; see {@link checkEventPayload}. */
export function checkDirectivePayload(name: string, payload: unknown): PayloadCheck {
  return check(directives.get(name), payload);
}

/** Compares what a context object says with the catalogue; see {@link checkEventPayload}. */
export function checkContextPayload(name: string, payload: unknown): PayloadCheck {
  return check(contexts.get(name), payload);
}
