// The types of payloads, derived from the schemas: what a handler reads and what it has to write.

import type { z } from "zod";
import type { Catalogue, Interfaces } from "./catalogue.js";
import type { TemplateName } from "./templates/index.js";

type Messages<Namespace extends keyof Interfaces> = Interfaces[Namespace]["messages"];

/** `Namespace.Name` of each message of one kind. */
type NameOfKind<Kind extends "event" | "directive"> = {
  [Namespace in keyof Interfaces]: {
    [Name in keyof Messages<Namespace>]: Messages<Namespace>[Name] extends { readonly kind: Kind }
      ? `${Namespace}.${Name & string}`
      : never;
  }[keyof Messages<Namespace>];
}[keyof Interfaces];

/** `Namespace.Name` of each event. */
export type EventName = NameOfKind<"event">;

/** `Namespace.Name` of each directive. */
export type DirectiveName = NameOfKind<"directive">;

/** `Namespace.Name` of each context object. */
export type ContextName = keyof Catalogue["contexts"];

/** The definition of the message with that name. */
type Definition<Name extends string> =
  Name extends `${infer Namespace extends keyof Interfaces}.${infer Message}`
    ? Message extends keyof Messages<Namespace>
      ? Messages<Namespace>[Message]
      : never
    : never;

/** Takes away index signatures of unknown values: they let unknown members through at run time, and misspelt ones too. */
type NamedMembers<T> = {
  readonly [
    Key in keyof T as string extends Key ? (unknown extends T[Key] ? never : Key) : Key
  ]: KnownMembers<T[Key]>;
};

/**
 * A type of which only the members that its schema names are left, all the way down, so that a member that is missing
 * or misspelt does not compile. Objects that are free by design stay so.
 */
export type KnownMembers<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Element)[]
    ? readonly KnownMembers<Element>[]
    : T extends object
      ? [keyof NamedMembers<T>] extends [never]
        ? Readonly<Record<string, unknown>>
        : NamedMembers<T>
      : T;

/** A payload without any member. */
export type EmptyPayload = Readonly<Record<string, never>>;

type PayloadOf<Definition> = Definition extends { readonly payload: infer S extends z.ZodType }
  ? Members<z.output<S>>
  : never;

/** Of alternatives each by itself. */
type Members<T> = T extends object
  ? [keyof NamedMembers<T>] extends [never]
    ? EmptyPayload
    : NamedMembers<T>
  : never;

/** What an event says. */
export type EventPayload<Name extends EventName> = PayloadOf<Definition<Name>>;

/** What a directive says. */
export type DirectivePayload<Name extends DirectiveName> = PayloadOf<Definition<Name>>;

/** What a context object says. */
export type ContextPayload<Name extends ContextName> = PayloadOf<Catalogue["contexts"][Name]>;

/** What one template holds. */
export type TemplatePayload<Name extends TemplateName> = PayloadOf<Catalogue["templates"][Name]>;
