// Where the embedded OpenID Connect provider is.

/** The first part of its paths. */
export const mountPath = "/oidc";

/** Its issuer identifier. @param origin where the server is reached, without a slash at its end */
export function issuerOf(origin: string): string {
  return `${origin}${mountPath}`;
}

/** Where a person is asked something. */
export const interactionPath = `${mountPath}/interaction`;
