// Whether the files that the production form is given can do their work: found out before a port is opened.

import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { reasonOf } from "./file-errors.js";
import type { Config } from "./schema.js";

/** What was found; one line each. */
export interface FileFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Fewest characters of an admin token: 128 bits in hexadecimal. */
export const minAdminTokenLength = 32;

const largestFile = 1_048_576;

/**
 * Reads certificate, key and admin token file, and checks that they fit each other and the public URL.
 * @param config with absolute paths
 * @param now milliseconds since the epoch
 */
export async function checkFiles(config: Config, now: number): Promise<FileFindings> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const read = async (setting: string, file: string | undefined): Promise<string | undefined> => {
    if (file === undefined) return undefined;
    try {
      if ((await stat(file)).size > largestFile) throw new Error("larger than 1 MiB");
      return await readFile(file, "utf8");
    } catch (error) {
      problems.push(`${setting}: ${file}: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const { certificateFile, keyFile } = config.tls;
  const tokenFile = config.admin.enabled ? config.admin.tokenFile : undefined;
  const certificate = parseCertificate(await read("tls.certificateFile", certificateFile));
  const key = parseKey(await read("tls.keyFile", keyFile));
  const token = await read("admin.tokenFile", tokenFile);

  if (certificate === "unreadable") {
    problems.push(`tls.certificateFile: ${certificateFile}: holds no PEM certificate`);
  } else if (certificate !== undefined) {
    if (key !== "unreadable" && key !== undefined && !certificate.checkPrivateKey(key)) {
      problems.push(
        `tls.keyFile: ${keyFile}: is not the key of the certificate in ${certificateFile}`,
      );
    }
    warnings.push(...certificateWarnings(certificate, config.publicUrl, now));
  }
  if (key === "unreadable") {
    problems.push(`tls.keyFile: ${keyFile}: holds no PEM private key without a passphrase`);
  }
  if (token !== undefined && token.trim().length < minAdminTokenLength) {
    problems.push(
      `admin.tokenFile: ${tokenFile}: shorter than ${minAdminTokenLength} characters; make one with: openssl rand -hex 32`,
    );
  }
  for (const [setting, file] of [
    ["tls.keyFile", keyFile],
    ["admin.tokenFile", tokenFile],
  ] as const) {
    if (file !== undefined && (await isWorldReadable(file))) {
      warnings.push(`${setting}: ${file}: every user of this machine may read it (chmod o-r)`);
    }
  }
  return { problems, warnings };
}

function parseCertificate(pem: string | undefined): X509Certificate | "unreadable" | undefined {
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return "unreadable";
  }
}

function parseKey(pem: string | undefined) {
  if (pem === undefined) return undefined;
  try {
    return createPrivateKey(pem);
  } catch {
    return "unreadable";
  }
}

function certificateWarnings(
  certificate: X509Certificate,
  publicUrl: string | undefined,
  now: number,
): string[] {
  const warnings: string[] = [];
  if (Date.parse(certificate.validTo) <= now) {
    warnings.push(`tls.certificateFile: expired on ${certificate.validTo}`);
  } else if (Date.parse(certificate.validFrom) > now) {
    warnings.push(`tls.certificateFile: not valid before ${certificate.validFrom}`);
  }
  if (publicUrl === undefined) return warnings;
  const host = new URL(publicUrl).hostname.replaceAll(/[[\]]/g, "");
  const covered = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  if (covered === undefined) {
    warnings.push(`tls.certificateFile: does not name ${host}, the host of publicUrl`);
  }
  return warnings;
}

async function isWorldReadable(file: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  try {
    return ((await stat(file)).mode & 0o004) !== 0;
  } catch {
    return false;
  }
}
