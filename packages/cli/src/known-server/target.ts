// Who the simulated device is, and which server it talks to: from options, the environment and dev.json.

import { join, resolve } from "node:path";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AccountProof, ClientCredentials, TlsOptions } from "@trefoil/client/node";
import {
  type Surroundings,
  dataDirectory,
  developerServer,
  serverUrl,
  trust,
} from "./server-options.js";

/** What can be said on the command line. */
export interface TargetOptions {
  readonly data?: string | undefined;
  readonly url?: string | undefined;
  readonly authUrl?: string | undefined;
  readonly gatewayUrl?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly accountToken?: string | undefined;
  readonly guest?: boolean | undefined;
  readonly deviceId?: string | undefined;
  readonly model?: string | undefined;
  readonly tokens?: string | undefined;
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/** Everything that signing in and connecting needs. */
export interface Target {
  readonly server: "developer" | "named";
  readonly authUrl: URL;
  readonly gatewayUrl: URL;
  readonly client: ClientCredentials;
  readonly model: string;
  /** Undefined: the one in the file, or a new one. */
  readonly deviceId: string | undefined;
  readonly proof: AccountProof;
  readonly tls: TlsOptions;
  /** Where tokens and the device's id are kept, absolute. */
  readonly file: string;
  /** Whether that file was named, and is not the one of the data directory. */
  readonly isFileNamed: boolean;
  /** The developer server's; undefined of any other server. */
  readonly adminToken: string | undefined;
}

/** The model of a device that is told none. */
const defaultModel = "trefoil-simulator";

/**
 * Finds out who talks to whom. Where an address is given, everything about that server is; else the developer server of
 * the data directory is meant.
 * @throws {TrefoilError} `not_found` or `invalid_configuration`, with what to do
 */
export function findTarget(options: TargetOptions, surroundings: Surroundings): Promise<Target> {
  const named = options.url ?? options.authUrl ?? options.gatewayUrl;
  return named === undefined
    ? developerTarget(options, surroundings)
    : namedTarget(options, surroundings);
}

async function developerTarget(options: TargetOptions, at: Surroundings): Promise<Target> {
  const dataDir = dataDirectory(options, at);
  const server = await developerServer(dataDir, "--url, --client-id and --client-secret");
  const guest = options.guest === true;
  return {
    server: "developer",
    authUrl: new URL(server.authBaseUrl),
    gatewayUrl: new URL(server.gatewayBaseUrl),
    client: {
      id: options.clientId ?? server.clientId,
      secret: secretOf(options, at) ?? server.clientSecret,
    },
    model: options.model ?? server.modelId,
    deviceId: options.deviceId,
    proof: guest
      ? { kind: "guest" }
      : { kind: "account-token", token: accountTokenOf(options, at) ?? server.accountAccessToken },
    tls: await trust(options, server.caFile, at),
    file: fileOf(options, at, join(dataDir, guest ? "device-guest.json" : "device.json")),
    isFileNamed: options.tokens !== undefined,
    adminToken: server.adminToken,
  };
}

async function namedTarget(options: TargetOptions, at: Surroundings): Promise<Target> {
  const { authUrl = options.url, gatewayUrl = options.url } = options;
  const id = options.clientId ?? at.env["TREFOIL_CLIENT_ID"];
  const secret = secretOf(options, at);
  const account = accountTokenOf(options, at);
  const guest = options.guest === true;
  if (authUrl === undefined) throw missing("--auth-url, or --url for both");
  if (gatewayUrl === undefined) throw missing("--gateway-url, or --url for both");
  if (id === undefined) throw missing("--client-id (or TREFOIL_CLIENT_ID)");
  if (secret === undefined) throw missing("TREFOIL_CLIENT_SECRET (or --client-secret)");
  const gateway = serverUrl(
    gatewayUrl,
    options.gatewayUrl === undefined ? "--url" : "--gateway-url",
  );
  const name = gateway.host.replaceAll(/[^A-Za-z0-9.-]/g, "-");
  const file = `device-${name}${guest ? "-guest" : ""}.json`;
  if (!guest && account === undefined) {
    throw missing("--guest, or an account's token in TREFOIL_ACCOUNT_TOKEN (or --account-token)");
  }
  return {
    server: "named",
    authUrl: serverUrl(authUrl, options.authUrl === undefined ? "--url" : "--auth-url"),
    gatewayUrl: gateway,
    client: { id, secret },
    model: options.model ?? defaultModel,
    deviceId: options.deviceId,
    proof:
      account === undefined || guest
        ? { kind: "guest" }
        : { kind: "account-token", token: account },
    tls: await trust(options, undefined, at),
    file: fileOf(options, at, join(dataDirectory(options, at), file)),
    isFileNamed: options.tokens !== undefined,
    adminToken: undefined,
  };
}

function secretOf(options: TargetOptions, { env }: Surroundings): string | undefined {
  return options.clientSecret ?? env["TREFOIL_CLIENT_SECRET"];
}

function accountTokenOf(options: TargetOptions, { env }: Surroundings): string | undefined {
  return options.accountToken ?? env["TREFOIL_ACCOUNT_TOKEN"];
}

function fileOf(options: TargetOptions, { cwd }: Surroundings, otherwise: string): string {
  return options.tokens === undefined ? otherwise : resolve(cwd, options.tokens);
}

function missing(what: string): TrefoilError {
  return new TrefoilError(
    "invalid_configuration",
    `to talk to a server by its address, give ${what}`,
  );
}
