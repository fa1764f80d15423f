// How a failed request is answered: one multipart/related part with the directive System.Exception.

import type { TrefoilError } from "@trefoil/protocol/errors";
import { type Directive, buildDirective, encodeDirective } from "@trefoil/protocol/messages";
import { MultipartWriter, newBoundary } from "@trefoil/protocol/multipart";
import type { ServerStream } from "../http2/index.js";

/**
 * The directive that tells a device what went wrong.
 * @see docs/protocol.md#directives
 */
export function exceptionDirective(error: TrefoilError): Directive {
  return buildDirective("System.Exception", {
    code: error.wire.http,
    description: error.message,
  });
}

/** Status, headers and body of a refused request, for HTTP/2 and for HTTP/1.1 alike. */
export function exceptionResponse(error: TrefoilError): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
} {
  const writer = new MultipartWriter(newBoundary());
  return {
    status: error.wire.http,
    headers: {
      "content-type": writer.contentType,
      "cache-control": "no-store",
      ...(error.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) }),
      ...error.headers,
    },
    body: Buffer.concat([
      writer.directive(encodeDirective(exceptionDirective(error))),
      writer.close(),
    ]),
  };
}

/** Answers a request that has not been answered yet with the error. Other streams are left alone. */
export function refuse(stream: ServerStream, error: TrefoilError): void {
  const { status, headers, body } = exceptionResponse(error);
  stream.respond(status, headers);
  stream.end(body);
}
