// Making messages: headers with fresh ids, and the bytes of their JSON.

import type { Directive, EventEnvelope, MessageName, Payload } from "./envelope.js";

const encoder = new TextEncoder();

/**
 * Makes a directive.
 * @param name `Namespace.Name`
 * @param payload what it says
 * @param ids its own id (a fresh UUID unless given) and the dialogue it answers, if any
 */
export function buildDirective(
  name: MessageName,
  payload: Payload,
  ids: { readonly messageId?: string; readonly dialogRequestId?: string | undefined } = {},
): Directive {
  const dot = name.indexOf(".");
  const header = {
    namespace: name.slice(0, dot),
    name: name.slice(dot + 1),
    messageId: ids.messageId ?? globalThis.crypto.randomUUID(),
  };
  const { dialogRequestId } = ids;
  return {
    header: dialogRequestId === undefined ? header : { ...header, dialogRequestId },
    payload,
  };
}

/** The body of a directive's part as text: `{"directive": {...}}`. */
export function stringifyDirective(directive: Directive): string {
  return JSON.stringify({ directive });
}

/** The body of a directive's part: `{"directive": {...}}` in UTF-8. */
export function encodeDirective(directive: Directive): Uint8Array {
  return encoder.encode(stringifyDirective(directive));
}

/** The body of an event's `metadata` part in UTF-8. */
export function encodeEvent(envelope: EventEnvelope): Uint8Array {
  return encoder.encode(JSON.stringify({ context: envelope.context, event: envelope.event }));
}
