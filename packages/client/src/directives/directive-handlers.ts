// Who takes which directive: handlers by name, and feeds that take every one.

import type { Payload } from "@trefoil/protocol/messages";
import type { Attachment } from "./attachment.js";
import { DirectiveFeed } from "./directive-feed.js";
import type { ReceivedDirective } from "./received-directive.js";

/**
 * Presents one directive. Where it returns a promise, the next directive of the same dialogue is handed over when that
 * has resolved: speak until `directive.signal` is aborted, then return.
 * @param attachment the first attachment that the payload names by `cid:`
 */
export type DirectiveHandler<P = Payload> = (
  directive: ReceivedDirective<P>,
  attachment: Attachment | undefined,
) => unknown;

/** The client's own use of a directive: undefined where it has none, else a promise that resolves when it is done. */
export type OwnUse = (directive: ReceivedDirective) => Promise<void> | undefined;

/** The handlers of one client. */
export class DirectiveHandlers {
  readonly #handlers = new Map<string, Set<DirectiveHandler>>();
  readonly #feeds = new Set<DirectiveFeed>();
  readonly #failed: (directive: ReceivedDirective, error: unknown) => void;
  readonly #own: OwnUse;

  /**
   * @param failed a handler threw or rejected; the others are not affected
   * @param own the client's own use of a directive, beside whoever else takes it
   */
  constructor(
    failed: (directive: ReceivedDirective, error: unknown) => void,
    own: OwnUse = () => undefined,
  ) {
    this.#failed = failed;
    this.#own = own;
  }

  /**
   * Adds a handler.
   * @param name `Namespace.Name`, or `*` for what no other handler takes
   * @returns takes it away again
   */
  add(name: string, handler: DirectiveHandler): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  /** A feed of every directive from now on, until it is left. */
  feed(): DirectiveFeed {
    const feed = new DirectiveFeed(() => this.#feeds.delete(feed));
    this.#feeds.add(feed);
    return feed;
  }

  /** Hands a directive to whoever takes it; resolves when all are done. Undefined where nobody does. */
  present(directive: ReceivedDirective): Promise<void> | undefined {
    const named = this.#handlers.get(directive.name) ?? none;
    const handlers = named.size > 0 ? named : (this.#handlers.get("*") ?? none);
    const own = this.#takeOwn(directive);
    if (handlers.size === 0 && this.#feeds.size === 0 && own === undefined) return undefined;
    const done: Promise<unknown>[] = own === undefined ? [] : [own];
    for (const handler of handlers) done.push(this.#run(handler, directive));
    for (const feed of this.#feeds) done.push(feed.present(directive));
    return Promise.all(done).then(() => undefined);
  }

  /** Resolves when every feed has room. */
  async room(): Promise<void> {
    for (const feed of this.#feeds) await feed.room();
  }

  /** Ends the feeds. */
  close(): void {
    for (const feed of this.#feeds) feed.end();
  }

  #takeOwn(directive: ReceivedDirective): Promise<void> | undefined {
    const failed = (error: unknown) => this.#failed(directive, error);
    try {
      return this.#own(directive)?.then(undefined, failed);
    } catch (error) {
      failed(error);
      return Promise.resolve();
    }
  }

  async #run(handler: DirectiveHandler, directive: ReceivedDirective): Promise<void> {
    try {
      await handler(directive, directive.attachment());
    } catch (error) {
      this.#failed(directive, error);
    }
  }
}

const none: ReadonlySet<DirectiveHandler> = new Set();
