// One event on its way: what it says, how it fares, who waits for its answer.

import type { EventEnvelope } from "@trefoil/protocol/messages";
import { type AttemptRecord, noAttempt } from "./attempt-policy.js";
import { type EventAttachment, EventBody } from "./event-body.js";
import type { EventResponse } from "./event-response.js";
import type { Waiting } from "./waiting-events.js";

/** How one event is sent. */
export interface SendingOptions {
  readonly attachments: readonly EventAttachment[];
  /** Whether it may be sent again though the gateway may have acted on it. */
  readonly repeatable: boolean;
  readonly maxAge: number;
  readonly signal: AbortSignal | undefined;
}

/** An event that was taken for sending. Its promise settles exactly once. */
export class OutgoingEvent implements Waiting {
  readonly envelope: EventEnvelope;
  readonly body: EventBody;
  readonly repeatable: boolean;
  readonly maxAge: number;
  readonly since: number;
  /** Resolves when the gateway has taken it and begins to answer. */
  readonly response: Promise<EventResponse>;
  /** What came of the attempts so far. */
  record: AttemptRecord = noAttempt;
  #settled = false;
  #resolve!: (response: EventResponse) => void;
  #reject!: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  #aborted: (() => void) | undefined;

  /**
   * @param since now, in milliseconds since the epoch
   * @throws {TrefoilError} as {@link EventBody}
   */
  constructor(envelope: EventEnvelope, options: SendingOptions, since: number) {
    this.envelope = envelope;
    this.body = new EventBody(envelope, options.attachments);
    this.repeatable = options.repeatable;
    this.maxAge = options.maxAge;
    this.since = since;
    this.#signal = options.signal;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get size(): number {
    return this.body.size;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Calls `aborted` once when who sent it wants it no longer, before it is {@link finish}ed. */
  onAbort(aborted: (reason: unknown) => void): void {
    this.#aborted = () => aborted(this.#signal?.reason);
    this.#signal?.addEventListener("abort", this.#aborted, { once: true });
  }

  answer(response: EventResponse): void {
    if (this.#settle()) this.#resolve(response);
  }

  /** @returns whether it had not settled before */
  giveUp(error: unknown): boolean {
    if (!this.#settle()) return false;
    this.#reject(error);
    this.finish();
    return true;
  }

  /** Its answer is complete, or will never be: nothing of it goes on. */
  finish(): void {
    this.body.dispose();
    if (this.#aborted !== undefined) this.#signal?.removeEventListener("abort", this.#aborted);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    return true;
  }
}
