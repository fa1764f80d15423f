// The two schemes of the `Authorization` header that are read here.

import { decodeField } from "./form.js";

/** Credentials as a client presents them. */
export interface PresentedCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The value of `Bearer`, or undefined where the header is of another scheme or form. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function bearerOf(header: string): string | undefined {
  return /^bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
}

/** Whether the header is of the scheme `Basic`. */
export function isBasic(header: string): boolean {
  return /^basic( |$)/i.test(header);
}

/**
 * Client credentials by HTTP Basic: both halves are form-encoded before they are joined and coded in base64. Halves that
 * are not form-encoded (some clients leave that out) are taken as they are.
 * @returns undefined where the header is malformed
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function basicOf(header: string): PresentedCredentials | undefined {
  const encoded = /^basic +([a-z0-9+/]+={0,2}) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon <= 0) return undefined;
  const clientId = decodedOf(text.slice(0, colon));
  const clientSecret = decodedOf(text.slice(colon + 1));
  // Looked at last: an escape may hide what the text does not show.
  return /\p{Cc}/u.test(clientId + clientSecret) ? undefined : { clientId, clientSecret };
}

function decodedOf(half: string): string {
  return decodeField(half) ?? half;
}
