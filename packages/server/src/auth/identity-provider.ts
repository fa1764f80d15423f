// Who the person is: the one interface that every identity provider is behind.

/** Who brings an account authorization code to `/authorize`. */
export interface CodeAsker {
  readonly clientId: string;
  /** What the code was asked for with, where the app used PKCE (RFC 7636). */
  readonly codeVerifier: string | undefined;
}

/** Tells accounts apart; chosen by configuration. */
export interface IdentityProvider {
  /** As in the configuration. */
  readonly name: string;
  /** Longest account access token or account authorization code that it gives. Bytes. */
  readonly maxCredentialBytes: number;
  /** Whether a check is a question to somebody else, which those who guess must not cause without end. */
  readonly asksElsewhere: boolean;
  /**
   * Whose account access token this is.
   * @returns the account's id here, or undefined where the token is unknown or expired
   * @throws TrefoilError `unavailable` where the provider cannot be asked
   */
  accountOf(accountAccessToken: string): Promise<string | undefined>;
  /**
   * Exchanges an account authorization code; a code works once.
   * @returns the account's id here, or undefined where the code is unknown, spent or expired
   * @throws TrefoilError `unavailable` where the provider cannot be asked
   */
  exchange(accountAuthorizationCode: string, asker: CodeAsker): Promise<string | undefined>;
}
