// What a mock gateway is told to answer, and how that is written.

import type { ServerHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import { type Directive, buildDirective, encodeDirective } from "@trefoil/protocol/messages";
import { MultipartWriter, newBoundary } from "@trefoil/protocol/multipart";

/** An attachment, named by `cid:<contentId>` in a directive. */
export interface MockAttachment {
  readonly contentId: string;
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/** A part of an answer. */
export type MockPart = Directive | MockAttachment;

/** What goes wrong instead of an answer. */
export type MockFailure =
  /** An error status with `System.Exception`. `retryAfter` in seconds. */
  | { readonly kind: "refuse"; readonly status: number; readonly retryAfter?: number }
  /** No answer, ever. */
  | { readonly kind: "stall" }
  /** The stream is reset: `refused` says that nothing was done with the request. */
  | { readonly kind: "reset"; readonly refused?: boolean }
  /** Any bytes under any content type, good or bad. */
  | { readonly kind: "raw"; readonly contentType: string; readonly body: Uint8Array | string };

/** An answer: parts in order, each written as it is given; none at all is 204. */
export type MockAnswer = Iterable<MockPart> | AsyncIterable<MockPart> | MockFailure | undefined;

/** Writes an answer to its end. */
export async function writeAnswer(stream: ServerHttp2Stream, answer: MockAnswer): Promise<void> {
  if (answer === undefined) {
    respond(stream, { ":status": 204 }, true);
  } else if ("kind" in answer) {
    fail(stream, answer);
  } else {
    await writeParts(stream, answer);
  }
}

/**
 * A device acts on a part when it has seen the delimiter line after it. Where the next part lets it wait that line is sent
 * by itself; if nothing follows after all, an empty attachment stands between it and the closing delimiter.
 */
async function writeParts(
  stream: ServerHttp2Stream,
  parts: Iterable<MockPart> | AsyncIterable<MockPart>,
): Promise<void> {
  const writer = new MultipartWriter(newBoundary());
  let begun = false;
  let delimited = false;
  let debt: NodeJS.Immediate | undefined;
  const pay = () => {
    delimited = true;
    if (!stream.destroyed) stream.write(writer.delimiter());
  };
  try {
    for await (const part of parts) {
      clearImmediate(debt);
      if (stream.destroyed) return;
      if (!begun) respond(stream, { ":status": 200, "content-type": writer.contentType });
      begun = true;
      delimited = false;
      await writePart(stream, writer, part);
      debt = setImmediate(pay);
    }
  } finally {
    clearImmediate(debt);
  }
  if (stream.destroyed) return;
  if (!begun) {
    respond(stream, { ":status": 204 }, true);
    return;
  }
  if (delimited) stream.write(writer.attachment(globalThis.crypto.randomUUID()));
  stream.end(writer.close());
}

async function writePart(
  stream: ServerHttp2Stream,
  writer: MultipartWriter,
  part: MockPart,
): Promise<void> {
  if ("header" in part) {
    stream.write(writer.directive(encodeDirective(part)));
    return;
  }
  stream.write(writer.attachment(part.contentId));
  if (part.bytes instanceof Uint8Array) stream.write(part.bytes);
  else for await (const chunk of part.bytes) stream.write(chunk);
}

function fail(stream: ServerHttp2Stream, failure: MockFailure): void {
  switch (failure.kind) {
    case "refuse": {
      const { status, retryAfter } = failure;
      const writer = new MultipartWriter(newBoundary());
      respond(stream, {
        ":status": status,
        "content-type": writer.contentType,
        ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      });
      const exception = buildDirective("System.Exception", {
        code: status,
        description: `The mock gateway was told to answer ${status}.`,
      });
      stream.write(writer.directive(encodeDirective(exception)));
      stream.end(writer.close());
      break;
    }
    case "stall":
      break;
    case "reset":
      stream.close(
        failure.refused === true
          ? constants.NGHTTP2_REFUSED_STREAM
          : constants.NGHTTP2_INTERNAL_ERROR,
      );
      break;
    case "raw":
      respond(stream, { ":status": 200, "content-type": failure.contentType });
      stream.end(failure.body);
      break;
  }
}

function respond(
  stream: ServerHttp2Stream,
  headers: Readonly<Record<string, string | number>>,
  endStream = false,
): void {
  if (!stream.destroyed && !stream.headersSent) stream.respond(headers, { endStream });
}
