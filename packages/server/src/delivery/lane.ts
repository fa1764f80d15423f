// A lane: the way of one device's directives from its mailbox into its open downchannel, in order and at the device's own
// pace. One lane per downchannel; it is forgotten with it, and what was not confirmed by then is written again by the next.

import type { Clock } from "@trefoil/protocol/clock";
import type { DirectiveChannel } from "./channel.js";
import type { Mailbox } from "./mailbox.js";

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

/** What a lane needs to know of its surroundings. */
export interface LaneOptions {
  readonly deviceKey: string;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  /** Past so many bytes in the channel, directives stay in the mailbox only. */
  readonly maxQueuedBytes: number;
  /** The mailbox failed; the lane has ended its work and its channel should be closed, so that the device starts anew. */
  readonly onFailure: (error: unknown) => void;
  /** A directive was confirmed; milliseconds from flush to confirmation are the caller's to measure. */
  readonly onConfirmed?: (count: number) => void;
}

/** How many entries one fetch takes. */
const batchSize = 64;

export class Lane {
  readonly channel: DirectiveChannel;
  readonly #options: LaneOptions;
  #phase: LanePhase = { kind: "reading", again: false };
  /** The last sequence that was written. */
  #cursor = 0;
  /** Flushed and not yet covered by a PING. */
  #flushed: number[] = [];
  #confirming = false;

  constructor(channel: DirectiveChannel, options: LaneOptions) {
    this.channel = channel;
    this.#options = options;
    void this.#read();
  }

  /** Whether a directive that is appended now would go straight to the device. */
  get live(): boolean {
    return this.#phase.kind === "live";
  }

  /** An entry has become durable. Calls come in the order of the sequences. */
  appended(sequence: number, body: Uint8Array): void {
    switch (this.#phase.kind) {
      case "live":
        if (sequence <= this.#cursor) return;
        if (this.#full()) this.#phase = { kind: "blocked" };
        else this.#write(sequence, body);
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
  writeNow(body: Uint8Array): boolean {
    if (this.#phase.kind !== "live" || !this.channel.open || this.#full()) return false;
    this.channel.write(body, () => undefined);
    return true;
  }

  /** The downchannel has ended: nothing more is written or confirmed. */
  close(): void {
    this.#phase = { kind: "closed" };
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
          this.#write(entry.sequence, entry.body);
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

  #write(sequence: number, body: Uint8Array): void {
    this.#cursor = sequence;
    this.channel.write(body, () => this.#onFlushed(sequence));
  }

  #onFlushed(sequence: number): void {
    if (this.#phase.kind === "closed") return;
    this.#flushed.push(sequence);
    if (!this.#confirming) void this.#confirm();
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
  async #confirm(): Promise<void> {
    this.#confirming = true;
    try {
      while (this.#flushed.length > 0) {
        const covered = this.#flushed;
        this.#flushed = [];
        await this.channel.confirm();
        // Also when the lane was closed meanwhile: they did arrive.
        await this.#options.mailbox.acknowledge(this.#options.deviceKey, covered);
        this.#options.onConfirmed?.(covered.length);
      }
    } catch {
      // The connection is gone, or the mailbox is: the entries stay and are written again on the next downchannel.
    } finally {
      this.#confirming = false;
    }
  }
}
