// From the bytes of a downchannel or of a response to directives and their attachments.

import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";
import { type Directive, parseDirective } from "@trefoil/protocol/messages";
import {
  MultipartReader,
  type MultipartSink,
  type PartHeaders,
  boundaryOf,
  contentIdOf,
  contentTypeOf,
} from "@trefoil/protocol/multipart";
import { AttachmentShelf, type ShelfLimits } from "./attachment-shelf.js";
import type { Attachment } from "./attachment.js";
import { contentReferences } from "./content-references.js";
import { type DirectiveSource, ReceivedDirective } from "./received-directive.js";

/** How much is taken from one response. Sizes in bytes. */
export interface DirectiveLimits extends ShelfLimits {
  /** Parts, attachments included; a downchannel has no such bound. */
  readonly maxParts: number;
  /** The JSON of one directive. */
  readonly maxDirectiveBytes: number;
  /** The headers of one part. */
  readonly maxPartHeaderBytes: number;
}

/** Why a part was left out; the parts around it are not affected. */
export type RejectedPart =
  | { readonly kind: "malformed-directive"; readonly error: TrefoilError }
  | { readonly kind: "unnamed-attachment"; readonly contentId: string | undefined };

/** Who takes what a response holds. */
export interface DirectiveSink {
  /** A directive is complete; its attachments may still be on the way. Must not throw. */
  directive(directive: ReceivedDirective): void;
  /** A part was left out. Must not throw. */
  rejected(part: RejectedPart): void;
  /** Directives whose attachments were cut off: their `messageId`s may be sent again and are then wanted. */
  incomplete(messageIds: readonly string[]): void;
  /** Resolves when more may be taken: while it does not, the gateway is slowed. */
  room(): Promise<void>;
}

/**
 * Reads a response to its end, handing over each directive as soon as the delimiter after it has arrived.
 * @param contentType the response's Content-Type
 * @param body its bytes
 * @throws {TrefoilError} `unsupported_media_type`, `malformed_multipart` or `payload_too_large` where it is not what a
 *   gateway sends, `unavailable` where it was cut; what came before has been handed over
 */
export async function readDirectives(
  contentType: string | undefined,
  body: AsyncIterable<Uint8Array>,
  source: DirectiveSource,
  limits: DirectiveLimits,
  sink: DirectiveSink,
): Promise<void> {
  const shelf = new AttachmentShelf(limits, (contentId) =>
    sink.rejected({ kind: "unnamed-attachment", contentId }),
  );
  try {
    const parts = new Parts(source, shelf, sink);
    const reader = new MultipartReader(boundaryOf(contentType), parts, {
      maxParts: limits.maxParts,
      maxPartHeaderBytes: limits.maxPartHeaderBytes,
      maxPartBytes: (_, headers) => (isJson(headers) ? limits.maxDirectiveBytes : Infinity),
    });
    let empty = true;
    for await (const chunk of body) {
      empty = false;
      reader.push(chunk);
      await shelf.room();
      await sink.room();
    }
    if (!empty) reader.end();
  } catch (thrown) {
    const error = isTrefoilError(thrown)
      ? thrown
      : new TrefoilError("unavailable", "The response could not be read.", { cause: thrown });
    const losers = shelf.abort(error);
    if (losers.length > 0) sink.incomplete(losers);
    throw error;
  }
  shelf.finish();
}

/** Sorts parts into directives and attachments as they arrive. */
class Parts implements MultipartSink {
  readonly #source: DirectiveSource;
  readonly #shelf: AttachmentShelf;
  readonly #sink: DirectiveSink;
  #current: "directive" | "attachment" | "nothing" = "nothing";
  #json: Uint8Array[] = [];

  constructor(source: DirectiveSource, shelf: AttachmentShelf, sink: DirectiveSink) {
    this.#source = source;
    this.#shelf = shelf;
    this.#sink = sink;
  }

  partBegin(headers: PartHeaders): void {
    if (isJson(headers)) {
      this.#current = "directive";
      this.#json = [];
      return;
    }
    const contentId = contentIdOf(headers);
    const type = contentTypeOf(headers)?.type ?? "application/octet-stream";
    const wanted = contentId !== undefined && this.#shelf.begin(contentId, type);
    this.#current = wanted ? "attachment" : "nothing";
    if (!wanted) this.#sink.rejected({ kind: "unnamed-attachment", contentId });
  }

  partData(bytes: Uint8Array): void {
    if (this.#current === "directive") this.#json.push(bytes.slice());
    else if (this.#current === "attachment") this.#shelf.push(bytes);
  }

  partEnd(): void {
    if (this.#current === "directive") this.#directive();
    else if (this.#current === "attachment") this.#shelf.end();
    this.#current = "nothing";
  }

  #directive(): void {
    let directive: Directive;
    try {
      directive = parseDirective(joined(this.#json));
    } catch (thrown) {
      this.#sink.rejected({ kind: "malformed-directive", error: TrefoilError.from(thrown) });
      return;
    } finally {
      this.#json = [];
    }
    const attachments = new Map<string, Attachment>();
    for (const contentId of contentReferences(directive.payload)) {
      attachments.set(contentId, this.#shelf.claim(contentId, directive.header.messageId));
    }
    this.#sink.directive(new ReceivedDirective(directive, this.#source, attachments));
  }
}

/** A part without a Content-Type and without a Content-Id is taken for a directive too: nothing else could name it. */
function isJson(headers: PartHeaders): boolean {
  const type = contentTypeOf(headers)?.type;
  if (type === undefined) return contentIdOf(headers) === undefined;
  return type === "application/json";
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
