// What the OpenID Connect library answers, with the headers that all our answers have. A page of ours has its own; the one page
// that the library has (it posts the answer to an app that asks for `response_mode=form_post`) runs one script, and no other.
// @see https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html

import { createHash } from "node:crypto";

/** @param answer whose body is complete */
export async function guardedAnswer(answer: Response): Promise<Response> {
  const { status } = answer;
  const headers = new Headers(answer.headers);
  headers.set("x-content-type-options", "nosniff");
  // Codes stand in addresses that browsers are sent on from (RFC 9700 section 4.2.4).
  headers.set("referrer-policy", "no-referrer");
  const isPage = headers.get("content-type")?.startsWith("text/html") === true;
  if (!isPage || headers.has("content-security-policy")) {
    return new Response(answer.body, { status, headers });
  }
  const html = await answer.text();
  headers.set("content-security-policy", policyOf(html));
  headers.set("x-frame-options", "DENY");
  return new Response(html, { status, headers });
}

/** Where the form leads is the app's business: it is its registered redirect URI. */
function policyOf(html: string): string {
  const script = /<script>([^]*?)<\/script>/.exec(html)?.[1];
  const hash = script && createHash("sha256").update(script).digest("base64");
  return [
    "default-src 'none'",
    ...(hash === undefined ? [] : [`script-src 'sha256-${hash}'`]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
