// Which names and addresses the developer certificate is for.

import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import type { Config } from "../config/index.js";

/** What is known of the machine that the server runs on. */
export interface Machine {
  readonly hostname: string;
  /** Addresses of its network interfaces, loopback excepted. */
  readonly addresses: readonly string[];
}

/** One name of a certificate. */
export interface CertificateName {
  readonly type: "dns" | "ip";
  /** Lower case. */
  readonly value: string;
}

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const hostPattern = new RegExp(`^(?=.{1,253}$)(${label}\\.)*${label}$`);

/** Asks the operating system. */
export function readMachine(): Machine {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    // A link-local IPv6 address means nothing without its zone, which a certificate cannot hold.
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith("fe80:"))
    .map(({ address }) => address);
  return { hostname: hostname(), addresses };
}

/**
 * The names of the developer certificate: localhost, both loopback addresses, the machine's names and addresses, those
 * of the configuration, and the host of the public URL. Each once.
 */
export function certificateNames(
  machine: Machine,
  config: Pick<Config, "listen" | "publicUrl" | "tls">,
): readonly CertificateName[] {
  const machineName = machine.hostname.toLowerCase().replace(/\.$/, "");
  const [short = ""] = machineName.split(".");
  const publicHost = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname];
  const candidates = [
    "localhost",
    "127.0.0.1",
    "::1",
    // What a system answers as its name may be no host name at all ("Ann's laptop"): it is left out then.
    ...[machineName, short, `${short}.local`].filter((name) => hostPattern.test(name)),
    ...machine.addresses,
    config.listen.host,
    ...config.tls.names,
    ...publicHost,
  ];
  const names = new Map<string, CertificateName>();
  for (const candidate of candidates) {
    const value = candidate.toLowerCase().replaceAll(/[[\]]/g, "");
    const type = isIP(value) === 0 ? "dns" : "ip";
    const isEveryAddress = value === "0.0.0.0" || value === "::";
    if (value !== "" && !isEveryAddress) names.set(value, { type, value });
  }
  return [...names.values()];
}
