// Delivery: takes directives for devices, keeps them in the mailbox, and feeds each open downchannel through its lane.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { buildDirective, stringifyDirective } from "@trefoil/protocol/messages";
import type { DeliveryConfig } from "../config/index.js";
import { type Logger, silentLogger } from "../logging/index.js";
import {
  DeliveryMeasures,
  type DropReason,
  type SpanContext,
  beginSpan,
  failSpan,
  isHeard,
  isTraced,
  publish,
} from "../observability/index.js";
import type { DirectiveChannel } from "./channel.js";
import type {
  AccountDevices,
  DeviceOutcome,
  DirectiveSender,
  OutgoingDirective,
  Recipients,
  SendOptions,
  SendOutcome,
  SendOutcomes,
} from "./directive-sender.js";
import { Lane, type Letter } from "./lane.js";
import type { Mailbox } from "./mailbox.js";

/** What delivery is made of. */
export interface DeliveryOptions {
  readonly mailbox: Mailbox;
  readonly accounts: AccountDevices;
  readonly clock: Clock;
  readonly config: DeliveryConfig;
  /** Bytes that may wait in memory for one device. */
  readonly maxQueuedBytes: number;
  /** Default: none. */
  readonly log?: Logger;
  /** Where it counts; its own unless given. */
  readonly measures?: DeliveryMeasures;
}

export class Delivery implements DirectiveSender {
  readonly measures: DeliveryMeasures;
  readonly #options: DeliveryOptions;
  readonly #log: Logger;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLogger;
    this.measures = options.measures ?? new DeliveryMeasures();
  }

  async send(
    deviceKey: string,
    outgoing: OutgoingDirective,
    options: SendOptions = {},
  ): Promise<SendOutcome> {
    const sealed = this.#seal(outgoing, options);
    return { kind: await this.#post(deviceKey, sealed), messageId: sealed.messageId };
  }

  async sendToAll(
    recipients: Recipients,
    outgoing: OutgoingDirective,
    options: SendOptions = {},
  ): Promise<SendOutcomes> {
    const sealed = this.#seal(outgoing, options);
    const known = this.#keysOf(recipients);
    // Not awaited where it is known: what is sent to one of these devices next would overtake.
    const deviceKeys = known instanceof Promise ? await known : known;
    // Begun in one turn of the event loop, so that all of them share a transaction.
    const devices = deviceKeys.map((deviceKey): Promise<DeviceOutcome> =>
      this.#post(deviceKey, sealed).then(
        (kind) => ({ deviceKey, kind }),
        (thrown: unknown) => {
          this.#log.error("A directive could not be queued.", {
            deviceKey,
            messageId: sealed.messageId,
            err: thrown,
          });
          return { deviceKey, kind: "failed", error: TrefoilError.from(thrown) };
        },
      ),
    );
    return { messageId: sealed.messageId, devices: await Promise.all(devices) };
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
        log: this.#log,
        measures: this.measures,
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

  /** Removes what has expired, of all devices. */
  async sweep(): Promise<void> {
    const { mailbox, clock } = this.#options;
    const expired = await mailbox.sweep(clock.now());
    if (expired === 0) return;
    this.measures.drops.add("expired", expired);
    this.#log.info("Directives expired before their devices came.", { expired });
  }

  #keysOf(recipients: Recipients): readonly string[] | Promise<readonly string[]> {
    switch (recipients.kind) {
      case "devices":
        return [...new Set(recipients.deviceKeys)];
      case "account": {
        const except = new Set(recipients.except);
        return this.#options.accounts
          .devicesOf(recipients.accountId)
          .then((all) => all.filter((deviceKey) => !except.has(deviceKey)));
      }
    }
  }

  #seal(outgoing: OutgoingDirective, options: SendOptions): Outgoing {
    const { clock, config } = this.#options;
    const directive = buildDirective(outgoing.name, outgoing.payload, outgoing);
    const ttl = options.ttl ?? config.ttlSeconds;
    const queuedAt = clock.now();
    return {
      name: outgoing.name,
      messageId: directive.header.messageId,
      body: stringifyDirective(directive),
      sentAt: performance.now(),
      queuedAt,
      expiresAt: ttl === 0 ? undefined : queuedAt + ttl * 1000,
      required: options.required ?? false,
    };
  }

  async #post(deviceKey: string, outgoing: Outgoing): Promise<SendOutcome["kind"]> {
    const { name, messageId } = outgoing;
    const span = isTraced()
      ? beginSpan(`send ${name}`, {
          kind: "producer",
          attributes: { "trefoil.device_key": deviceKey, "messaging.message.id": messageId },
        })
      : undefined;
    try {
      const kind =
        outgoing.expiresAt === undefined
          ? this.#writeNow(deviceKey, outgoing)
          : await this.#queue(deviceKey, outgoing, outgoing.expiresAt, span?.spanContext());
      this.measures.sends.add(kind);
      span?.setAttribute("trefoil.outcome", kind);
      span?.end();
      return kind;
    } catch (error) {
      this.measures.sends.add("failed");
      failSpan(span, "The directive could not be queued.");
      throw error;
    }
  }

  #writeNow(deviceKey: string, outgoing: Outgoing): "written" | "dropped" {
    if (this.#lanes.get(deviceKey)?.writeNow(outgoing) === true) return "written";
    this.#dropped(deviceKey, "offline", 1);
    return "dropped";
  }

  async #queue(
    deviceKey: string,
    outgoing: Outgoing,
    expiresAt: number,
    cause: SpanContext | undefined,
  ): Promise<"queued"> {
    const { name, messageId, body, queuedAt, required } = outgoing;
    const sequence = await this.#options.mailbox.append({
      deviceKey,
      messageId,
      body,
      queuedAt,
      expiresAt,
      required,
    });
    if (this.#log.isEnabled("debug")) {
      this.#log.debug("A directive was queued.", { deviceKey, messageId, directive: name });
    }
    if (isHeard("trefoil:directive:queued")) {
      publish("trefoil:directive:queued", { deviceKey, messageId, name });
    }
    const lane = this.#lanes.get(deviceKey);
    lane?.appended(sequence, outgoing, cause);
    // The queue of a device that takes what it gets cannot grow: only the others' are counted.
    if (lane === undefined || !lane.live) await this.#trim(deviceKey);
    return "queued";
  }

  /** Never fails: the directive that was appended before is accepted, whatever becomes of older ones. */
  async #trim(deviceKey: string): Promise<void> {
    const { mailbox, config } = this.#options;
    try {
      const dropped = await mailbox.trim(deviceKey, config.maxQueueLength);
      if (dropped === 0) return;
      this.#dropped(deviceKey, "overflow", dropped);
      this.#log.warn("A device's queue is full: its oldest directives were dropped.", {
        deviceKey,
        dropped,
      });
    } catch (error) {
      this.#log.error("A device's queue could not be trimmed.", { deviceKey, err: error });
    }
  }

  #dropped(deviceKey: string, reason: DropReason & ("overflow" | "offline"), count: number): void {
    this.measures.drops.add(reason, count);
    publish("trefoil:directive:dropped", { deviceKey, reason, count });
  }
}

/** A directive that is ready to go, to one device or to many. */
interface Outgoing extends Letter {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  /** Milliseconds since the epoch; undefined: now or never. */
  readonly expiresAt: number | undefined;
  readonly required: boolean;
}
