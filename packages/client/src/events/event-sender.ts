// Sends events over whatever connection there is, as often as the rules allow, and reads the answers.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";
import { type EventEnvelope, nameOf } from "@trefoil/protocol/messages";
import type { TokenAnswer } from "../auth/index.js";
import { type OpenChannel, refusalOf } from "../connection/index.js";
import { Latch } from "../streams/index.js";
import type { RequestOutcome, TransportResponse } from "../transport/index.js";
import { type AttemptResult, nextStep } from "./attempt-policy.js";
import { EventResponse } from "./event-response.js";
import { type SendingOptions, OutgoingEvent } from "./outgoing-event.js";
import { Patience } from "./patience.js";
import type { EventSettings } from "./settings.js";
import { type GivenUpReason, WaitingEvents } from "./waiting-events.js";

/** The connection as events see it. */
export interface EventConnection {
  /** Where events go now; undefined while the connection is away. */
  readonly channel: OpenChannel | undefined;
  accessToken(): Promise<TokenAnswer>;
  renew(rejected: string): Promise<TokenAnswer>;
  /** That downchannel is worth nothing: open it anew. */
  voidChannel(channel: number, cause: TrefoilError): void;
  /** The tokens are dead. */
  signInNeeded(cause: TrefoilError): void;
  headers(accessToken: string): Readonly<Record<string, string>>;
}

/** What the sender tells its owner. */
export interface EventSenderListener {
  /** The connection is away: the event waits for it. */
  queued(event: EventEnvelope): void;
  /** The event was given up before the gateway had it. */
  givenUp(event: EventEnvelope, reason: GivenUpReason, error: TrefoilError): void;
  /** The dialogue of the event begins to be sent, is sent, or was given up. */
  dialogue(kind: "begun" | "sent" | "abandoned", id: string): void;
  /** Reads the directives of an answer to their end. @throws {TrefoilError} where it was cut, or is none */
  read(response: TransportResponse, answer: EventResponse): Promise<void>;
}

/** What a sender works with. */
export interface EventSenderOptions {
  readonly connection: EventConnection;
  readonly settings: EventSettings;
  readonly clock: Clock;
  /** 0 <= random() < 1. */
  readonly random: () => number;
  readonly listener: EventSenderListener;
}

/** The events of one device. */
export class EventSender {
  readonly #options: EventSenderOptions;
  readonly #waiting: WaitingEvents<OutgoingEvent>;
  /** Events between two attempts, or in one, with what ends them. */
  readonly #running = new Map<OutgoingEvent, AbortController>();
  /** Opened for a moment whenever an event ends. */
  readonly #ended = new Latch();

