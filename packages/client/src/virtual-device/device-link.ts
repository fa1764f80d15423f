// What the parts of a virtual device may use of the client, and how they tell what happened.

import type {
  DirectiveName,
  DirectivePayload,
  EventName,
  EventPayload,
} from "@trefoil/protocol/interfaces";
import type { Client } from "../client.js";
import type { DirectiveHandler } from "../directives/index.js";

/** A client, as much of it as a virtual device needs. */
export type DeviceLink = Pick<Client, "on" | "send" | "context" | "watch">;

/** Sends an event with the device's state as it is now. What becomes of it is the client's business. */
export type Report = <N extends EventName>(name: N, payload: EventPayload<N>) => void;

/** Takes directives of one name until the device is disposed of. */
export type TakeDirective = <N extends DirectiveName>(
  name: N,
  handler: DirectiveHandler<DirectivePayload<N>>,
) => void;
