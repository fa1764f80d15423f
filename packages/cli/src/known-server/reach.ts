// Whether there is a server at all: asked before it is judged, since one that is not there passes what must not work.

import { type TlsOptions, httpsExchange, nodeHttp2Transport } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Subject } from "./subject.js";

/**
 * Reaches the servers of a subject, as far as they are needed.
 * @param patience milliseconds for each
 * @throws {TrefoilError} `unavailable` where one cannot be reached, or shows a certificate that is not trusted
 */
export async function reach(
  { authUrl, gatewayUrl, credentials, tls }: Subject,
  patience: number,
): Promise<void> {
  await reachOne(gatewayUrl, tls, patience);
  if (credentials === undefined || authUrl.origin === gatewayUrl.origin) return;
  await reachOne(authUrl, tls, patience);
}

async function reachOne(url: URL, tls: TlsOptions, patience: number): Promise<void> {
  const late = new AbortController();
  const reason = new Error(`it did not answer within ${patience / 1_000} s`);
  const timer = setTimeout(() => late.abort(reason), patience);
  try {
    if (url.protocol === "http:") {
      await httpsExchange(tls)({ method: "GET", url, headers: {} });
    } else {
      const connection = await nodeHttp2Transport(url, tls).connect(late.signal);
      connection.destroy();
    }
  } catch (error) {
    if (!answers(error)) throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether somebody answered, though not with HTTP/2: that is for the checks to judge. */
function answers(error: unknown): boolean {
  const cause = error instanceof TrefoilError ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return code !== "ERR_SSL_WRONG_VERSION_NUMBER" && /^(?:ERR_SSL|ERR_HTTP2|HPE)_/.test(code);
}