  constructor(options: EventSenderOptions) {
    this.#options = options;
    const { settings, clock } = options;
    this.#waiting = new WaitingEvents(settings.waiting, clock, (event, reason) =>
      this.#overdue(event, reason),
    );
  }

  /** Events that wait or are on their way. */
  get pending(): number {
    return this.#waiting.size + this.#running.size;
  }

  /**
   * Sends an event when it can be sent.
   * @returns the answer once the gateway has taken it; rejects with a TrefoilError where it was refused or given up
   */
  send(envelope: EventEnvelope, sending: SendingOptions): Promise<EventResponse> {
    if (sending.signal?.aborted === true) return Promise.reject(sending.signal.reason as Error);
    const event = new OutgoingEvent(envelope, sending, this.#options.clock.now());
    event.onAbort((reason) => this.#abort(event, reason));
    this.#waiting.add(event);
    if (this.#options.connection.channel === undefined && !event.settled) {
      this.#options.listener.queued(envelope);
    }
    this.flush();
    return event.response;
  }

  /** The connection is there: sends what waits. */
  flush(): void {
    const { connection, settings } = this.#options;
    while (this.#unanswered < settings.maxConcurrent) {
      const { channel } = connection;
      if (channel === undefined) return;
      const event = this.#waiting.take();
      if (event === undefined) return;
      const controller = new AbortController();
      this.#running.set(event, controller);
      void this.#run(event, channel, controller);
    }
  }

  /** An answer that is slowed by its reader must not keep other events waiting. */
  get #unanswered(): number {
    let count = 0;
    for (const event of this.#running.keys()) if (!event.settled) count++;
    return count;
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async idle(): Promise<void> {
    while (this.pending > 0) await this.#ended.passed();
  }

  /** Gives everything up. */
  giveUpAll(error: TrefoilError): void {
    for (let event = this.#waiting.take(); event !== undefined; event = this.#waiting.take()) {
      this.#giveUp(event, error);
    }
    for (const [event, controller] of this.#running) {
      controller.abort(error);
      this.#giveUp(event, error);
    }
  }

  async #run(
    event: OutgoingEvent,
    channel: OpenChannel,
    controller: AbortController,
  ): Promise<void> {
    try {
      await this.#attempt(event, channel, controller);
    } catch (thrown) {
      this.#giveUp(event, thrown);
    } finally {
      this.#running.delete(event);
      this.#tellEnded();
      this.flush();
    }
  }

  async #attempt(
    event: OutgoingEvent,
    channel: OpenChannel,
    controller: AbortController,
  ): Promise<void> {
    const { connection, settings, clock, listener } = this.#options;
    const token = await connection.accessToken();
    if (token.kind === "sign-in") connection.signInNeeded(token.error);
    if (token.kind !== "token") throw token.error;
    if (event.settled) return;
    const dialogue = event.envelope.event.header.dialogRequestId;
    if (dialogue !== undefined) listener.dialogue("begun", dialogue);
    const patience = new Patience(clock, settings.responseTimeout, controller);
    const outcome = await channel.request({
      method: "POST",
      path: "/v1/events",
      headers: {
        ...connection.headers(token.accessToken),
        "content-type": event.body.contentType,
      },
      body: event.body.read(),
      live: event.body.live,
      signal: controller.signal,
      onSent: () => {
        patience.begin();
        if (dialogue !== undefined) listener.dialogue("sent", dialogue);
      },
    });
    patience.end();
    if (event.settled) return;
    await this.#proceed(event, channel, controller, token.accessToken, outcome);
  }

  async #proceed(
    event: OutgoingEvent,
    channel: OpenChannel,
    controller: AbortController,
    accessToken: string,
    outcome: RequestOutcome,
  ): Promise<void> {
    const { connection, settings, clock, random } = this.#options;
    const refusal =
      outcome.kind === "response" && outcome.response.status >= 300
        ? await refusalOf(outcome.response, nameOf(event.envelope.event.header), clock)
        : undefined;
    const result: AttemptResult =
      outcome.kind === "lost"
        ? outcome
        : { kind: "answered", status: outcome.response.status, retryAfter: refusal?.retryAfter };
    const { repeatable, body, record } = event;
    const step = nextStep(
      result,
      record,
      { repeatable, replayable: body.replayable },
      settings,
      random(),
    );
    if (step.kind === "accept" && outcome.kind === "response") {
      await this.#accept(event, outcome.response, controller);
      return;
    }
    const cause = refusal ?? lossOf(outcome);
    // What is left of this attempt ends: the upload of a refused event, the rest of an error's body.
    controller.abort(cause);
    if (step.kind === "give-up" || step.kind === "accept") throw cause;
    event.record = step.record;
    switch (step.kind) {
      case "renew": {
        const fresh = await connection.renew(accessToken);
        if (fresh.kind === "sign-in") connection.signInNeeded(fresh.error);
        if (fresh.kind !== "token") throw fresh.kind === "sign-in" ? fresh.error : cause;
        connection.voidChannel(channel.id, cause);
        break;
      }
      case "reopen":
        connection.voidChannel(channel.id, cause);
        break;
      case "pause":
        await this.#pause(event, step.delay);
        break;
      case "requeue":
        break;
    }
    if (!event.settled) this.#waiting.putBack(event);
  }

  /** Waits, but no longer than somebody waits for the event. */
  #pause(event: OutgoingEvent, delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(delay, resolve);
      event.response.catch(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  async #accept(
    event: OutgoingEvent,
    response: TransportResponse,
    controller: AbortController,
  ): Promise<void> {
    const { settings, clock, listener } = this.#options;
    const { messageId, dialogRequestId } = event.envelope.event.header;
    // The answer has begun: whatever becomes of the rest, the gateway has the request.
    if (dialogRequestId !== undefined) listener.dialogue("sent", dialogRequestId);
    event.body.release();
    const answer = new EventResponse(response.status, messageId, dialogRequestId);
    event.answer(answer);
    this.flush();
    const patience = new Patience(clock, settings.responseTimeout, controller);
    try {
      const { status, headers, body } = response;
      await listener.read({ status, headers, body: patience.during(body) }, answer);
      answer.end();
    } catch (thrown) {
      answer.end(
        controller.signal.aborted && isTrefoilError(controller.signal.reason)
          ? controller.signal.reason
          : TrefoilError.from(thrown),
      );
    } finally {
      event.finish();
    }
  }

  #abort(event: OutgoingEvent, reason: unknown): void {
    this.#waiting.remove(event);
    this.#giveUp(event, reason);
    this.#running.get(event)?.abort(reason);
  }

  #overdue(event: OutgoingEvent, reason: GivenUpReason): void {
    const error = new TrefoilError(
      "unavailable",
      reason === "too-old"
        ? "The event waited too long for the connection to come back."
        : "Too many events wait for the connection to come back.",
    );
    if (this.#giveUp(event, error)) {
      this.#options.listener.givenUp(event.envelope, reason, error);
    }
  }

  #giveUp(event: OutgoingEvent, error: unknown): boolean {
    const dialogue = event.envelope.event.header.dialogRequestId;
    if (!event.giveUp(error)) return false;
    this.#tellEnded();
    if (dialogue !== undefined) this.#options.listener.dialogue("abandoned", dialogue);
    return true;
  }

  #tellEnded(): void {
    this.#ended.open();
    this.#ended.close();
  }
}

function lossOf(outcome: RequestOutcome): TrefoilError {
  if (outcome.kind === "lost" && isTrefoilError(outcome.cause)) return outcome.cause;
  return new TrefoilError("unavailable", "The connection was lost before the event was answered.", {
    cause: outcome.kind === "lost" ? outcome.cause : undefined,
  });
}
