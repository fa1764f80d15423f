// The providers whose settings are known: what `auth.oidc.preset` begins with, and the checks on the whole.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthConfig } from "../../../config/index.js";

type OidcConfig = AuthConfig["oidc"];

/** The settings of a provider with nothing left open that signing in needs. */
export interface ExternalSettings {
  /** How accounts of it are marked in the database. */
  readonly issuer: string;
  readonly name: string;
  readonly endpoints: {
    readonly authorization: string | undefined;
    readonly token: string | undefined;
    readonly userinfo: string | undefined;
    readonly introspection: string | undefined;
    readonly tokenInfo: string | undefined;
  };
  readonly audienceMember: string | undefined;
  readonly audiences: readonly string[];
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  readonly scope: string;
  readonly subjectMember: string;
  readonly labelMember: string;
  /** Milliseconds. */
  readonly cacheTime: number;
}

const presets: Readonly<Record<OidcConfig["preset"], Partial<OidcConfig>>> = {
  none: {},
  /** @see https://developers.google.com/identity/openid-connect/openid-connect */
  google: {
    name: "Google",
    issuer: "https://accounts.google.com",
    authorizationEndpoint: "https://accounts.google.com/o/oauth2/v2/auth",
    tokenEndpoint: "https://oauth2.googleapis.com/token",
    userinfoEndpoint: "https://openidconnect.googleapis.com/v1/userinfo",
    // People have the same id in every app there: which app a token is for must be asked.
    tokenInfoEndpoint: "https://oauth2.googleapis.com/tokeninfo",
    audienceMember: "aud",
    scope: "openid email",
    labelMember: "email",
  },
  /** @see https://developers.line.biz/en/reference/line-login/ */
  line: {
    name: "LINE",
    issuer: "https://access.line.me",
    authorizationEndpoint: "https://access.line.me/oauth2/v2.1/authorize",
    tokenEndpoint: "https://api.line.me/oauth2/v2.1/token",
    userinfoEndpoint: "https://api.line.me/oauth2/v2.1/userinfo",
    tokenInfoEndpoint: "https://api.line.me/oauth2/v2.1/verify",
    audienceMember: "client_id",
    scope: "openid profile",
    labelMember: "name",
  },
  /** People have another id in each app there, so that a token of another app is nobody's here. @see https://developers.naver.com/docs/login/api/api.md */
  naver: {
    name: "NAVER",
    issuer: "https://nid.naver.com",
    authorizationEndpoint: "https://nid.naver.com/oauth2.0/authorize",
    tokenEndpoint: "https://nid.naver.com/oauth2.0/token",
    userinfoEndpoint: "https://openapi.naver.com/v1/nid/me",
    scope: "",
    subjectMember: "response.id",
    labelMember: "response.email",
  },
};

/**
 * The settings with the preset's in the place of those that are not set.
 * @throws TrefoilError `invalid_configuration` naming what is missing
 */
export function externalSettings(config: OidcConfig): ExternalSettings {
  const preset = presets[config.preset];
  const pick = <K extends keyof OidcConfig>(name: K): OidcConfig[K] | undefined =>
    config[name] ?? preset[name];
  const issuer = pick("issuer");
  if (issuer === undefined) throw missing("auth.oidc.issuer");
  if (config.clientId === undefined) throw missing("auth.oidc.clientId");
  const endpoints = {
    authorization: pick("authorizationEndpoint"),
    token: pick("tokenEndpoint"),
    userinfo: pick("userinfoEndpoint"),
    introspection: pick("introspectionEndpoint"),
    tokenInfo: pick("tokenInfoEndpoint"),
  };
  if (endpoints.tokenInfo !== undefined && pick("audienceMember") === undefined) {
    throw missing("auth.oidc.audienceMember");
  }
  return {
    issuer,
    name: pick("name") ?? new URL(issuer).host,
    endpoints,
    audienceMember: pick("audienceMember"),
    audiences: [config.clientId, ...config.audiences],
    clientId: config.clientId,
    redirectUri: config.redirectUri,
    scope: pick("scope") ?? "openid email",
    subjectMember: pick("subjectMember") ?? "sub",
    labelMember: pick("labelMember") ?? "email",
    cacheTime: config.cacheSeconds * 1_000,
  };
}

function missing(setting: string): TrefoilError {
  return new TrefoilError(
    "invalid_configuration",
    `The setting ${setting} is missing: auth.identityProvider is oidc.`,
  );
}
