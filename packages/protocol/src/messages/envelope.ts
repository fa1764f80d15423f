// The two envelopes that travel between a device and the gateway: events go up, directives come down.

import { z } from "zod";

/** What a message's name looks like: `Namespace.Name`. */
export type MessageName = `${string}.${string}`;

/** Longest identifier that is taken from a peer, in UTF-16 units. */
const maxIdLength = 256;

const id = z.string().min(1).max(maxIdLength);

/** The header of an event. Unknown members survive. */
export const eventHeaderSchema = z.looseObject({
  namespace: id,
  name: id,
  messageId: id,
  dialogRequestId: z.string().max(maxIdLength).optional(),
});

/** The header of a directive. Unknown members survive. */
export const directiveHeaderSchema = eventHeaderSchema;

/** One entry of an event's `context`: the state of one part of the device. */
export const contextEntrySchema = z.looseObject({
  header: z.looseObject({ namespace: id, name: id }),
  payload: z.looseObject({}).default({}),
});

/**
 * The JSON of a `metadata` part. `context` may be absent, because devices that shipped leave it out.
 */
export const eventEnvelopeSchema = z.looseObject({
  context: z.array(contextEntrySchema).max(64).default([]),
  event: z.looseObject({
    header: eventHeaderSchema,
    payload: z.looseObject({}).default({}),
  }),
});

/** The JSON of a directive's part. */
export const directiveEnvelopeSchema = z.looseObject({
  directive: z.looseObject({
    header: directiveHeaderSchema,
    payload: z.looseObject({}).default({}),
  }),
});

/** Who a message is: its name, its own id, and the dialogue it belongs to. */
export interface MessageHeader {
  readonly namespace: string;
  readonly name: string;
  /** Unique to the message; a directive that is sent again keeps it. */
  readonly messageId: string;
  /** Present on what belongs to one request of the user. */
  readonly dialogRequestId?: string | undefined;
}

/** What a message says. */
export type Payload = Readonly<Record<string, unknown>>;

/** One part of a device's state as sent along with an event. */
export interface ContextEntry {
  readonly header: { readonly namespace: string; readonly name: string };
  readonly payload: Payload;
}

/** A message from a device. */
export interface Event {
  readonly header: MessageHeader;
  readonly payload: Payload;
}

/** An event with the device's state at the time. */
export interface EventEnvelope {
  readonly context: readonly ContextEntry[];
  readonly event: Event;
}

/** A message to a device. */
export interface Directive {
  readonly header: MessageHeader;
  readonly payload: Payload;
}

/** `Namespace.Name` of a header. */
export function nameOf(header: { readonly namespace: string; readonly name: string }): MessageName {
  return `${header.namespace}.${header.name}`;
}
