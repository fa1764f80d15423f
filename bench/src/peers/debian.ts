// The peers that are Debian packages: found, or installed where the suite may, or named where it may not.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

/** Programs and the packages that they come in. */
const programs = {
  h2load: "nghttp2-client",
  nghttpd: "nghttp2-server",
  nginx: "nginx",
  openssl: "openssl",
  taskset: "util-linux",
} as const;

const nchanPackage = "libnginx-mod-nchan";
const moduleDirectories = ["/usr/lib/nginx/modules", "/usr/share/nginx/modules"];

/** nginx's module that holds channels and pushes into them; undefined where it is not installed. */
export function nchanModule(): string | undefined {
  return moduleDirectories
    .filter(existsSync)
    .flatMap((directory) => readdirSync(directory).map((file) => `${directory}/${file}`))
    .find((file) => file.endsWith("nchan_module.so"));
}

function isThere(program: string): boolean {
  // sbin is on root's path only.
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  return path.split(":").some((directory) => existsSync(`${directory}/${program}`));
}

function missingPackages(): string[] {
  const missing: string[] = Object.entries(programs)
    .filter(([program]) => !isThere(program))
    .map(([, name]) => name);
  if (nchanModule() === undefined) missing.push(nchanPackage);
  return missing;
}

/**
 * Sees to it that all peers are there.
 * @param tell called before something is installed
 * @throws where something is missing and cannot be installed from here; the message says what to do
 */
export function requirePeers(tell: (step: string) => void): void {
  process.env["PATH"] = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  const missing = missingPackages();
  if (missing.length === 0) return;
  const advice = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || !isThere("apt-get")) {
    throw new Error(`Peers of the benchmarks are missing. Install them first:\n  sudo ${advice}`);
  }
  tell(`installing ${missing.join(", ")}`);
  // Run level 1: the package's own nginx service is not started.
  const env = { ...process.env, RUNLEVEL: "1", DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { env });
  const args = ["install", "-y", "-qq", "--no-install-recommends", ...missing];
  const { status, stderr } = spawnSync("apt-get", args, { env, encoding: "utf8" });
  if (status !== 0 || missingPackages().length > 0) {
    throw new Error(`Peers of the benchmarks could not be installed by\n  ${advice}\n${stderr}`);
  }
}

/** The version of a Debian package. */
export function debianVersion(name: string): string {
  try {
    return execFileSync("dpkg-query", ["-W", "-f=${Version}", name], { encoding: "utf8" });
  } catch {
    return "unknown";
  }
}

/** The versions of all packages that peers come in. */
export function peerPackages(): Readonly<Record<string, string>> {
  const names = [programs.h2load, programs.nghttpd, programs.nginx, nchanPackage];
  return Object.fromEntries(names.map((name) => [name, debianVersion(name)]));
}
