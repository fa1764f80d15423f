// The developer server's certificates: made on the first start, found again on the next, renewed when they must be.

import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@trefoil/protocol/clock";
import type { Config } from "../config/index.js";
import type { Logger } from "../logging/index.js";
import {
  type CertificateName,
  type Machine,
  certificateNames,
  readMachine,
} from "./certificate-names.js";
import type { KeyPair } from "./issue-certificate.js";
import { readIfThere, replaceFile } from "./private-file.js";

/** What the listener and the clients need. */
export interface DeveloperCertificates {
  /** Absolute path of the authority's certificate: what clients are told to trust. */
  readonly caFile: string;
  /** The server's certificate, PEM. */
  readonly certificate: string;
  /** Its private key, PEM. */
  readonly key: string;
}

const day = 86_400_000;
/** A leaf with less left than this is renewed. Milliseconds. */
const renewLeafBefore = 30 * day;
/** An authority with less left than this is replaced; clients must then be told of the new one. Milliseconds. */
const renewAuthorityBefore = 60 * day;

/** The X.509 library, loaded when the first certificate has to be made. */
const issuing = () => import("./issue-certificate.js");

/**
 * Finds or makes the certificate authority and the server's certificate in `<dataDir>/tls`. The authority is kept as long
 * as it is usable, so that whoever trusts it goes on to; the leaf is renewed when it is about to expire or when the names
 * that it should have are others.
 * @param options.machine names and addresses of this machine; asked from the operating system unless given
 * @throws {TrefoilError} `invalid_configuration` when a file cannot be read or written
 */
export async function prepareCertificates(options: {
  readonly config: Pick<Config, "dataDir" | "listen" | "publicUrl" | "tls">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly machine?: Machine;
}): Promise<DeveloperCertificates> {
  const { config, log } = options;
  const now = options.clock.now();
  const machine = options.machine ?? readMachine();
  const directory = join(config.dataDir, "tls");
  const caFile = join(directory, "ca.pem");
  const caKeyFile = join(directory, "ca-key.pem");
  const leafFile = join(directory, "server.pem");
  const leafKeyFile = join(directory, "server-key.pem");
  await mkdir(directory, { recursive: true, mode: 0o700 });

  let authority = await readPair(caFile, caKeyFile);
  const authorityFlaw = authority === undefined ? "missing" : flawOfAuthority(authority, now);
  if (authority === undefined || authorityFlaw !== undefined) {
    authority = await (await issuing()).issueAuthority(machine.hostname, now);
    await replaceFile(caKeyFile, authority.key);
    await replaceFile(caFile, authority.certificate, 0o644);
    log.info("The developer certificate authority was made.", {
      file: caFile,
      reason: authorityFlaw,
    });
  }

  const names = certificateNames(machine, config);
  let leaf = await readPair(leafFile, leafKeyFile);
  const leafFlaw = leaf === undefined ? "missing" : flawOfLeaf(leaf, authority, names, now);
  if (leaf === undefined || leafFlaw !== undefined) {
    leaf = await (await issuing()).issueLeaf(authority, names, now);
    await replaceFile(leafKeyFile, leaf.key);
    await replaceFile(leafFile, leaf.certificate, 0o644);
    log.info("The developer certificate was made.", {
      names: names.map(({ value }) => value),
      reason: leafFlaw,
    });
  }
  return { caFile, certificate: leaf.certificate, key: leaf.key };
}

async function readPair(file: string, keyFile: string): Promise<KeyPair | undefined> {
  const [certificate, key] = await Promise.all([readIfThere(file), readIfThere(keyFile)]);
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** Why an authority cannot go on, or undefined. */
function flawOfAuthority(pair: KeyPair, now: number): string | undefined {
  const certificate = parse(pair);
  if (certificate === undefined) return "unreadable";
  if (!certificate.ca) return "not an authority";
  return Date.parse(certificate.validTo) - now < renewAuthorityBefore ? "expiring" : undefined;
}

/** Why a leaf cannot go on, or undefined. */
function flawOfLeaf(
  pair: KeyPair,
  authority: KeyPair,
  names: readonly CertificateName[],
  now: number,
): string | undefined {
  const certificate = parse(pair);
  if (certificate === undefined) return "unreadable";
  const issuer = new X509Certificate(authority.certificate);
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
    return "of another authority";
  }
  // Made while the clock was wrong.
  if (Date.parse(certificate.validFrom) > now) return "not valid yet";
  if (Date.parse(certificate.validTo) - now < renewLeafBefore) return "expiring";
  return hasNames(certificate, names) ? undefined : "other names";
}

/** The certificate of a pair, if both can be read and belong together. */
function parse(pair: KeyPair): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pair.certificate);
    return certificate.checkPrivateKey(createPrivateKey(pair.key)) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a certificate has these names and no others. */
function hasNames(certificate: X509Certificate, names: readonly CertificateName[]): boolean {
  const present = (certificate.subjectAltName ?? "").split(", ");
  return (
    present.length === names.length &&
    names.every(({ type, value }) =>
      type === "dns" ? present.includes(`DNS:${value}`) : certificate.checkIP(value) !== undefined,
    )
  );
}
