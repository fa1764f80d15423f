// What a 401 carries: how to authenticate instead.
// @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1

/** The header that asks a client for HTTP Basic. */
export const basicChallenge = {
  "www-authenticate": 'Basic realm="trefoil", charset="UTF-8"',
} as const;
