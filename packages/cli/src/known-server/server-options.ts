// Which server a command talks to: options that say so, and where none do, the local developer server.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { TlsOptions } from "@trefoil/client/node";
import type { Terminal } from "../terminal.js";
import { type DevJson, readDevJson } from "./dev-json.js";

/** What of the command's surroundings counts here. */
export type Surroundings = Pick<Terminal, "env" | "cwd">;

/** Where the developer server keeps its files, absolute. */
export function dataDirectory(
  options: { readonly data?: string | undefined },
  { env, cwd }: Surroundings,
): string {
  return resolve(cwd, options.data ?? env["TREFOIL_DATA_DIR"] ?? "data");
}

/**
 * The developer server of a data directory.
 * @param instead the options that name another server, for the message
 * @throws {TrefoilError} `not_found` where there is none, with what to do
 */
export async function developerServer(dataDir: string, instead: string): Promise<DevJson> {
  const found = await readDevJson(dataDir);
  if (found !== undefined) return found;
  throw new TrefoilError(
    "not_found",
    `no developer server: ${resolve(dataDir, "dev.json")} does not exist; start one with \`npm start\`, say where its data is with --data, or name another server with ${instead}`,
  );
}

/** How a server is trusted. */
export interface TrustOptions {
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/**
 * The certificates to trust.
 * @param caFile the developer server's authority, where it is the one that is talked to
 * @throws {TrefoilError} `invalid_configuration` where the file cannot be read, or holds no certificate
 */
export async function trust(
  options: TrustOptions,
  caFile: string | undefined,
  { cwd }: Surroundings,
): Promise<TlsOptions> {
  if (options.insecure === true) return { insecure: true };
  const file = options.ca ?? caFile;
  if (file === undefined) return {};
  const path = resolve(cwd, file);
  let ca: string;
  try {
    ca = await readFile(path, "utf8");
  } catch {
    throw new TrefoilError("invalid_configuration", `cannot read the CA file ${path}`);
  }
  if (!ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new TrefoilError("invalid_configuration", `${path} holds no certificate in PEM`);
  }
  return { ca };
}

/**
 * The address of a server.
 * @param option which option it was given by, for the message
 * @throws {TrefoilError} `invalid_configuration` where it is none
 */
export function serverUrl(text: string, option: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new TrefoilError(
    "invalid_configuration",
    `${option} must be an address such as https://localhost:8443, got ${JSON.stringify(text)}`,
  );
}
