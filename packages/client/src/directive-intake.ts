// The way of a directive through the client: repeats out, then the dialogue's rules, then to who takes it.

import { Dialogue } from "./dialogue/index.js";
import {
  type DirectiveHandlers,
  type DirectiveLimits,
  DuplicateFilter,
  type ReceivedDirective,
  readDirectives,
} from "./directives/index.js";
import type { EventResponse } from "./events/index.js";
import type { ClientNotice } from "./notices.js";
import type { TransportResponse } from "./transport/index.js";

/** Takes what comes on downchannels and in responses. */
export class DirectiveIntake {
  readonly dialogue: Dialogue;
  readonly #handlers: DirectiveHandlers;
  readonly #seen: DuplicateFilter;
  readonly #notify: (notice: ClientNotice) => void;

  /** @param remembered how many directives are remembered, so that a repeat is dropped */
  constructor(
    handlers: DirectiveHandlers,
    remembered: number,
    notify: (notice: ClientNotice) => void,
  ) {
    this.#handlers = handlers;
    this.#seen = new DuplicateFilter(remembered);
    this.#notify = notify;
    this.dialogue = new Dialogue({
      present: (directive) => this.#present(directive),
      stale: (directive) => notify({ kind: "directive-dropped", directive, reason: "stale" }),
      replaced: (previous, latest) => notify({ kind: "dialogue", previous, latest }),
    });
  }

  /** Reads a downchannel to its end. @throws {TrefoilError} as `readDirectives` */
  downchannel(response: TransportResponse, limits: DirectiveLimits): Promise<void> {
    return this.#read(response, "downchannel", limits, undefined);
  }

  /** Reads the answer to an event to its end. @throws {TrefoilError} as `readDirectives` */
  async response(
    response: TransportResponse,
    answer: EventResponse,
    limits: DirectiveLimits,
  ): Promise<void> {
    if (response.status !== 204) return this.#read(response, "response", limits, answer);
    // No content: leaving the loop ends the stream, should there be some all the same.
    const iterator = response.body[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
  }

  #read(
    { headers, body }: TransportResponse,
    source: "downchannel" | "response",
    limits: DirectiveLimits,
    answer: EventResponse | undefined,
  ): Promise<void> {
    return readDirectives(headers["content-type"], body, source, limits, {
      directive: (directive) => this.#arrived(directive, answer),
      rejected: (part) => this.#notify({ kind: "part-rejected", part }),
      incomplete: (messageIds) => {
        for (const messageId of messageIds) this.#seen.forget(messageId);
      },
      room: async () => {
        await this.dialogue.room();
        await this.#handlers.room();
      },
    });
  }

  #arrived(directive: ReceivedDirective, answer: EventResponse | undefined): void {
    if (!this.#seen.isNew(directive.header.messageId)) {
      directive.abandon();
      this.#notify({ kind: "directive-dropped", directive, reason: "duplicate" });
      return;
    }
    this.#notify({ kind: "directive", directive });
    answer?.arrived(directive);
    this.dialogue.arrived(directive);
  }

  #present(directive: ReceivedDirective): Promise<void> {
    const presented = this.#handlers.present(directive);
    if (presented !== undefined) return presented;
    this.#notify({ kind: "directive-unhandled", directive });
    return Promise.resolve();
  }
}
