// A directive as an application gets it: its message, its attachments, and how long it matters.

import {
  type Directive,
  type MessageHeader,
  type MessageName,
  type Payload,
  nameOf,
} from "@trefoil/protocol/messages";
import type { Attachment } from "./attachment.js";
import { contentIdOfUrl } from "./content-references.js";

/** Where a directive came: unasked on the downchannel, or in the response to an event. */
export type DirectiveSource = "downchannel" | "response";

/** One directive from the gateway. */
export class ReceivedDirective<P = Payload> {
  /** `Namespace.Name`. */
  readonly name: MessageName;
  readonly header: MessageHeader;
  readonly payload: P;
  readonly source: DirectiveSource;
  /** What the payload names by `cid:`, by content id, in the payload's order. */
  readonly attachments: ReadonlyMap<string, Attachment>;
  readonly #abandon = new AbortController();

  constructor(
    directive: Directive,
    source: DirectiveSource,
    attachments: ReadonlyMap<string, Attachment>,
  ) {
    this.name = nameOf(directive.header);
    this.header = directive.header;
    // What the payload is, is known by the directive's name alone; see `DirectivePayload`.
    this.payload = directive.payload as P;
    this.source = source;
    this.attachments = attachments;
  }

  /** Aborted when the directive's dialogue was replaced by a newer one, or the client closed: stop presenting it. */
  get signal(): AbortSignal {
    return this.#abandon.signal;
  }

  /**
   * One of its attachments.
   * @param url the `cid:...` of the payload's member; the first attachment unless given
   */
  attachment(url?: string): Attachment | undefined {
    if (url === undefined) return this.attachments.values().next().value;
    const contentId = contentIdOfUrl(url);
    return contentId === undefined ? undefined : this.attachments.get(contentId);
  }

  /** The message as it travels: `JSON.stringify(directive)` is `{"header":...,"payload":...}`. */
  toJSON(): { readonly header: MessageHeader; readonly payload: P } {
    return { header: this.header, payload: this.payload };
  }

  /** @internal It no longer matters: whoever presents it stops, and its attachments are let go. */
  abandon(): void {
    this.#abandon.abort();
    for (const attachment of this.attachments.values()) attachment.cancel();
  }
}
