// One event from its headers to its answer: reads the body, checks the event, finds its handler, and writes what it yields.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import {
  type EventEnvelope,
  type MessageName,
  buildDirective,
  nameOf,
} from "@trefoil/protocol/messages";
import { boundaryOf } from "@trefoil/protocol/multipart";
import type { GatewayConfig } from "../../config/index.js";
import { ErrorCode, type ServerStream } from "../../http2/index.js";
import type { DeviceIdentity } from "../../identity/index.js";
import type { Logger } from "../../logging/index.js";
import type { EventHandler, EventRequest } from "../event-handler.js";
import { AnswerWriter } from "./answer-writer.js";
import type { EventCheck } from "./event-check.js";
import { IncomingEvent, type IncomingEventOwner } from "./incoming-event.js";

/** What became of an event, for the counters. */
export interface EventOutcome {
  readonly name: MessageName | undefined;
  readonly status: number;
  readonly check: EventCheck["kind"] | undefined;
}

/** What all exchanges of a gateway share. */
export interface ExchangeOptions {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly handlerOf: (name: MessageName) => EventHandler | undefined;
  readonly check: (envelope: EventEnvelope) => EventCheck;
  readonly onOutcome: (outcome: EventOutcome) => void;
}

/** Milliseconds that a device may go on sending a body whose answer is complete before its stream is reset. */
const lingering = 1_000;

/**
 * Starts an exchange.
 * @param stream an authenticated `POST /v1/events` whose body has not been touched
 * @throws {TrefoilError} where the request's headers say already that it cannot work
 */
export function beginExchange(
  stream: ServerStream,
  device: DeviceIdentity,
  options: ExchangeOptions,
): void {
  const boundary = boundaryOf(stream.header("content-type"));
  const length = Number(stream.header("content-length") ?? 0);
  if (length > options.config.maxBodyBytes) {
    throw new TrefoilError(
      "payload_too_large",
      `The body is larger than ${options.config.maxBodyBytes} bytes.`,
    );
  }
  if (stream.bodyless) {
    throw new TrefoilError("malformed_multipart", "The request has no body: send the event in it.");
  }
  const exchange = new EventExchange(stream, device, boundary, options);
  exchange.start();
}

class EventExchange implements IncomingEventOwner {
  readonly #stream: ServerStream;
  readonly #device: DeviceIdentity;
  readonly #options: ExchangeOptions;
  readonly #incoming: IncomingEvent;
  readonly #answer: AnswerWriter;
  readonly #abort = new AbortController();
  #deadline: Timer | undefined;
  #bodyComplete = false;
  #answered = false;
  #name: MessageName | undefined;
  #check: EventCheck["kind"] | undefined;

  constructor(
    stream: ServerStream,
    device: DeviceIdentity,
    boundary: string,
    options: ExchangeOptions,
  ) {
    this.#stream = stream;
    this.#device = device;
    this.#options = options;
    this.#incoming = new IncomingEvent(stream, boundary, options.config, this);
    this.#answer = new AnswerWriter(stream);
  }

  start(): void {
    const { clock, config } = this.#options;
    this.#deadline = clock.after(config.maxBodySeconds * 1000, () => {
      const error = new TrefoilError(
        "limit_exceeded",
        `The body was still open after ${config.maxBodySeconds} seconds.`,
      );
      this.#incoming.cutOff(error);
      this.malformed(error);
    });
    this.#stream.onClose(() => this.#gone());
    this.#stream.receive(this.#incoming);
  }

  received(envelope: EventEnvelope): void {
    this.#name = nameOf(envelope.event.header);
    const check = this.#options.check(envelope);
    this.#check = check.kind;
    if (check.kind === "refused") {
      this.#fail(check.error);
      return;
    }
    const handler = this.#options.handlerOf(check.name);
    if (handler !== undefined) {
      void this.#handle(handler, this.#request(envelope));
    } else if (this.#incoming.hasAttachment) {
      // Nobody listens to the speech that has begun: the device need not send the rest of it.
      this.#finish();
    }
  }

  complete(): void {
    this.#bodyComplete = true;
    this.#deadline?.cancel();
    // Nothing to handle and nothing that could still be wrong with the body.
    if (this.#check !== undefined && !this.#handling) this.#finish();
  }

  malformed(error: TrefoilError): void {
    this.#deadline?.cancel();
    this.#abort.abort(error);
    this.#fail(error);
  }

  aborted(): void {
    this.#gone();
  }

  #handling = false;

  async #handle(handler: EventHandler, request: EventRequest): Promise<void> {
    this.#handling = true;
    try {
      for await (const step of handler(request)) {
        if (this.#answered) return;
        await this.#answer.write(step);
      }
      this.#finish();
    } catch (thrown) {
      const error = TrefoilError.from(thrown);
      if (!this.#answered && error.wire.http >= 500) {
        this.#options.log.error("An event's handler failed.", {
          event: this.#name,
          messageId: request.event.header.messageId,
          deviceKey: this.#device.deviceKey,
          err: error.cause ?? error,
        });
      }
      this.#fail(error);
    }
  }

  #request(envelope: EventEnvelope): EventRequest {
    const { dialogRequestId } = envelope.event.header;
    return {
      event: envelope.event,
      context: envelope.context,
      device: this.#device,
      attachments: this.#incoming.attachments,
      signal: this.#abort.signal,
      answer: (name, payload) => buildDirective(name, payload, { dialogRequestId }),
    };
  }

  #finish(): void {
    if (this.#answered) return;
    const status = this.#answer.silent ? 204 : 200;
    this.#answer.finish();
    this.#settle(status);
  }

  #fail(error: TrefoilError): void {
    if (this.#answered) return;
    const status = this.#answer.silent ? error.wire.http : 200;
    this.#answer.fail(error);
    this.#settle(status);
  }

  #settle(status: number): void {
    this.#answered = true;
    const { onOutcome, clock } = this.#options;
    onOutcome({ name: this.#name, status, check: this.#check });
    if (this.#bodyComplete) return;
    // RFC 9113 section 8.1: the answer is complete, so the rest of the body is not needed; a device that goes on is told.
    this.#incoming.discard();
    this.#deadline?.cancel();
    this.#deadline = clock.after(lingering, () => {
      if (!this.#bodyComplete) this.#stream.reset(ErrorCode.noError);
    });
  }

  #gone(): void {
    this.#deadline?.cancel();
    if (this.#answered) return;
    this.#answered = true;
    this.#answer.abandon();
    this.#abort.abort(new Error("The device ended the request early."));
    this.#incoming.discard();
  }
}
