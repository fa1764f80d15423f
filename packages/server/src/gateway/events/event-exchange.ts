// One event from its headers to its answer: reads the body, checks the event, finds its handler, and writes what it yields.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { type EventEnvelope, type MessageName, buildDirective } from "@trefoil/protocol/messages";
import { boundaryOf } from "@trefoil/protocol/multipart";
import type { GatewayConfig } from "../../config/index.js";
import type { ServerStream } from "../../http2/index.js";
import type { DeviceIdentity } from "../../identity/index.js";
import type { Logger } from "../../logging/index.js";
import type { EventHandler, EventRequest } from "../event-handler.js";
import { AnswerWriter } from "./answer-writer.js";
import type { EventCheck } from "./event-check.js";
import { type EventOutcome, EventWatch } from "./event-watch.js";
import { IncomingEvent, type IncomingEventOwner } from "./incoming-event.js";

/** What all exchanges of a gateway share. */
export interface ExchangeOptions {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly handlerOf: (name: MessageName) => EventHandler | undefined;
  readonly check: (envelope: EventEnvelope) => EventCheck;
  readonly onOutcome: (outcome: EventOutcome) => void;
}

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
  readonly #watch: EventWatch;
  /** Made when a handler asks for its signal: few do, and it costs as much as all the rest of a small event. */
  #abort: AbortController | undefined;
  #abortReason: Error | undefined;
  #deadline: Timer | undefined;
  /** What the stream knows of the exchange: nothing any more once it is answered, so that it can be collected. */
  readonly #watched: { exchange: EventExchange | undefined } = { exchange: this };
  #bodyComplete = false;
  #answered = false;
  /** Whether the metadata part was read. */
  #wasRead = false;

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
    this.#watch = new EventWatch(stream, device, options.log);
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
    const watched = this.#watched;
    this.#stream.onClose(() => watched.exchange?.aborted());
    this.#stream.receive(this.#incoming);
  }

  received(envelope: EventEnvelope): void {
    const check = this.#options.check(envelope);
    this.#wasRead = true;
    this.#watch.received(check, envelope.event.header.messageId);
    if (check.kind === "refused") {
      this.#fail(check.error);
      return;
    }
    const handler = this.#options.handlerOf(check.name);
    if (handler !== undefined) {
      const request = new HandledRequest(envelope, this.#device, this);
      void this.#watch.handling(() => this.#handle(handler, request));
    } else if (this.#incoming.hasAttachment) {
      // Nobody listens to the speech that has begun: the device need not send the rest of it.
      this.#finish();
    }
  }

  complete(): void {
    this.#bodyComplete = true;
    this.#deadline?.cancel();
    // Nothing to handle and nothing that could still be wrong with the body.
    if (this.#wasRead && !this.#handling) this.#finish();
  }

  malformed(error: TrefoilError): void {
    this.#deadline?.cancel();
    this.#giveUp(error);
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
      if (!this.#answered && error.wire.http >= 500) this.#watch.failed(error);
      this.#fail(error);
    }
  }

  /** The parts after `metadata`. */
  get attachments(): EventRequest["attachments"] {
    return this.#incoming.attachments;
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#abortReason !== undefined) this.#abort.abort(this.#abortReason);
    }
    return this.#abort.signal;
  }

  /** Nobody waits for the answer any more. */
  #giveUp(reason: Error): void {
    this.#abortReason ??= reason;
    this.#abort?.abort(reason);
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
    this.#watched.exchange = undefined;
    this.#options.onOutcome(this.#watch.answered(status));
    if (this.#bodyComplete) return;
    // The answer is complete, so the rest of the body is not needed: the engine tells a device that goes on.
    this.#deadline?.cancel();
    this.#incoming.discard();
  }

  #gone(): void {
    this.#deadline?.cancel();
    if (this.#answered) return;
    this.#answered = true;
    this.#answer.abandon();
    this.#options.onOutcome(this.#watch.answered("aborted"));
    this.#giveUp(new Error("The device ended the request early."));
    this.#incoming.discard();
  }
}

/**
 * What a handler sees of an exchange. A class, because an object literal with a getter is of a shape of its own each time,
 * and shapes are collected late.
 */
class HandledRequest implements EventRequest {
  readonly event: EventRequest["event"];
  readonly context: EventRequest["context"];
  readonly device: DeviceIdentity;
  readonly answer: EventRequest["answer"];
  readonly #exchange: Pick<EventRequest, "attachments" | "signal">;

  constructor(
    { event, context }: EventEnvelope,
    device: DeviceIdentity,
    exchange: Pick<EventRequest, "attachments" | "signal">,
  ) {
    this.event = event;
    this.context = context;
    this.device = device;
    this.#exchange = exchange;
    // Handlers take it out of the request, so it needs no `this`.
    const { dialogRequestId } = event.header;
    this.answer = (name, payload) => buildDirective(name, payload, { dialogRequestId });
  }

  get attachments(): EventRequest["attachments"] {
    return this.#exchange.attachments;
  }

  get signal(): AbortSignal {
    return this.#exchange.signal;
  }
}
