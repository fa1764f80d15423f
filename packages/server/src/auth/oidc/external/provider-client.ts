// Asking a provider elsewhere, by a client library: whose token this is, what a code gives.

import { TrefoilError } from "@trefoil/protocol/errors";
import type * as OpenidClient from "openid-client";
import { memberOf, namesOneOf } from "./members.js";
import type { ExternalSettings } from "./presets.js";

/** The library, loaded only once somebody is asked about: most servers know their people themselves. */
type Library = typeof OpenidClient;

/** Somebody, as the provider knows them. */
export interface ExternalPerson {
  readonly subject: string;
  readonly label: string | null;
}

export interface ProviderClientParts {
  readonly settings: ExternalSettings;
  readonly clientSecret: string | undefined;
  /** Default: the global one. */
  readonly fetch?: PlainFetch;
}

/** As much of fetch as is needed here. */
export type PlainFetch = (url: string, init: RequestInit) => Promise<Response>;

/** How long the provider may take. Seconds. */
const patience = 10;
/** Seconds until a try makes sense after it could not be asked. */
const retryAfter = 5;

/** Signature algorithms that an ID token may name. It comes by TLS from the provider itself, and is not what we go by. */
const idTokenAlgorithms = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS256"];

/** The provider, asked. */
export class ProviderClient {
  readonly #parts: ProviderClientParts;
  #loaded: Promise<Library> | undefined;
  #configuration: Promise<OpenidClient.Configuration> | undefined;

  constructor(parts: ProviderClientParts) {
    this.#parts = parts;
  }

  /**
   * Whose access token this is, and that it is for us.
   * @returns undefined where the provider does not know it, or it is another app's
   * @throws TrefoilError `unavailable` where the provider cannot be asked
   */
  async personOf(accessToken: string): Promise<ExternalPerson | undefined> {
    const { endpoints } = this.#parts.settings;
    if (
      endpoints.tokenInfo !== undefined &&
      !(await this.#isOurs(endpoints.tokenInfo, accessToken))
    ) {
      return undefined;
    }
    if (endpoints.introspection !== undefined) {
      const introspected = await this.#introspect(accessToken);
      if (introspected === undefined || endpoints.userinfo === undefined) return introspected;
    }
    return this.#userInfo(accessToken);
  }

  /**
   * What a code gives.
   * @param redirectUri what it was asked for with
   * @returns undefined where the provider does not take it
   * @throws TrefoilError `unavailable` where the provider cannot be asked
   */
  async personOfCode(
    code: string,
    redirectUri: string,
    codeVerifier: string | undefined,
  ): Promise<ExternalPerson | undefined> {
    const openid = await this.#library();
    const configuration = await this.#configured();
    const tokens = await refusable(openid, () =>
      openid.genericGrantRequest(configuration, "authorization_code", {
        code,
        redirect_uri: redirectUri,
        ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
      }),
    );
    return tokens && this.#userInfo(tokens.access_token);
  }

  /** Where people are sent to sign in. @param parameters `state` and the like */
  async authorizationUrl(parameters: Readonly<Record<string, string>>): Promise<URL> {
    const openid = await this.#library();
    return openid.buildAuthorizationUrl(await this.#configured(), { ...parameters });
  }

  /**
   * Who came back from there.
   * @returns undefined where they said no, or something does not fit
   * @throws TrefoilError `unavailable` where the provider cannot be asked
   */
  async personComingBack(
    url: URL,
    checks: { readonly state: string; readonly codeVerifier: string; readonly nonce: string },
  ): Promise<ExternalPerson | undefined> {
    const openid = await this.#library();
    const configuration = await this.#configured();
    const isOpenId = this.#parts.settings.scope.split(" ").includes("openid");
    const tokens = await refusable(openid, () =>
      openid.authorizationCodeGrant(configuration, url, {
        expectedState: checks.state,
        pkceCodeVerifier: checks.codeVerifier,
        ...(isOpenId ? { expectedNonce: checks.nonce, idTokenExpected: true } : {}),
      }),
    );
    return tokens && this.#userInfo(tokens.access_token);
  }

  async #userInfo(accessToken: string): Promise<ExternalPerson | undefined> {
    const { settings } = this.#parts;
    const openid = await this.#library();
    const configuration = await this.#configured();
    const endpoint =
      settings.endpoints.userinfo ?? configuration.serverMetadata().userinfo_endpoint;
    if (endpoint === undefined) throw unavailable(new Error("There is no user info endpoint."));
    const answer = await refusable(openid, async () =>
      jsonOf(
        await openid.fetchProtectedResource(configuration, accessToken, new URL(endpoint), "GET"),
      ),
    );
    return this.#personIn(answer);
  }

  async #introspect(accessToken: string): Promise<ExternalPerson | undefined> {
    const openid = await this.#library();
    const configuration = await this.#configured();
    const { audiences } = this.#parts.settings;
    const answer = await refusable(openid, () =>
      openid.tokenIntrospection(configuration, accessToken),
    );
    if (answer?.active !== true) return undefined;
    const isOurs =
      namesOneOf(answer, "client_id", audiences) || namesOneOf(answer, "aud", audiences);
    if (!isOurs) return undefined;
    const { sub, username } = answer;
    return sub === undefined ? undefined : { subject: sub, label: username ?? null };
  }

