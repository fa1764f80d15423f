// How a template is written down, and the members that all templates share.

import { z } from "zod";
import { once } from "../definition.js";
import { list } from "../members.js";
import { action, text } from "./value-objects.js";

/** Members that every template has. */
const commonShape = once(() => ({
  failureMessage: text().describe("What to say or show when the template cannot be shown."),
  meta: z.looseObject({ version: text().describe("Version of the template.") }),
  subtitle: text().optional().describe("What is being said, as a text."),
  emoji: text().optional().describe("Only in the newer guide."),
  actionList: list(action()).optional().describe("What to open while the template is shown."),
}));

type CommonShape = ReturnType<typeof commonShape>;

/** Members of which any may be absent. */
export type OptionalShape<Shape extends z.ZodRawShape> = {
  readonly [Member in keyof Shape]: z.ZodOptional<Shape[Member]>;
};

/** The schema of a template with these members of its own. */
export type TemplateSchema<Name extends string, Own extends z.ZodRawShape> = z.ZodObject<
  { readonly type: z.ZodLiteral<Name> } & CommonShape & OptionalShape<Own>,
  z.core.$loose
>;

/** What is known of a template besides its members. */
export interface TemplateFacts {
  /** What it shows, in a sentence. */
  readonly summary: string;
  readonly notes?: readonly string[];
}

/** A template: what Clova.RenderTemplate puts on the screen. */
export interface TemplateDefinition<
  Name extends string = string,
  S extends z.ZodType = z.ZodType,
> extends TemplateFacts {
  readonly kind: "template";
  /** The `type` of its payload. */
  readonly name: Name;
  readonly payload: S;
}

/** A list of objects that make up a template, any member of which may be absent. */
export function entries<Shape extends z.ZodRawShape>(shape: Shape) {
  return list(z.looseObject(shape).partial());
}

/**
 * Writes down a template.
 * The public guides do not say which members may be left out: all of a template's own members are optional here, and
 * a member with nothing to show holds an empty value.
 * @param name the `type` of its payload
 */
export function defineTemplate<const Name extends string, Own extends z.ZodRawShape>(
  name: Name,
  facts: TemplateFacts & { readonly members: () => Own },
): TemplateDefinition<Name, TemplateSchema<Name, Own>> {
  const { members, ...rest } = facts;
  const payload = once(() => {
    const own = z.object(members()).partial().shape;
    const schema: unknown = z.looseObject({
      type: z.literal(name),
      ...commonShape(),
      ...own,
    });
    return schema as TemplateSchema<Name, Own>;
  });
  const definition = {
    kind: "template" as const,
    name,
    get payload() {
      return payload();
    },
  };
  return Object.assign(definition, rest);
}
