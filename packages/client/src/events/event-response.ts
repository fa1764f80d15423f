// The gateway's answer to one event: directives as they arrive, for whoever sent it.

import type { TrefoilError } from "@trefoil/protocol/errors";
import type { ReceivedDirective } from "../directives/index.js";
import { Latch } from "../streams/index.js";

/** An answer; its directives may still be on the way. Iterate it, as often as you like, each time from the start. */
export class EventResponse implements AsyncIterable<ReceivedDirective> {
  /** 200 with directives, 204 without. */
  readonly status: number;
  /** The event's. */
  readonly messageId: string;
  /** The event's, where it began or continued a dialogue. */
  readonly dialogRequestId: string | undefined;
  readonly #directives: ReceivedDirective[] = [];
  readonly #news = new Latch();
  #ending: "open" | "complete" | TrefoilError = "open";

  /** Made by the client. */
  constructor(status: number, messageId: string, dialogRequestId: string | undefined) {
    this.status = status;
    this.messageId = messageId;
    this.dialogRequestId = dialogRequestId;
  }

  /** Each directive as it arrives; throws where the response is cut, after what came before. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedDirective, void, undefined> {
    for (let index = 0; ;) {
      const directive = this.#directives[index];
      if (directive !== undefined) {
        index++;
        yield directive;
      } else if (this.#ending === "open") {
        await this.#news.passed();
      } else if (this.#ending === "complete") {
        return;
      } else {
        throw this.#ending;
      }
    }
  }

  /**
   * All directives, once the response is complete.
   * @throws {TrefoilError} `unavailable` where it was cut, `malformed_multipart` where it is none
   */
  async directives(): Promise<readonly ReceivedDirective[]> {
    while (this.#ending === "open") await this.#news.passed();
    if (this.#ending !== "complete") throw this.#ending;
    return this.#directives;
  }

  /** @internal */
  arrived(directive: ReceivedDirective): void {
    this.#directives.push(directive);
    this.#tell();
  }

  /** @internal */
  end(error?: TrefoilError): void {
    if (this.#ending === "open") this.#ending = error ?? "complete";
    this.#tell();
  }

  #tell(): void {
    this.#news.open();
    this.#news.close();
  }
}
