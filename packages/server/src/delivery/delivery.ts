// Delivery: takes directives for devices, keeps them in the mailbox, and feeds each open downchannel through its lane.

import type { Clock } from "@trefoil/protocol/clock";
import { buildDirective, encodeDirective } from "@trefoil/protocol/messages";
import type { DeliveryConfig } from "../config/index.js";
import type { DirectiveChannel } from "./channel.js";
import type {
  DirectiveSender,
  OutgoingDirective,
  SendOptions,
  SendOutcome,
} from "./directive-sender.js";
import { Lane } from "./lane.js";
import type { Mailbox } from "./mailbox.js";

/** What delivery counts; the names are those of the metrics. */
export interface DeliveryCounts {
  queued: number;
  confirmed: number;
  droppedOverflow: number;
  droppedOffline: number;
}

/** What delivery is made of. */
export interface DeliveryOptions {
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly config: DeliveryConfig;
  /** Bytes that may wait in memory for one device. */
  readonly maxQueuedBytes: number;
}

export class Delivery implements DirectiveSender {
  readonly counts: DeliveryCounts = {
    queued: 0,
    confirmed: 0,
    droppedOverflow: 0,
    droppedOffline: 0,
  };
  readonly #options: DeliveryOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  async send(
    deviceKey: string,
    outgoing: OutgoingDirective,
    options: SendOptions = {},
  ): Promise<SendOutcome> {
    const { mailbox, clock, config } = this.#options;
    const directive = buildDirective(outgoing.name, outgoing.payload, outgoing);
    const { messageId } = directive.header;
    const body = encodeDirective(directive);
    const ttl = options.ttl ?? config.ttlSeconds;
    if (ttl === 0) {
      if (this.#lanes.get(deviceKey)?.writeNow(body) === true)
        return { kind: "written", messageId };
      this.counts.droppedOffline++;
      return { kind: "dropped", messageId };
    }
    const sequence = await mailbox.append({
      deviceKey,
      messageId,
      body,
      expiresAt: clock.now() + ttl * 1000,
      required: options.required ?? false,
    });
    this.counts.queued++;
    const lane = this.#lanes.get(deviceKey);
    lane?.appended(sequence, body);
    // The queue of a device that takes what it gets cannot grow: only the others' are counted.
    if (lane === undefined || !lane.live) {
      this.counts.droppedOverflow += await mailbox.trim(deviceKey, config.maxQueueLength);
    }
    return { kind: "queued", messageId };
  }

  /**
   * A downchannel has opened: what waits is written to it, oldest first, and from then on what is sent.
   * An earlier channel of the device gets nothing more.
   * @param onFailure the mailbox could not be read: the channel should end
   */
  attach(deviceKey: string, channel: DirectiveChannel, onFailure: (error: unknown) => void): void {
    const { mailbox, clock, maxQueuedBytes } = this.#options;
    this.#lanes.get(deviceKey)?.close();
    this.#lanes.set(
      deviceKey,
      new Lane(channel, {
        deviceKey,
        mailbox,
        clock,
        maxQueuedBytes,
        onFailure,
        onConfirmed: (count) => {
          this.counts.confirmed += count;
        },
      }),
    );
  }

  /** A downchannel has ended. Ignored where a newer one has taken its place. */
  detach(deviceKey: string, channel: DirectiveChannel): void {
    const lane = this.#lanes.get(deviceKey);
    if (lane?.channel !== channel) return;
    lane.close();
    this.#lanes.delete(deviceKey);
  }

  /** Forgets what waits for a device that has changed hands. */
  async purge(deviceKey: string): Promise<void> {
    await this.#options.mailbox.purge(deviceKey);
  }
}
