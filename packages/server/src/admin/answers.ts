// Answers of the admin API: JSON that no cache keeps.

import type { TrefoilError } from "@trefoil/protocol/errors";

const headers = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
} as const;

/** An answer that worked. */
export function jsonAnswer(
  status: number,
  body: unknown,
  extra: Readonly<Record<string, string>> = {},
): Response {
  // The line feed is for who calls by curl: the prompt of the shell starts on a line of its own.
  return new Response(`${JSON.stringify(body)}\n`, { status, headers: { ...extra, ...headers } });
}

/** An answer that tells what went wrong: `{"error", "error_description"}`. */
export function errorAnswer(error: TrefoilError): Response {
  const { http, oauth } = error.wire;
  const retry = error.retryAfter;
  return jsonAnswer(
    http,
    {
      error: oauth,
      error_description: error.message,
      ...(retry === undefined ? {} : { retry_after: retry }),
    },
    { ...error.headers, ...(retry === undefined ? {} : { "retry-after": String(retry) }) },
  );
}
