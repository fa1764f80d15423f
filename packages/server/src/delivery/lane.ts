// A lane: the way of one device's directives from its mailbox into its open downchannel, in order and at the device's own
// pace. One lane per downchannel; it is forgotten with it, and what was not confirmed by then is written again by the next.

import type { Clock } from "@trefoil/protocol/clock";
import type { Logger } from "../logging/index.js";
import {
  type DeliveryMeasures,
  type Span,
  type SpanContext,
  beginSpan,
  failSpan,
  isHeard,
  isTraced,
  publish,
  secondsSince,
} from "../observability/index.js";
import type { DirectiveChannel } from "./channel.js";
import type { Mailbox, MailboxEntry } from "./mailbox.js";

/**
 * Where a lane stands.
 * - `reading`: fetches from the mailbox; what is appended meanwhile is found by this or the next fetch (`again`).
 * - `blocked`: the device has too many bytes to take already; the next flush goes on.
 * - `live`: everything in the mailbox has been written: what is appended now is written at once, without reading it back.
 * - `closed`: the downchannel has ended.
 */
type LanePhase =
  | { readonly kind: "reading"; again: boolean }
  | { readonly kind: "blocked" }
  | { readonly kind: "live" }
  | { readonly kind: "closed" };

/** A directive as it is handed to a lane. */
export interface Letter {
  readonly messageId: string;
  /** The JSON of its part. */
  readonly body: string;
  /** What `performance.now()` answered when it was sent. */
  readonly sentAt: number;
}

/** What a lane needs to know of its surroundings. */
export interface LaneOptions {
  readonly deviceKey: string;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  /** Past so many bytes in the channel, directives stay in the mailbox only. */
  readonly maxQueuedBytes: number;
  /** The mailbox failed; the lane has ended its work and its channel should be closed, so that the device starts anew. */
  readonly onFailure: (error: unknown) => void;
  readonly log: Logger;
  readonly measures: DeliveryMeasures;
}

/** A directive between its writing and its acknowledgement. */
interface Flight {
  readonly sequence: number;
  readonly messageId: string;
  readonly span: Span | undefined;
  /** What `performance.now()` answered when it was handed to the network. */
  flushedAt: number;
}

/** How many entries one fetch takes. */
const batchSize = 64;

export class Lane {
  readonly channel: DirectiveChannel;
  readonly #options: LaneOptions;
  /** When the downchannel opened: what was queued before waited for the device, not for us. */
  readonly #openedAt: number;
  #phase: LanePhase = { kind: "reading", again: false };
  /** The last sequence that was written. */
  #cursor = 0;
  /** Written and not acknowledged yet, where somebody traces: their spans end with the lane. */
  readonly #traced = new Set<Flight>();
  /** Flushed and not yet covered by a PING. */
  #flushed: Flight[] = [];
  #confirming = false;

  constructor(channel: DirectiveChannel, options: LaneOptions) {
    this.channel = channel;
    this.#options = options;
    this.#openedAt = options.clock.now();
    void this.#read();
  }

  /** Whether a directive that is appended now would go straight to the device. */
  get live(): boolean {
    return this.#phase.kind === "live";
  }

