// Small HTTP/1.1 requests on Node.js that can trust a CA file, which `fetch` cannot.

import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { TrefoilError } from "@trefoil/protocol/errors";
import { type HttpAnswer, type HttpExchange, type HttpRequest, httpLimits } from "../http/index.js";
import { connectionFailure } from "../transport/index.js";
import type { TlsOptions } from "../transport/node-http2/index.js";

/** Makes requests that trust what `tls` says. */
export function httpsExchange(tls: TlsOptions = {}): HttpExchange {
  return (request) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const failed = (thrown: unknown) => reject(connectionFailure(request.url.origin, thrown));
      const send = request.url.protocol === "http:" ? httpRequest : httpsRequest;
      const outgoing = send(
        request.url,
        {
          method: request.method,
          headers: headersOf(request),
          signal: AbortSignal.timeout(httpLimits.timeout),
          // No pool: a process that is done must not be held open by an idle connection.
          agent: false,
          rejectUnauthorized: tls.insecure !== true,
          ...(tls.ca === undefined ? {} : { ca: tls.ca }),
        },
        (incoming) => void readAnswer(incoming, request.url).then(resolve, failed),
      );
      outgoing.once("error", (error) => failed(error.name === "AbortError" ? tooSlow() : error));
      outgoing.end(request.body);
    });
}

function headersOf({ headers, body }: HttpRequest): Record<string, string> {
  if (body === undefined) return headers;
  return { ...headers, "content-length": String(Buffer.byteLength(body)) };
}

async function readAnswer(incoming: IncomingMessage, url: URL): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > httpLimits.maxBodyBytes) {
      throw new TrefoilError("unavailable", `The answer of ${url.origin} is too long.`);
    }
    chunks.push(chunk);
  }
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    status: incoming.statusCode ?? 0,
    headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

function tooSlow(): Error {
  return new Error(`it did not answer within ${httpLimits.timeout / 1000} s`);
}
