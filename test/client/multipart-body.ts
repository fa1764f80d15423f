// Bodies between the client under test and the gateway of a test: read as they arrive, written piece by piece.

import { type Directive, stringifyDirective } from "@trefoil/protocol/messages";
import {
  MultipartReader,
  MultipartWriter,
  boundaryOf,
  newBoundary,
} from "@trefoil/protocol/multipart";
import type { Request } from "./fake-gateway.js";

/** One part of a request, as far as it has come. */
export interface ArrivingPart {
  readonly headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  /** Whether the delimiter after it has come. */
  ended: boolean;
}

/** The body of a request, as far as it has come. */
export interface ArrivingBody {
  readonly parts: readonly ArrivingPart[];
  readonly ended: boolean;
  /** Resolves when its first part is whole. */
  readonly begun: Promise<ArrivingPart>;
  /** Resolves with all parts when it has ended. */
  readonly whole: Promise<readonly ArrivingPart[]>;
}

/** Reads the body of a request as it arrives. */
export function readBody({ stream, headers }: Request): ArrivingBody {
  const parts: ArrivingPart[] = [];
  let ended = false;
  let began: (part: ArrivingPart) => void;
  let finished: (parts: readonly ArrivingPart[]) => void;
  const begun = new Promise<ArrivingPart>((resolve) => (began = resolve));
  const whole = new Promise<readonly ArrivingPart[]>((resolve) => (finished = resolve));
  const reader = new MultipartReader(
    boundaryOf(headers["content-type"]),
    {
      partBegin: (head) => parts.push({ headers: head, body: Buffer.alloc(0), ended: false }),
      partData(bytes) {
        const part = parts.at(-1)!;
        part.body = Buffer.concat([part.body, bytes]);
      },
      partEnd(terminated) {
        const part = parts.at(-1)!;
        part.ended = terminated;
        if (parts.length === 1) began(part);
      },
    },
    { maxParts: 10, maxPartHeaderBytes: 1_000, maxPartBytes: () => 1e7 },
  );
  stream.on("data", (chunk: Buffer) => reader.push(chunk));
  stream.on("end", () => {
    reader.end();
    ended = true;
    finished(parts);
  });
  return {
    parts,
    get ended() {
      return ended;
    },
    begun,
    whole,
  };
}

/** An answer that has begun and goes on as the test says. */
export interface OpenAnswer {
  /** Sends a directive with the delimiter after it. @param flushed called when it is on its way */
  write(directive: Directive, flushed?: () => void): void;
  /** Ends the stream without a closing delimiter. */
  end(): void;
}

/** Begins an answer, whose first bytes are a delimiter. */
export function beginAnswer({ stream }: Pick<Request, "stream">): OpenAnswer {
  const writer = new MultipartWriter(newBoundary());
  stream.respond({ ":status": 200, "content-type": writer.contentType });
  stream.write(writer.opening());
  return {
    write: (directive, flushed) =>
      void stream.write(writer.finishedDirective(stringifyDirective(directive)), flushed),
    end: () => void stream.end(),
  };
}
