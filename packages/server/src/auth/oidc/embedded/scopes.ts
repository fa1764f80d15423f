// What apps may ask for when they sign people in.

/**
 * - `openid`: who the person is, by a number that means nothing.
 * - `email`: their e-mail address.
 * - `devices`: to sign devices in to their account; without it a token is no account access token.
 * - `offline_access`: to go on without the person (a refresh token).
 */
export const scopes = ["openid", "email", "devices", "offline_access"] as const;
export type Scope = (typeof scopes)[number];

/** The scope that `/authorize` asks for. */
export const devicesScope: Scope = "devices";

/** Whether a scope parameter names a scope. @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
export function hasScope(list: string | undefined, scope: Scope): boolean {
  return list?.split(" ").includes(scope) === true;
}
