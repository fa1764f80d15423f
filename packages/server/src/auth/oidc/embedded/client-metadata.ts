// Registered clients as the OpenID Connect library sees them.
// @see https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata

import type { AllClientMetadata } from "oidc-provider";
import { isLoopback } from "../../checks/redirect-uri.js";
import type { ClientRecord } from "../../../storage/index.js";

/**
 * The metadata of a client. A client with a redirect URI that only an app on the person's device can have is native: it
 * can keep no secret, so PKCE is what it proves itself by (RFC 8252 section 8.4). Others are web clients, and show theirs.
 * @param secret stands in for the secret that we know the hash of alone
 * @returns undefined where nobody can sign in by it: it was switched off, or has no redirect URI
 */
export function clientMetadata(
  client: ClientRecord,
  secret: string,
): AllClientMetadata | undefined {
  const isNative = client.redirectUris.some((uri) => isOfApp(new URL(uri)));
  const redirectUris = client.redirectUris.filter((uri) => fits(new URL(uri), isNative));
  if (client.disabledAt !== null || redirectUris.length === 0) return undefined;
  return {
    client_id: client.clientId,
    client_name: client.name,
    redirect_uris: redirectUris,
    application_type: isNative ? "native" : "web",
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    ...(isNative
      ? { token_endpoint_auth_method: "none" }
      : { token_endpoint_auth_method: "client_secret_basic", client_secret: secret }),
  };
}

function isOfApp(uri: URL): boolean {
  return uri.protocol === "http:" ? isLoopback(uri) : uri.protocol !== "https:";
}

/** Whether a URI may stand beside the others: web clients have none but those of TLS, and native ones no page of this machine. */
function fits(uri: URL, isNative: boolean): boolean {
  if (uri.protocol !== "https:") return isNative && isOfApp(uri);
  return !isNative || !isLoopback(uri);
}
