// Bodies of events, written by hand to the letter, so that a check can spoil exactly one thing about them.

import { randomUUID } from "node:crypto";

/** What an event's metadata says. */
export interface EventMetadata {
  readonly name?: string;
  readonly payload?: object;
  /** Over the header's members; `undefined` leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Further members of the envelope; `context: undefined` leaves the context out. */
  readonly envelope?: Readonly<Record<string, unknown>>;
}

/** The name of an event that no server knows. */
export const unknownEvent = "TrefoilConformance.UnknownEvent";

/** The JSON of an event. */
export function metadata({
  name = unknownEvent,
  payload = {},
  header,
  envelope,
}: EventMetadata): string {
  const [namespace, short] = name.split(".");
  return JSON.stringify({
    context: [],
    event: {
      header: { namespace, name: short, messageId: randomUUID(), ...header },
      payload,
    },
    ...envelope,
  });
}

/** A part as clients write it, without the CRLF that belongs to the delimiter after it. */
export function part(name: string, contentType: string, body: string): string {
  return `Content-Disposition: form-data; name="${name}"\r\nContent-Type: ${contentType}\r\n\r\n${body}`;
}

/** The part `metadata`. */
export function metadataPart(content: EventMetadata | string): string {
  const text = typeof content === "string" ? content : metadata(content);
  return part("metadata", "application/json; charset=UTF-8", text);
}

/** A whole multipart body. */
export function multipart(boundary: string, parts: readonly string[]): string {
  return `${parts.map((each) => `--${boundary}\r\n${each}\r\n`).join("")}--${boundary}--\r\n`;
}
