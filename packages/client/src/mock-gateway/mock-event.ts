// An event as a mock gateway got it: its message at once, its attachments as they arrive.

import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import {
  type ContextEntry,
  type Directive,
  type EventEnvelope,
  type MessageName,
  type Payload,
  buildDirective,
  nameOf,
  parseEvent,
} from "@trefoil/protocol/messages";
import { MultipartReader, boundaryOf, dispositionName } from "@trefoil/protocol/multipart";
import { ByteStream } from "../streams/index.js";

/** Most bytes of one attachment that are kept: what gateways take. */
const maxAttachmentBytes = 10_485_760;

/** One event. */
export class MockEvent {
  /** `Namespace.Name`. */
  readonly name: MessageName;
  readonly messageId: string;
  readonly dialogRequestId: string | undefined;
  readonly payload: Payload;
  readonly context: readonly ContextEntry[];
  /** The request's. */
  readonly headers: IncomingHttpHeaders;
  /** Which connection it came on, from 0. */
  readonly connection: number;
  /** The bytes of all attachments as they arrive: speech. Can be read once; nobody has to. */
  readonly speech: AsyncIterable<Uint8Array>;
  /** Attachments by their names; each is whole once {@link ended} has resolved. */
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** Resolves when the request has ended; rejects where it was cut or cannot be read. */
  readonly ended: Promise<void>;

  /** Made by the mock gateway. */
  constructor(
    { context, event }: EventEnvelope,
    request: { readonly headers: IncomingHttpHeaders; readonly connection: number },
    body: Pick<MockEvent, "speech" | "attachments" | "ended">,
  ) {
    this.name = nameOf(event.header);
    this.messageId = event.header.messageId;
    this.dialogRequestId = event.header.dialogRequestId;
    this.payload = event.payload;
    this.context = context;
    this.headers = request.headers;
    this.connection = request.connection;
    this.speech = body.speech;
    this.attachments = body.attachments;
    this.ended = body.ended;
  }

  /** A directive that answers this event: it carries the event's `dialogRequestId`, if that has one. */
  reply(name: MessageName, payload: Payload): Directive {
    return buildDirective(name, payload, { dialogRequestId: this.dialogRequestId });
  }

  /** The context object of that name, if it went along. */
  contextOf(name: MessageName): Payload | undefined {
    return this.context.find(({ header }) => `${header.namespace}.${header.name}` === name)
      ?.payload;
  }
}

/**
 * Reads a request until its message is complete; its attachments go on arriving.
 * @throws {TrefoilError} where it is no event
 */
export function readEvent(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  connection: number,
): Promise<MockEvent> {
  return new Promise((resolve, reject) => {
    const speech = new ByteStream();
    const attachments = new Map<string, Uint8Array>();
    let settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
    const ended = new Promise<void>((fulfil, refuse) => {
      settle = { resolve: fulfil, reject: refuse };
    });
    // Nobody has to wait for it.
    ended.catch(() => undefined);
    const fail = (error: unknown) => {
      stream.resume();
      settle.reject(error);
      speech.fail(error instanceof Error ? error : new Error(String(error)));
      reject(error);
    };
    let name: string | undefined;
    let chunks: Uint8Array[] = [];
    let parts = 0;
    try {
      const reader = new MultipartReader(
        boundaryOf(headers["content-type"]),
        {
          partBegin(partHeaders) {
            parts++;
            chunks = [];
            name = dispositionName(partHeaders) ?? `part ${parts}`;
          },
          partData(bytes) {
            const copy = bytes.slice();
            chunks.push(copy);
            // Past the bound it would only fill the memory of whoever does not read it.
            if (parts > 1 && speech.queued < maxAttachmentBytes) speech.push(copy);
          },
          partEnd() {
            const whole = Buffer.concat(chunks);
            if (parts > 1) attachments.set(name ?? "", whole);
            else {
              const body = { speech, attachments, ended };
              resolve(new MockEvent(parseEvent(whole), { headers, connection }, body));
            }
          },
        },
        { maxParts: 8, maxPartHeaderBytes: 16_384, maxPartBytes: () => maxAttachmentBytes },
      );
      stream.on("data", (chunk: Buffer) => {
        try {
          reader.push(chunk);
        } catch (error) {
          fail(error);
        }
      });
      stream.once("end", () => {
        try {
          reader.end();
          speech.end();
          settle.resolve();
        } catch (error) {
          fail(error);
        }
      });
      stream.once("close", () => fail(new Error("The request was cut off.")));
    } catch (error) {
      fail(error);
    }
  });
}
