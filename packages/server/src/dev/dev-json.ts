// `dev.json`: how scripts, tests and `trefoil device` find a running developer server. Its members are a contract.

import { join } from "node:path";
import { isIPv6 } from "node:net";
import type { Config } from "../config/index.js";
import type { DemoData } from "./demo-data.js";
import { replaceFile } from "./private-file.js";

/** The members of `dev.json`. @see docs/development-server.md */
export interface DevJson extends DemoData {
  /** Origin of `/authorize` and `/token`, without a slash at its end. */
  readonly authBaseUrl: string;
  /** Origin of `/v1/directives` and `/v1/events`, without a slash at its end. */
  readonly gatewayBaseUrl: string;
  /** Absolute path of the certificate authority to trust, PEM. */
  readonly caFile: string;
  /** Bearer token of `/admin/v1`. */
  readonly adminToken: string;
}

/**
 * Where clients on this machine reach a developer server.
 * @param config whose `publicUrl` wins
 * @param port the port that is really listened on
 */
export function developmentOrigin(
  config: Pick<Config, "listen" | "publicUrl">,
  port: number,
): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const { host } = config.listen;
  const isEveryAddress = host === "0.0.0.0" || host === "::";
  const name = isEveryAddress ? "localhost" : isIPv6(host) ? `[${host}]` : host;
  return new URL(`https://${name}:${port}`).origin;
}

/**
 * Writes `<dataDir>/dev.json`: replaced as a whole, for its owner alone. To be called when the server listens, because who
 * waits for the file connects at once.
 * @returns the file's absolute path
 * @throws {TrefoilError} `invalid_configuration` when it cannot be written
 */
export async function writeDevJson(options: {
  readonly dataDir: string;
  /** What {@link developmentOrigin} answers. */
  readonly origin: string;
  readonly caFile: string;
  readonly demo: DemoData;
  readonly adminToken: string;
}): Promise<string> {
  const { demo } = options;
  const content: DevJson = {
    authBaseUrl: options.origin,
    gatewayBaseUrl: options.origin,
    caFile: options.caFile,
    clientId: demo.clientId,
    clientSecret: demo.clientSecret,
    modelId: demo.modelId,
    account: { email: demo.account.email, password: demo.account.password },
    accountAccessToken: demo.accountAccessToken,
    adminToken: options.adminToken,
  };
  const file = join(options.dataDir, "dev.json");
  await replaceFile(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}