  async #isOurs(endpoint: string, accessToken: string): Promise<boolean> {
    const { audienceMember = "aud", audiences } = this.#parts.settings;
    const url = new URL(endpoint);
    url.searchParams.set("access_token", accessToken);
    const ask = this.#parts.fetch ?? fetch;
    const answer = await refusable(await this.#library(), async () =>
      jsonOf(
        await ask(url.href, {
          headers: { accept: "application/json" },
          redirect: "manual",
          signal: AbortSignal.timeout(patience * 1_000),
        }),
      ),
    );
    return answer !== undefined && namesOneOf(answer, audienceMember, audiences);
  }

  #personIn(answer: unknown): ExternalPerson | undefined {
    const { subjectMember, labelMember } = this.#parts.settings;
    const subject = memberOf(answer, subjectMember);
    if (subject === undefined) return undefined;
    return { subject, label: memberOf(answer, labelMember) ?? null };
  }

  #library(): Promise<Library> {
    this.#loaded ??= import("openid-client");
    return this.#loaded;
  }

  #configured(): Promise<OpenidClient.Configuration> {
    this.#configuration ??= this.#configure().catch((error: unknown) => {
      this.#configuration = undefined;
      throw unavailable(error);
    });
    return this.#configuration;
  }

  async #configure(): Promise<OpenidClient.Configuration> {
    const { settings, clientSecret } = this.#parts;
    const customFetch = this.#parts.fetch as OpenidClient.CustomFetch | undefined;
    const { endpoints, clientId, issuer } = settings;
    const openid = await this.#library();
    const proof =
      clientSecret === undefined ? openid.None() : openid.ClientSecretPost(clientSecret);
    const isComplete = endpoints.authorization !== undefined && endpoints.token !== undefined;
    const configuration = isComplete
      ? new openid.Configuration(
          {
            issuer,
            authorization_endpoint: endpoints.authorization,
            token_endpoint: endpoints.token,
            ...(endpoints.introspection === undefined
              ? {}
              : { introspection_endpoint: endpoints.introspection }),
            id_token_signing_alg_values_supported: idTokenAlgorithms,
          },
          clientId,
          undefined,
          proof,
        )
      : await openid.discovery(new URL(issuer), clientId, undefined, proof, {
          timeout: patience,
          ...(customFetch === undefined ? {} : { [openid.customFetch]: customFetch }),
        });
    if (customFetch !== undefined) configuration[openid.customFetch] = customFetch;
    configuration.timeout = patience;
    return configuration;
  }
}

/** Largest answer that is read. Bytes. */
const maxAnswer = 65_536;

async function jsonOf(response: Response): Promise<unknown> {
  if (response.status >= 500 || response.status === 429) {
    throw unavailable(new Error(`The identity provider answered ${response.status}.`));
  }
  if (response.status !== 200) return undefined;
  const text = await response.text();
  if (text.length > maxAnswer) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What the provider refuses is undefined; only what keeps us from asking is thrown. */
async function refusable<T>(openid: Library, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TrefoilError) throw error;
    if (isRefusal(openid, error)) return undefined;
    throw unavailable(error);
  }
}

function isRefusal(openid: Library, error: unknown): boolean {
  if (
    error instanceof openid.ResponseBodyError ||
    error instanceof openid.WWWAuthenticateChallengeError
  ) {
    return error.status < 500 && error.status !== 429;
  }
  if (error instanceof openid.AuthorizationResponseError) return true;
  if (!(error instanceof openid.ClientError)) return false;
  const { cause } = error;
  // An answer that says nothing which the protocol knows; what a broken provider answers is not a person's fault.
  return !(cause instanceof Response && cause.status >= 500) && !isConnectionFailure(error);
}

function isConnectionFailure({ code }: OpenidClient.ClientError): boolean {
  return code === "OAUTH_TIMEOUT" || code === "OAUTH_ABORT";
}

function unavailable(cause: unknown): TrefoilError {
  return new TrefoilError("unavailable", "The identity provider cannot be asked; try again.", {
    cause,
    retryAfter,
  });
}
