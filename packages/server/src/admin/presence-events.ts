// Presence as server-sent events: each coming and going as it happens, with a heartbeat, bounded in memory and in number.
// @see https://html.spec.whatwg.org/multipage/server-sent-events.html

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { DevicePresence, PresenceChange, PresenceFeed } from "../delivery/index.js";
import { describeConnection } from "./devices.js";

/** What the watch is made of. */
export interface PresenceWatchOptions {
  readonly feed: PresenceFeed;
  readonly clock: Clock;
  /** Most watchers at once; default 64. */
  readonly maxWatchers?: number;
  /** Bytes that one watcher may leave unread; default 256 KiB. */
  readonly maxUnread?: number;
}

/** Which changes a watcher wants. */
export interface PresenceWatchFilter {
  readonly accountId?: string;
  /** The id of the last event that was seen (`Last-Event-ID`). */
  readonly after?: string;
}

/** Milliseconds of silence after which a comment shows that the line is alive. */
const heartbeat = 15_000;

/** Milliseconds that a browser waits before it comes back. */
const reconnectAfter = 2_000;

const defaultMaxUnread = 262_144;

const encoder = new TextEncoder();

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  // nginx would hold events back until its buffer is full.
  "x-accel-buffering": "no",
} as const;

/** Everyone who watches. */
export class PresenceWatch {
  readonly #options: PresenceWatchOptions;
  readonly #watchers = new Set<Watcher>();
  #closed = false;

  constructor(options: PresenceWatchOptions) {
    this.#options = options;
  }

  /** How many watch. */
  get size(): number {
    return this.#watchers.size;
  }

  /**
   * The answer to one watcher: it goes on until the watcher leaves, falls behind, or {@link close} is called.
   * @param headOnly whether only the headers were asked for
   * @throws {TrefoilError} `unavailable` where too many watch already, or the server is about to end
   */
  answer(filter: PresenceWatchFilter, headOnly: boolean): Response {
    const { maxWatchers = 64 } = this.#options;
    if (headOnly) return new Response(null, { headers });
    if (this.#closed) {
      throw new TrefoilError("unavailable", "The server is about to end.", { retryAfter: 1 });
    }
    if (this.#watchers.size >= maxWatchers) {
      throw new TrefoilError("unavailable", `${maxWatchers} watchers are connected already.`, {
        retryAfter: 30,
      });
    }
    const watcher = new Watcher(this.#options, filter, () => this.#watchers.delete(watcher));
    this.#watchers.add(watcher);
    watcher.follow();
    return new Response(watcher.stream, { headers });
  }

  /** Tells every watcher that the server ends, and takes no new ones. */
  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers) watcher.end("draining");
  }
}

class Watcher {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #options: PresenceWatchOptions;
  readonly #filter: PresenceWatchFilter;
  readonly #onGone: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #stopFollowing: (() => void) | undefined;
  #beat: Timer | undefined;

  constructor(options: PresenceWatchOptions, filter: PresenceWatchFilter, onGone: () => void) {
    this.#options = options;
    this.#filter = filter;
    this.#onGone = onGone;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#leave(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: options.maxUnread ?? defaultMaxUnread }),
    );
  }

  /** Begins: with where the feed stands, and what was missed where that is known and fits. */
  follow(): void {
    const { feed, maxUnread = defaultMaxUnread } = this.#options;
    const { missed, position, stop } = feed.follow(this.#filter.after, (change) =>
      this.#changed(change),
    );
    this.#stopFollowing = stop;
    const replay =
      missed.kind === "forgotten"
        ? undefined
        : missed.changes.filter(({ presence }) => this.#wants(presence)).map(eventOfChange);
    const size = replay?.reduce((sum, { byteLength }) => sum + byteLength, 0) ?? 0;
    const resumed = replay !== undefined && size <= maxUnread / 2;
    this.#write(encoder.encode(`retry: ${reconnectAfter}\n\n`));
    // Before the missed changes without an id of its own: who loses the line among them asks for the rest.
    this.#write(eventOf("ready", resumed ? undefined : position, { resumed }));
    if (resumed) for (const bytes of replay) this.#write(bytes);
  }

  end(reason: "draining" | "overflow"): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    controller.enqueue(eventOf("end", undefined, { reason }));
    controller.close();
    this.#leave();
  }

  #changed(change: PresenceChange): void {
    if (this.#wants(change.presence)) this.#write(eventOfChange(change));
  }

  #wants({ accountId }: DevicePresence): boolean {
    return this.#filter.accountId === undefined || this.#filter.accountId === accountId;
  }

  #write(bytes: Uint8Array): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    if ((controller.desiredSize ?? 0) < bytes.byteLength) {
      this.end("overflow");
      return;
    }
    controller.enqueue(bytes);
    this.#beat?.cancel();
    this.#beat = this.#options.clock.after(heartbeat, () =>
      this.#write(encoder.encode(": heartbeat\n\n")),
    );
  }

  #leave(): void {
    this.#controller = undefined;
    this.#beat?.cancel();
    this.#stopFollowing?.();
    this.#onGone();
  }
}

function eventOfChange({ id, presence }: PresenceChange): Uint8Array {
  return eventOf("presence", id, describeConnection(presence));
}

function eventOf(name: string, id: string | undefined, data: object): Uint8Array {
  const lines = [`event: ${name}`, ...(id === undefined ? [] : [`id: ${id}`])];
  // JSON has no line feeds of its own, so that one `data` line holds it.
  return encoder.encode(`${lines.join("\n")}\ndata: ${JSON.stringify(data)}\n\n`);
}
