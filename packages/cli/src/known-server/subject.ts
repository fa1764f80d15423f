// A server that is examined: where it is, and what it may be shown to be let in.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { TlsOptions } from "@trefoil/client/node";
import {
  type Surroundings,
  dataDirectory,
  developerServer,
  serverUrl,
  trust,
} from "./server-options.js";

/** How an account is proven to `/authorize`. */
export type Proof =
  | { readonly kind: "account-token"; readonly token: string }
  | { readonly kind: "guest" };

/** What signing in takes. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly model: string;
  readonly proof: Proof;
}

/** One server, and how to speak to it. */
export interface Subject {
  readonly authUrl: URL;
  readonly gatewayUrl: URL;
  readonly tls: TlsOptions;
  /** Undefined: nobody can be signed in. */
  readonly credentials: Credentials | undefined;
  /** What was not given of the credentials, as a person reads it: options and variables. */
  readonly missing: readonly string[];
  /** Given where the gateway is examined without an authorization server. */
  readonly accessToken: string | undefined;
  /** Ids of devices begin with it, at most 64 bytes; each run is the same few devices. */
  readonly deviceId: string;
  /** Whether that was named on the command line. */
  readonly isDeviceNamed: boolean;
  /** The developer server's; undefined of any other server. */
  readonly adminToken: string | undefined;
}

/** What can be said on the command line. */
export interface SubjectOptions {
  readonly dev?: boolean | undefined;
  readonly data?: string | undefined;
  readonly authUrl?: string | undefined;
  readonly gatewayUrl?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly accountToken?: string | undefined;
  readonly accessToken?: string | undefined;
  readonly guest?: boolean | undefined;
  readonly deviceId?: string | undefined;
  readonly model?: string | undefined;
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
}

const defaultModel = "trefoil-examination";

/**
 * Finds out which server is meant. `--dev` reads everything that is not said otherwise from the developer server's dev.json.
 * @param url the address on the command line
 * @param defaultDevice what device ids begin with unless options say it
 * @throws {TrefoilError} `not_found` or `invalid_configuration`, with what to do
 */
export async function findSubject(
  url: string | undefined,
  options: SubjectOptions,
  at: Surroundings,
  defaultDevice: string,
): Promise<Subject> {
  const dev =
    options.dev === true
      ? await developerServer(dataDirectory(options, at), "its address")
      : undefined;
  const auth = options.authUrl ?? url ?? dev?.authBaseUrl;
  const gateway = options.gatewayUrl ?? url ?? dev?.gatewayBaseUrl;
  if (auth === undefined || gateway === undefined) {
    throw new TrefoilError(
      "invalid_configuration",
      "say which server: its address, as in https://localhost:8443, or --dev for the developer server",
    );
  }
  const accessToken = options.accessToken ?? at.env["TREFOIL_ACCESS_TOKEN"];
  const gatewayUrl = serverUrl(gateway, "the address");
  if (gatewayUrl.protocol !== "https:") {
    throw new TrefoilError(
      "invalid_configuration",
      "devices speak HTTP/2 over TLS: the address must begin with https://",
    );
  }
  return {
    authUrl: serverUrl(auth, "the address"),
    gatewayUrl,
    tls: await trust(options, dev?.caFile, at),
    ...credentialsOf(options, at, dev),
    accessToken,
    deviceId: (options.deviceId ?? defaultDevice).slice(0, 64),
    isDeviceNamed: options.deviceId !== undefined,
    adminToken: dev?.adminToken,
  };
}

function credentialsOf(
  options: SubjectOptions,
  { env }: Surroundings,
  dev: Awaited<ReturnType<typeof developerServer>> | undefined,
): Pick<Subject, "credentials" | "missing"> {
  const clientId = options.clientId ?? env["TREFOIL_CLIENT_ID"] ?? dev?.clientId;
  const clientSecret = options.clientSecret ?? env["TREFOIL_CLIENT_SECRET"] ?? dev?.clientSecret;
  const account = options.accountToken ?? env["TREFOIL_ACCOUNT_TOKEN"] ?? dev?.accountAccessToken;
  const isGuest = options.guest === true;
  if (clientId !== undefined && clientSecret !== undefined && (isGuest || account !== undefined)) {
    const proof: Proof =
      account === undefined || isGuest
        ? { kind: "guest" }
        : { kind: "account-token", token: account };
    const model = options.model ?? dev?.modelId ?? defaultModel;
    return { credentials: { clientId, clientSecret, model, proof }, missing: [] };
  }
  return {
    credentials: undefined,
    missing: [
      ...(clientId === undefined ? ["--client-id"] : []),
      ...(clientSecret === undefined ? ["TREFOIL_CLIENT_SECRET (or --client-secret)"] : []),
      ...(account === undefined && !isGuest
        ? ["TREFOIL_ACCOUNT_TOKEN (or --account-token, or --guest)"]
        : []),
    ],
  };
}
