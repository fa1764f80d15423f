// Making the developer certificate authority and the certificates that it signs. Loaded only when one has to be made:
// the X.509 library takes longer to load than the server to start.

import "reflect-metadata";
import { type webcrypto, randomBytes, webcrypto as crypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { CertificateName } from "./certificate-names.js";

/** A certificate and its private key, both in PEM. */
export interface KeyPair {
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;
const organisation = "Trefoil developer server";

/** Days that an authority lasts. */
const authorityDays = 3_650;
/** Days that a leaf lasts: the most that browsers take from public authorities, and below what Apple takes from others. */
const leafDays = 397;

/**
 * Makes a certificate authority that may sign leaves and no further authorities.
 * @param label tells it apart in a trust store, as in `my-laptop`
 * @param now milliseconds since the epoch
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2
 */
export async function issueAuthority(label: string, now: number): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // A name of its own for each: two authorities of one name and different keys confuse trust stores.
    name: [
      { CN: [`Trefoil developer CA ${randomBytes(4).toString("hex")} (${label.slice(0, 24)})`] },
      { O: [organisation] },
    ],
    notBefore: new Date(now - day),
    notAfter: new Date(now + authorityDays * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

/**
 * Makes a server certificate.
 * @param authority signs it; the leaf does not outlive it
 * @param names what it is for; the first one also becomes its common name
 * @param now milliseconds since the epoch
 * @see https://www.rfc-editor.org/rfc/rfc9525 for why the names stand in subjectAltName
 */
export async function issueLeaf(
  authority: KeyPair,
  names: readonly CertificateName[],
  now: number,
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await importKey(authority.key);
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [(names[0]?.value ?? "localhost").slice(0, 64)] }, { O: [organisation] }],
    issuer: issuer.subjectName,
    notBefore: new Date(now - day),
    notAfter: new Date(Math.min(now + leafDays * day, issuer.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...names]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await crypto.subtle.exportKey("pkcs8", key);
  return `${x509.PemConverter.encode(der, x509.PemConverter.PrivateKeyTag)}\n`;
}

function importKey(key: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(key);
  return crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

/** 127 random bits, positive and without a leading zero. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2 */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString("hex");
}
