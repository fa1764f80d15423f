// What can be seen of one event from outside: its span, its channels, its log lines.

import type { MessageName } from "@trefoil/protocol/messages";
import type { ServerStream } from "../../http2/index.js";
import type { DeviceIdentity } from "../../identity/index.js";
import type { Logger } from "../../logging/index.js";
import {
  type RequestStatus,
  type Span,
  beginSpan,
  failSpan,
  isHeard,
  isTraced,
  publish,
  secondsSince,
  withinSpan,
} from "../../observability/index.js";
import type { EventCheck } from "./event-check.js";

/** What became of an event, for the counters. */
export interface EventOutcome {
  /** As the catalogue spells it, or as it was sent where the catalogue has none; undefined where it could not be read. */
  readonly name: MessageName | undefined;
  /** `aborted`: the device took the request back. */
  readonly status: RequestStatus;
  readonly check: EventCheck["kind"] | undefined;
  /** From the request's headers. */
  readonly seconds: number;
}

export class EventWatch {
  readonly #device: DeviceIdentity;
  readonly #log: Logger;
  readonly #span: Span | undefined;
  readonly #begunAt = performance.now();
  #check: EventCheck | undefined;
  #messageId: string | undefined;

  /** The request's headers are here. */
  constructor(stream: ServerStream, device: DeviceIdentity, log: Logger) {
    this.#device = device;
    this.#log = log;
    this.#span = isTraced()
      ? beginSpan("event", {
          kind: "server",
          attributes: {
            "trefoil.device_key": device.deviceKey,
            "http.request.method": "POST",
            "url.path": "/v1/events",
          },
          carrier: stream,
        })
      : undefined;
  }

  /** The event's metadata is here. */
  received(check: EventCheck, messageId: string): void {
    this.#check = check;
    this.#messageId = messageId;
    this.#span?.updateName(`event ${check.name}`);
    this.#span?.setAttribute("messaging.message.id", messageId);
    if (check.kind === "tolerated" && this.#log.isEnabled("debug")) {
      this.#log.debug("An event's payload is not as the catalogue says.", {
        deviceKey: this.#device.deviceKey,
        messageId,
        event: check.name,
        problem: check.problem,
      });
    }
    if (!isHeard("trefoil:event:received")) return;
    publish("trefoil:event:received", {
      device: this.#device,
      name: check.name,
      messageId,
      validation: check.kind,
      problem: problemOf(check),
    });
  }

  /** Runs the event's handler: what it traces is a part of the event. */
  handling<T>(work: () => T): T {
    return withinSpan(this.#span, work);
  }

  /** The handler failed, and not by answering with an error of the device's. */
  failed(error: Error): void {
    this.#log.error("An event's handler failed.", {
      event: this.#check?.name,
      messageId: this.#messageId,
      deviceKey: this.#device.deviceKey,
      err: error.cause ?? error,
    });
  }

  /** The answer is complete, or the device has gone. */
  answered(status: RequestStatus): EventOutcome {
    const seconds = secondsSince(this.#begunAt);
    const name = this.#check?.name;
    if (this.#log.isEnabled("debug")) this.#logAnswer(name, status, seconds);
    if (isHeard("trefoil:event:answered")) {
      publish("trefoil:event:answered", {
        device: this.#device,
        name,
        messageId: this.#messageId,
        status: status === "aborted" ? undefined : status,
        duration: seconds,
      });
    }
    if (this.#span !== undefined) endSpan(this.#span, status);
    return { name, status, check: this.#check?.kind, seconds };
  }

  #logAnswer(name: MessageName | undefined, status: RequestStatus, seconds: number): void {
    this.#log.debug("An event was answered.", {
      deviceKey: this.#device.deviceKey,
      messageId: this.#messageId,
      event: name,
      status,
      seconds,
    });
  }
}

function endSpan(span: Span, status: RequestStatus): void {
  if (status === "aborted") {
    failSpan(span, "The device took the request back.");
    return;
  }
  span.setAttribute("http.response.status_code", status);
  if (status >= 500) failSpan(span, "The event could not be handled.");
  else span.end();
}

function problemOf(check: EventCheck): string | undefined {
  switch (check.kind) {
    case "tolerated":
      return check.problem;
    case "refused":
      return check.error.message;
    case "valid":
    case "unknown":
      return undefined;
  }
}
