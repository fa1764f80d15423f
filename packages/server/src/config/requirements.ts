// What a configuration must have beyond what its schema says, and what it had better not have.

import { isIPv4 } from "node:net";
import type { Assignment } from "./assignment.js";
import type { Config } from "./schema.js";
import type { Setting } from "./settings.js";

/** Which of its two forms the server takes. */
export type ServerForm = "development" | "production";

/** Devices that shipped refresh a token when less than this is left of it. Seconds. */
const earlyRefresh = 3_600;

/**
 * The settings that the production form cannot do without and that nobody gave: one line that names them all, or none.
 */
export function findMissing(
  chosen: ReadonlyMap<string, Assignment>,
  settings: readonly Setting[],
): string[] {
  const adminIsOff = chosen.get("admin.enabled")?.value === false;
  // Behind a TLS terminator alone. One of the two files without the other is a mistake all the same.
  const tlsIsElsewhere =
    chosen.has("plainText.port") &&
    !chosen.has("tls.certificateFile") &&
    !chosen.has("tls.keyFile");
  const missing = settings.filter(
    ({ path, isRequiredInProduction }) =>
      isRequiredInProduction &&
      !chosen.has(path) &&
      !(adminIsOff && path.startsWith("admin.")) &&
      !(tlsIsElsewhere && path.startsWith("tls.")),
  );
  if (missing.length === 0) return [];
  const names = missing.map(({ path, environment }) => `${path} (${environment})`);
  return [`missing settings: ${names.join(", ")}; for a developer server add --dev`];
}

/** Listeners that cannot have their ports, because another one of the same server takes it; a line for each two. */
export function findPortClashes(config: Config, form: ServerForm): string[] {
  const { listen, operations, plainText, tls } = config;
  const hasTls =
    form === "development" ||
    plainText.port === undefined ||
    (tls.certificateFile ?? tls.keyFile) !== undefined;
  const listeners = [
    { setting: "listen.port", host: listen.host, port: hasTls ? listen.port : undefined },
    { setting: "plainText.port", ...plainText },
    { setting: "operations.port", ...operations },
  ];
  return listeners.flatMap((one, index) =>
    listeners
      .slice(index + 1)
      // 0 takes a free port, which is another one each time.
      .filter(
        ({ port, host }) =>
          port !== undefined && port !== 0 && port === one.port && overlap(host, one.host),
      )
      .map(
        ({ setting, port }) =>
          `${setting}: ${port} is the port of ${one.setting} too; give each a port of its own`,
      ),
  );
}

/** Whether two addresses cannot both be listened on at one port. Names are compared as they are written. */
function overlap(one: string, other: string): boolean {
  if (one === other || one === "::" || other === "::") return true;
  return (one === "0.0.0.0" && isIPv4(other)) || (other === "0.0.0.0" && isIPv4(one));
}

/** What works but is probably not meant. */
export function findWarnings(config: Config, form: ServerForm): string[] {
  const warnings: string[] = [];
  const { auth, tls } = config;
  if (auth.accessTokenLifetime <= earlyRefresh) {
    warnings.push(
      `auth.accessTokenLifetime: devices that shipped refresh ${earlyRefresh} s before the end, so with ${auth.accessTokenLifetime} s they refresh all the time`,
    );
  }
  if (auth.refreshTokenLifetime < auth.accessTokenLifetime) {
    warnings.push(
      "auth.refreshTokenLifetime: shorter than auth.accessTokenLifetime, so devices must sign in anew instead of refreshing",
    );
  }
  if (form === "development" && (tls.certificateFile ?? tls.keyFile) !== undefined) {
    warnings.push(
      "tls.certificateFile, tls.keyFile: not used, the developer server makes its own; tls.names adds names to it",
    );
  }
  if (form === "production" && config.publicUrl?.startsWith("http:") === true) {
    warnings.push("publicUrl: not https, though this server speaks TLS only");
  }
  if (form === "production" && tls.names.length > 0) {
    warnings.push("tls.names: used by the developer server only");
  }
  if (config.storage.kind === "sqlite" && config.storage.url !== undefined) {
    warnings.push("storage.url: not used, storage.kind is sqlite");
  }
  return warnings;
}