  /**
   * An entry has become durable. Calls come in the order of the sequences.
   * @param cause the span of its sending
   */
  appended(sequence: number, letter: Letter, cause: SpanContext | undefined): void {
    switch (this.#phase.kind) {
      case "live":
        if (sequence <= this.#cursor) return;
        if (this.#full()) this.#phase = { kind: "blocked" };
        else this.#write(sequence, letter, cause);
        return;
      case "reading":
        this.#phase.again = true;
        return;
      case "blocked":
      case "closed":
        return;
    }
  }

  /**
   * Writes a directive that is not kept (`ttl: 0`).
   * @returns false where it would have had to wait
   */
  writeNow(letter: Letter): boolean {
    if (this.#phase.kind !== "live" || !this.channel.open || this.#full()) return false;
    const { deviceKey, measures } = this.#options;
    const { messageId, body, sentAt } = letter;
    this.channel.write(body, () => measures.pushSeconds.observe(secondsSince(sentAt)));
    measures.writes.add("sender");
    if (isHeard("trefoil:directive:written")) {
      publish("trefoil:directive:written", { deviceKey, messageId });
    }
    return true;
  }

  /** The downchannel has ended: nothing more is written or confirmed. */
  close(): void {
    this.#phase = { kind: "closed" };
    for (const { span } of this.#traced) failSpan(span, "The downchannel ended.");
    this.#traced.clear();
  }

  #full(): boolean {
    return this.channel.bytesQueued >= this.#options.maxQueuedBytes;
  }

  async #read(): Promise<void> {
    const { mailbox, deviceKey, clock, onFailure } = this.#options;
    try {
      for (;;) {
        if (this.#phase.kind !== "reading") return;
        this.#phase.again = false;
        const batch = await mailbox.pending(deviceKey, this.#cursor, batchSize, clock.now());
        // The await gave others a turn: the phase may be another one now.
        const phase = this.#phase as LanePhase;
        if (phase.kind !== "reading") return;
        for (const entry of batch) {
          if (this.#full()) {
            this.#phase = { kind: "blocked" };
            return;
          }
          this.#writeEntry(entry);
        }
        if (batch.length < batchSize && !phase.again) {
          this.#phase = { kind: "live" };
          return;
        }
      }
    } catch (error) {
      this.close();
      onFailure(error);
    }
  }

  /** Straight from its sender. */
  #write(
    sequence: number,
    { messageId, body, sentAt }: Letter,
    cause: SpanContext | undefined,
  ): void {
    const { measures } = this.#options;
    measures.writes.add("sender");
    this.#send(sequence, messageId, body, cause, () =>
      measures.pushSeconds.observe(secondsSince(sentAt)),
    );
  }

  /** Read back from the mailbox. */
  #writeEntry({ sequence, messageId, body, queuedAt }: MailboxEntry): void {
    const { measures, clock } = this.#options;
    measures.writes.add("mailbox");
    this.#send(sequence, messageId, body, undefined, () => {
      if (queuedAt >= this.#openedAt) {
        measures.pushSeconds.observe(Math.max(0, clock.now() - queuedAt) / 1_000);
      }
    });
  }

  #send(
    sequence: number,
    messageId: string,
    body: string,
    cause: SpanContext | undefined,
    measure: () => void,
  ): void {
    const { deviceKey } = this.#options;
    this.#cursor = sequence;
    const span = isTraced()
      ? beginSpan("deliver directive", {
          kind: "consumer",
          attributes: { "trefoil.device_key": deviceKey, "messaging.message.id": messageId },
          cause,
        })
      : undefined;
    const flight: Flight = { sequence, messageId, span, flushedAt: 0 };
    if (span !== undefined) this.#traced.add(flight);
    this.channel.write(body, () => {
      measure();
      this.#onFlushed(flight);
    });
    if (isHeard("trefoil:directive:written")) {
      publish("trefoil:directive:written", { deviceKey, messageId });
    }
  }

  #onFlushed(flight: Flight): void {
    if (this.#phase.kind === "closed") return;
    flight.flushedAt = performance.now();
    flight.span?.addEvent("flushed");
    this.#flushed.push(flight);
    if (!this.#confirming) this.#confirm();
    // Half empty before going on: a lane at its limit does not fetch for each flushed directive.
    if (
      this.#phase.kind === "blocked" &&
      this.channel.bytesQueued <= this.#options.maxQueuedBytes / 2
    ) {
      this.#phase = { kind: "reading", again: false };
      void this.#read();
    }
  }

  /** One confirmation at a time, each covering all that was flushed before it was asked for. */
  #confirm(): void {
    const covered = this.#flushed;
    this.#flushed = [];
    this.#confirming = true;
    this.channel.confirm((hasArrived) => {
      // Else the connection is gone: the entries stay and are written again on the next downchannel.
      if (hasArrived) this.#acknowledge(covered);
      else this.#confirming = false;
    });
  }

  /** Also when the lane was closed meanwhile: they did arrive. */
  #acknowledge(covered: readonly Flight[]): void {
    const { mailbox, deviceKey } = this.#options;
    try {
      this.#arrived(covered);
      const sequences = covered.map(({ sequence }) => sequence);
      mailbox.acknowledge(deviceKey, sequences).then(this.#confirmNext, this.#mailboxFailed);
    } catch {
      // Nothing is thrown at whoever reads the ACK: the rest of what came with it is others'.
      this.#mailboxFailed();
    }
  }

  readonly #confirmNext = (): void => {
    if (this.#flushed.length > 0) this.#confirm();
    else this.#confirming = false;
  };

  /** The entries stay, and are written again on the next downchannel. */
  readonly #mailboxFailed = (): void => {
    this.#confirming = false;
  };

  #arrived(covered: readonly Flight[]): void {
    const { deviceKey, measures, log } = this.#options;
    measures.acknowledged += covered.length;
    const verbose = log.isEnabled("debug");
    const heard = isHeard("trefoil:directive:acknowledged");
    for (const flight of covered) {
      const { messageId, span, flushedAt } = flight;
      measures.acknowledgeSeconds.observe(secondsSince(flushedAt));
      if (span !== undefined) {
        this.#traced.delete(flight);
        span.end();
      }
      if (heard) publish("trefoil:directive:acknowledged", { deviceKey, messageId });
      if (verbose) log.debug("A directive was acknowledged.", { deviceKey, messageId });
    }
  }
}
