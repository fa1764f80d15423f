// The vocabulary in which the interfaces are written: what is known of a message besides its members, and how it is declared.

import { z } from "zod";
import type { MessageName } from "../messages/index.js";

/**
 * Whether a message's header carries a `dialogRequestId`.
 * - `always`: it belongs to a request of the user and carries that request's id (an answer to an event that has no id
 *   itself has none either);
 * - `never`: it comes of its own accord, and a client acts on it at once;
 * - `either`: both occur; `dialogueNote` says when.
 * @see docs/protocol.md#dialogue-ids
 */
export type DialogueUse = "always" | "never" | "either";

/** The way by which a directive reaches the device. */
export type Via = "downchannel" | "response" | "either";

/**
 * The edition of the public guides that alone has a message, where they differ: clients built on the older one do not
 * know what only the newer one has.
 */
export type Edition = "older" | "newer";

/** What is known of any message besides its payload. */
export interface MessageFacts {
  /** What it is for, in a sentence. */
  readonly summary: string;
  /** Rules and oddities that a schema cannot hold. */
  readonly notes?: readonly string[];
  /** Messages worth reading next, as `Namespace.Name`. */
  readonly related?: readonly MessageName[];
  /** Other spellings of the name, without the namespace; looked up alike. */
  readonly aliases?: readonly string[];
  /** No longer to be sent by new software; still understood. */
  readonly deprecated?: boolean;
  /** What to use in its place. */
  readonly supersededBy?: MessageName;
  /** Meant for the platform's own apps, not for devices of others. */
  readonly internal?: boolean;
  readonly onlyIn?: Edition;
  /** When {@link DialogueUse} holds, or why it departs from the public examples. */
  readonly dialogueNote?: string;
}

/** A message that the platform sends to other devices of the account because of this event. */
export interface Fanout {
  readonly message: MessageName;
  /** Which devices get it. */
  readonly to: string;
  /** Absent where the public guides do not say. */
  readonly via?: Via;
}

/** What is known of an event, client to platform. */
export interface EventFacts extends MessageFacts {
  /** `never` unless given: among the public events only the two `Recognize` open a dialogue. */
  readonly dialogRequestId?: DialogueUse;
  /** Directives that answer it. `*` stands for whatever fits the situation. */
  readonly repliesWith?: readonly (MessageName | "*")[];
  readonly fanout?: readonly Fanout[];
  /** The status of its own response, where it is fixed. */
  readonly httpStatus?: 200 | 204;
}

/** What is known of a directive, platform to client. */
export interface DirectiveFacts extends MessageFacts {
  readonly dialogRequestId: DialogueUse;
  /** Absent where the public guides do not say: treat it as `either`. */
  readonly via?: Via;
  /** Events that the client owes in return; a note says which of them, where not all. */
  readonly answeredBy?: readonly MessageName[];
  /** Goes to every device of the account. */
  readonly broadcast?: boolean;
  /** For a directive that draws a screen: which event each control or item leads to. */
  readonly uiEvents?: Readonly<Record<string, readonly MessageName[]>>;
}

/** Makes a schema on its first use: building them all at start would cost every program tens of milliseconds. */
export type SchemaThunk<S extends z.ZodType = z.ZodType> = () => S;

/** An event as written down, before its interface gave it a name. */
export interface EventDraft<S extends z.ZodType = z.ZodType> {
  readonly kind: "event";
  readonly facts: EventFacts;
  readonly payload: SchemaThunk<S>;
}

/** A directive as written down, before its interface gave it a name. */
export interface DirectiveDraft<S extends z.ZodType = z.ZodType> {
  readonly kind: "directive";
  readonly facts: DirectiveFacts;
  readonly payload: SchemaThunk<S>;
}

/** An event of the catalogue. `payload` is built when it is first read. */
export interface EventDefinition<S extends z.ZodType = z.ZodType> extends EventFacts {
  readonly kind: "event";
  readonly name: MessageName;
  readonly dialogRequestId: DialogueUse;
  readonly payload: S;
}

/** A directive of the catalogue. `payload` is built when it is first read. */
export interface DirectiveDefinition<S extends z.ZodType = z.ZodType> extends DirectiveFacts {
  readonly kind: "directive";
  readonly name: MessageName;
  readonly payload: S;
}

/** A message of the catalogue. */
export type MessageDefinition = EventDefinition | DirectiveDefinition;

