// `GET /.well-known/oauth-authorization-server`: what this server offers, and where.
// @see https://www.rfc-editor.org/rfc/rfc8414

import { languages } from "../pages/language.js";
import { grantTypes } from "../token.js";

/** The path of the metadata. */
export const metadataPath = "/.well-known/oauth-authorization-server";

/** How clients prove themselves at every endpoint that asks for it. */
const clientAuthentication = ["client_secret_basic", "client_secret_post"] as const;

/**
 * The metadata.
 * @param origin where the server is reached, without a slash at its end: its issuer identifier
 * @param accountIssuer the embedded OpenID Connect provider, where apps sign people in
 */
export function metadataOf(
  origin: string,
  accountIssuer?: string,
): Readonly<Record<string, unknown>> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    token_endpoint_auth_methods_supported: clientAuthentication,
    revocation_endpoint: `${origin}/revoke`,
    revocation_endpoint_auth_methods_supported: clientAuthentication,
    introspection_endpoint: `${origin}/introspect`,
    introspection_endpoint_auth_methods_supported: clientAuthentication,
    device_authorization_endpoint: `${origin}/device_authorization`,
    response_types_supported: ["code"],
    // The code is in the JSON body of the answer: nothing is sent to a redirect URI.
    response_modes_supported: ["json"],
    grant_types_supported: grantTypes,
    code_challenge_methods_supported: ["S256"],
    ui_locales_supported: languages,
    // Ours: where devices connect with the access token, and where people see to their account.
    cic_gateway_endpoint: origin,
    account_management_uri: `${origin}/account`,
    ...(accountIssuer === undefined ? {} : { account_issuer: accountIssuer }),
  };
}

/** The answer. It holds nothing secret: scripts of any page may read it, and caches may keep it for a while. */
export function metadataAnswer(origin: string, accountIssuer?: string): Response {
  return new Response(JSON.stringify(metadataOf(origin, accountIssuer)), {
    headers: {
      "content-type": "application/json",
      "cache-control": "public, max-age=300",
      "access-control-allow-origin": "*",
    },
  });
}
