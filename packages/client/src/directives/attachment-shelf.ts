// Where attachments of one response meet the directives that name them, whichever comes first.

import { TrefoilError } from "@trefoil/protocol/errors";
import { Latch } from "../streams/index.js";
import { type Attachment, IncomingAttachment } from "./attachment.js";

/** How much one response may leave here. */
export interface ShelfLimits {
  /** Bytes held over all attachments; past that the oldest that nobody reads is given up, at last the arriving one. */
  readonly maxHeldBytes: number;
  /** Attachments that were named and did not come yet, and those that came unnamed; past that the oldest is given up. */
  readonly maxWaiting: number;
  /**
   * Whether the response may be held up while a reader has this many bytes before it; undefined for the downchannel,
   * which carries what must not wait.
   */
  readonly pauseAboveBytes: number | undefined;
}

/** Complete attachments that nobody has read yet and whose bytes are counted. */
const maxUnread = 256;

/** One attachment and which directive asked for it. */
interface Entry {
  readonly incoming: IncomingAttachment;
  /** `messageId` of the directive that named it. */
  claimedBy: string | undefined;
}

/** The attachments of one response. */
export class AttachmentShelf {
  readonly #limits: ShelfLimits;
  readonly #unnamed: (contentId: string) => void;
  readonly #entries = new Map<string, Entry>();
  /** Open while the response may flow. */
  readonly #room = new Latch(true);
  #arriving: IncomingAttachment | undefined;

  /** @param unnamed an attachment was let go because no directive named it */
  constructor(limits: ShelfLimits, unnamed: (contentId: string) => void) {
    this.#limits = limits;
    this.#unnamed = unnamed;
  }

  /** The attachment that a directive names, whether it has arrived or not. */
  claim(contentId: string, messageId: string): Attachment {
    const entry = this.#entries.get(contentId) ?? this.#add(contentId);
    entry.claimedBy ??= messageId;
    return entry.incoming.attachment;
  }

  /**
   * An attachment's part begins.
   * @returns whether it is wanted: a second part of the same id is not
   */
  begin(contentId: string, contentType: string): boolean {
    const entry = this.#entries.get(contentId) ?? this.#add(contentId);
    if (entry.incoming.state !== "awaited") return false;
    entry.incoming.begin(contentType);
    this.#arriving = entry.incoming;
    return true;
  }

  /** Bytes of the part that began last. */
  push(bytes: Uint8Array): void {
    const arriving = this.#arriving;
    if (arriving === undefined || arriving.state !== "arriving") return;
    arriving.push(bytes);
    this.#boundHeldBytes(arriving);
    this.#measure();
  }

  /** The part that began last is complete. */
  end(): void {
    if (this.#arriving?.state === "arriving") this.#arriving.end();
    this.#arriving = undefined;
    this.#sweep();
  }

  /** Resolves when the response may flow on: no reader is behind by more than the limit. */
  room(): Promise<void> {
    return this.#room.passed();
  }

  /** The response has ended in good order: what was named and never came fails, what came and was never named is let go. */
  finish(): void {
    for (const [contentId, { incoming, claimedBy }] of this.#entries) {
      if (incoming.state === "awaited") {
        incoming.fail(
          new TrefoilError("not_found", "The response ended without the attachment it announced."),
        );
      } else if (claimedBy === undefined) {
        incoming.discard();
        this.#unnamed(contentId);
      } else {
        incoming.end();
      }
    }
    this.#close();
  }

  /**
   * The response was cut: what is not complete fails.
   * @returns the `messageId` of each directive that has lost an attachment
   */
  abort(error: TrefoilError): string[] {
    const losers = new Set<string>();
    for (const { incoming, claimedBy } of this.#entries.values()) {
      if (claimedBy === undefined) {
        incoming.discard();
      } else if (incoming.state !== "complete") {
        incoming.fail(error);
        losers.add(claimedBy);
      }
    }
    this.#close();
    return [...losers];
  }

  #add(contentId: string): Entry {
    const incoming = new IncomingAttachment(contentId, {
      taken: () => this.#measure(),
      cancelled: () => this.#measure(),
    });
    const entry: Entry = { incoming, claimedBy: undefined };
    this.#entries.set(contentId, entry);
    this.#boundWaiting(entry);
    return entry;
  }

  /** Only a reader may hold the response up: who never reads an attachment must not stop what comes after it. */
  #measure(): void {
    const { pauseAboveBytes } = this.#limits;
    if (pauseAboveBytes === undefined) return;
    const arriving = this.#arriving;
    const full =
      arriving !== undefined &&
      arriving.state === "arriving" &&
      arriving.reading &&
      arriving.queued > pauseAboveBytes;
    if (full) this.#room.close();
    else this.#room.open();
  }

  #boundWaiting(newest: Entry): void {
    const waiting = [...this.#entries].filter(
      ([, entry]) =>
        entry !== newest &&
        entry.incoming !== this.#arriving &&
        (entry.claimedBy === undefined || entry.incoming.state === "awaited"),
    );
    for (const [contentId, { incoming, claimedBy }] of waiting.slice(0, -this.#limits.maxWaiting)) {
      if (claimedBy === undefined) this.#unnamed(contentId);
      incoming.fail(
        new TrefoilError("not_found", "Too many other attachments came or were announced since."),
        "dropped",
      );
      this.#entries.delete(contentId);
    }
  }

  #boundHeldBytes(arriving: IncomingAttachment): void {
    const { maxHeldBytes } = this.#limits;
    let held = 0;
    for (const { incoming } of this.#entries.values()) held += incoming.queued;
    if (held <= maxHeldBytes) return;
    const tooMuch = new TrefoilError(
      "payload_too_large",
      `More than ${maxHeldBytes} bytes of attachments waited to be read.`,
    );
    for (const [contentId, { incoming }] of this.#entries) {
      if (incoming === arriving || incoming.reading || incoming.queued === 0) continue;
      held -= incoming.queued;
      incoming.fail(tooMuch, "dropped");
      this.#entries.delete(contentId);
      if (held <= maxHeldBytes) return;
    }
    arriving.fail(tooMuch, "dropped");
  }

  /** A downchannel lives for days: what is complete and was handed to a directive need not be remembered. */
  #sweep(): void {
    let unread = 0;
    for (const { incoming } of this.#entries.values()) if (incoming.state === "complete") unread++;
    for (const [contentId, { incoming, claimedBy }] of this.#entries) {
      if (claimedBy === undefined || incoming.state !== "complete") continue;
      if (incoming.queued === 0 || unread > maxUnread) {
        // It stays with the directive; only who counts its bytes forgets it.
        this.#entries.delete(contentId);
        unread--;
      }
    }
    this.#measure();
  }

  #close(): void {
    this.#entries.clear();
    this.#arriving = undefined;
    this.#room.open();
  }
}