type Named<Draft> =
  Draft extends EventDraft<infer S>
    ? EventDefinition<S>
    : Draft extends DirectiveDraft<infer S>
      ? DirectiveDefinition<S>
      : never;

/** All messages of one namespace. */
export interface Interface<
  Namespace extends string = string,
  Drafts extends Readonly<Record<string, EventDraft | DirectiveDraft>> = Readonly<
    Record<string, EventDraft | DirectiveDraft>
  >,
> {
  readonly namespace: Namespace;
  /** What the interface is about, in a sentence. */
  readonly summary: string;
  readonly messages: { readonly [Name in keyof Drafts]: Named<Drafts[Name]> };
}

/** A schema that takes any object: the payload of messages that say nothing but their name. */
export type EmptySchema = z.ZodType<Readonly<Record<string, unknown>>>;

/** The value of `build`, made on the first call and kept. */
export function once<T>(build: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: build() }).value;
}

const empty: SchemaThunk<EmptySchema> = once(() => z.looseObject({}));

/** Writes down an event; without `payload` it says nothing but its name. */
export function event(facts: EventFacts): EventDraft<EmptySchema>;
export function event<S extends z.ZodType>(
  facts: EventFacts & { readonly payload: SchemaThunk<S> },
): EventDraft<S>;
export function event(facts: EventFacts & { readonly payload?: SchemaThunk }): EventDraft {
  const { payload = empty, ...rest } = facts;
  return { kind: "event", facts: rest, payload };
}

/** Writes down a directive; without `payload` it says nothing but its name. */
export function directive(facts: DirectiveFacts): DirectiveDraft<EmptySchema>;
export function directive<S extends z.ZodType>(
  facts: DirectiveFacts & { readonly payload: SchemaThunk<S> },
): DirectiveDraft<S>;
export function directive(
  facts: DirectiveFacts & { readonly payload?: SchemaThunk },
): DirectiveDraft {
  const { payload = empty, ...rest } = facts;
  return { kind: "directive", facts: rest, payload };
}

function named(name: MessageName, draft: EventDraft | DirectiveDraft): MessageDefinition {
  const payload = once(draft.payload);
  const schema = {
    name,
    get payload() {
      return payload();
    },
  };
  // Assigning the other way round would read the getter and so build the schema.
  return draft.kind === "event"
    ? Object.assign(schema, {
        kind: draft.kind,
        dialogRequestId: "never" as const,
        ...draft.facts,
      })
    : Object.assign(schema, { kind: draft.kind, ...draft.facts });
}

/**
 * Gathers the messages of one namespace.
 * @param namespace as in the header
 * @param summary what the interface is about, in a sentence
 * @param drafts by name, made with {@link event} and {@link directive}
 */
export function defineInterface<
  const Namespace extends string,
  const Drafts extends Readonly<Record<string, EventDraft | DirectiveDraft>>,
>(namespace: Namespace, summary: string, drafts: Drafts): Interface<Namespace, Drafts> {
  const messages = Object.fromEntries(
    Object.entries(drafts).map(([name, draft]) => [name, named(`${namespace}.${name}`, draft)]),
  );
  return { namespace, summary, messages: messages as Interface<Namespace, Drafts>["messages"] };
}

/** What is known of a context object besides its members. */
export interface ContextFacts {
  /** What part of the device's state it holds, in a sentence. */
  readonly summary: string;
  readonly notes?: readonly string[];
  /** Other full names under which clients send it. */
  readonly aliases?: readonly MessageName[];
  readonly onlyIn?: Edition;
}

/** A context object: the state of one part of the device, sent along with events. */
export interface ContextDefinition<
  Name extends MessageName = MessageName,
  S extends z.ZodType = z.ZodType,
> extends ContextFacts {
  readonly kind: "context";
  readonly name: Name;
  readonly payload: S;
}

/** Writes down a context object. */
export function defineContext<const Name extends MessageName, S extends z.ZodType>(
  name: Name,
  facts: ContextFacts & { readonly payload: SchemaThunk<S> },
): ContextDefinition<Name, S> {
  const { payload: build, ...rest } = facts;
  const payload = once(build);
  const schema = {
    kind: "context" as const,
    name,
    get payload() {
      return payload();
    },
  };
  return Object.assign(schema, rest);
}
