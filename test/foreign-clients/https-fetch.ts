// Fetch over TLS with a certificate authority of one's own, for libraries that take a fetch function.

import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request as startRequest } from "node:https";
import { once } from "node:events";

/** @param caFile the authority that is trusted, PEM; no other is */
export function httpsFetch(caFile: string) {
  const ca = readFileSync(caFile);
  return async (
    input: Request | URL | string,
    init?: Omit<RequestInit, "body"> & { readonly body?: unknown },
  ): Promise<Response> => {
    const request = new Request(input, { ...(init as RequestInit), redirect: "manual" });
    const outgoing = startRequest(request.url, {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ca,
      agent: false,
    });
    outgoing.end(Buffer.from(await request.arrayBuffer()));
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = new Headers();
    for (const [name, values] of Object.entries(incoming.headersDistinct)) {
      for (const value of values ?? []) headers.append(name, value);
    }
    const status = incoming.statusCode ?? 0;
    const body = status === 204 || status === 303 ? null : Buffer.concat(chunks);
    return new Response(body, { status, headers });
  };
}
