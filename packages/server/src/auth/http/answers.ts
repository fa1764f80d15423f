// What the endpoints answer: JSON that no cache keeps.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-5

import type { TrefoilError } from "@trefoil/protocol/errors";

const headers = {
  "content-type": "application/json",
  "cache-control": "no-store",
  pragma: "no-cache",
  // A `state` comes back as it was sent: no browser may take it for a page.
  "x-content-type-options": "nosniff",
} as const;

/**
 * An answer that worked.
 * @param status 200 unless told
 */
export function jsonAnswer(body: Readonly<Record<string, unknown>>, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/**
 * An answer that tells what went wrong.
 * @param extra further members, such as the `state` that was sent
 */
export function errorAnswer(
  error: TrefoilError,
  extra: Readonly<Record<string, unknown>> = {},
): Response {
  const { http, oauth } = error.wire;
  const retryAfter = error.retryAfter === undefined ? {} : { retry_after: error.retryAfter };
  return new Response(
    JSON.stringify({ error: oauth, error_description: error.message, ...retryAfter, ...extra }),
    {
      status: http,
      headers: {
        ...error.headers,
        ...(error.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) }),
        ...headers,
      },
    },
  );
}
