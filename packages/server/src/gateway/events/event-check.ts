// Whether an event is one that we know, and says what it should.

import { TrefoilError } from "@trefoil/protocol/errors";
import { checkEventPayload, findEvent } from "@trefoil/protocol/interfaces";
import { type EventEnvelope, type MessageName, nameOf } from "@trefoil/protocol/messages";
import type { GatewayConfig } from "../../config/index.js";

/** The verdict on an event; `name` is the catalogue's where the event used an older spelling. */
export type EventCheck =
  | { readonly kind: "valid"; readonly name: MessageName }
  | { readonly kind: "unknown"; readonly name: MessageName }
  /** A known event with a wrong payload, taken all the same. */
  | { readonly kind: "tolerated"; readonly name: MessageName; readonly problem: string }
  | { readonly kind: "refused"; readonly name: MessageName; readonly error: TrefoilError };

/**
 * Checks an event against the catalogue.
 * @param validation `strict` refuses a known event with a wrong payload, `lenient` tolerates it
 */
export function checkEvent(
  envelope: EventEnvelope,
  validation: GatewayConfig["validation"],
): EventCheck {
  const sent = nameOf(envelope.event.header);
  const known = findEvent(sent);
  if (known === undefined) return { kind: "unknown", name: sent };
  const { name } = known;
  const check = checkEventPayload(name, envelope.event.payload);
  if (check.kind !== "invalid") return { kind: "valid", name };
  const problem = `${sent}: ${check.message}`;
  return validation === "strict"
    ? { kind: "refused", name, error: new TrefoilError("invalid_payload", problem) }
    : { kind: "tolerated", name, problem };
}
