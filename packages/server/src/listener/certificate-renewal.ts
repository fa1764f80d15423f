// A certificate that was renewed while the server runs: its files are read again from time to time, and when somebody asks.

import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { Clock, Timer } from "@trefoil/protocol/clock";
import { reasonOf } from "../config/index.js";
import type { Logger } from "../logging/index.js";

/** A certificate with its chain and its private key, both in PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** What a {@link CertificateRenewal} is made of. */
export interface CertificateRenewalOptions {
  /** Absolute paths. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** What is in use, as it was read from these files. */
  readonly current: CertificatePair;
  /** Takes a pair that belongs together, for connections from now on. */
  readonly use: (pair: CertificatePair) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often the files are read. Milliseconds. */
const interval = 60_000;

/** Larger than any chain. Bytes. */
const largestFile = 1_048_576;

/**
 * Reads the two files about once a minute and hands on what is new and can be used. What cannot be (half written, the key of
 * another certificate) changes nothing: it is logged once, and the next look may find it whole. The content decides alone: a
 * copy may keep the time of its original, and links are moved without a file being written.
 */
export class CertificateRenewal {
  readonly #options: CertificateRenewalOptions;
  #current: CertificatePair;
  #reported: string | undefined;
  #timer: Timer | undefined;
  #isStopped = false;
  /** One look at a time: two that cross could put the older pair over the newer one. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: CertificateRenewalOptions) {
    this.#options = options;
    this.#current = options.current;
    this.#wait();
  }

  /**
   * Looks now, because somebody asks: what is found is logged also where it is nothing new. Resolves when it is done; never
   * rejects.
   */
  async look(): Promise<void> {
    await this.#next(true);
  }

  /** Looks no more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer = this.#options.clock.after(interval, () => {
      void this.#next(false).then(() => {
        if (!this.#isStopped) this.#wait();
      });
    });
  }

  #next(isAsked: boolean): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookOnce(isAsked));
    return this.#looking;
  }

  async #lookOnce(isAsked: boolean): Promise<void> {
    const { certificateFile, keyFile, use, log } = this.#options;
    try {
      const certificate = await readPem(certificateFile);
      const key = await readPem(keyFile);
      if (this.#isStopped) return;
      if (certificate === this.#current.certificate && key === this.#current.key) {
        this.#reported = undefined;
        if (isAsked) log.info("The TLS certificate has not changed.", { file: certificateFile });
        return;
      }
      const pair = { certificate, key };
      const { validTo } = checkPair(pair);
      use(pair);
      this.#current = pair;
      this.#reported = undefined;
      log.info("The TLS certificate was renewed.", {
        file: certificateFile,
        validTo: new Date(validTo).toISOString(),
      });
    } catch (error) {
      const reason = error instanceof Flaw ? error.message : reasonOf(error);
      if (reason === this.#reported && !isAsked) return;
      this.#reported = reason;
      log.warn("The TLS certificate on disk cannot be used; the one before stays in use.", {
        certificateFile,
        keyFile,
        reason,
      });
    }
  }
}

/** Why a pair cannot be used, in words; the errors of OpenSSL name places in its own source. */
class Flaw extends Error {}

async function readPem(file: string): Promise<string> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Flaw("is no file");
    if (found.size > largestFile) throw new Flaw("larger than 1 MiB");
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Flaw(`${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * @returns the first certificate of the chain
 * @throws {Flaw} where the pair is not whole or does not belong together
 */
function checkPair({ certificate, key }: CertificatePair): X509Certificate {
  const leaf = attempt(() => new X509Certificate(certificate), "holds no PEM certificate");
  const privateKey = attempt(() => createPrivateKey(key), "the key file holds no PEM private key");
  if (!leaf.checkPrivateKey(privateKey)) throw new Flaw("the key is not the certificate's");
  // All that a handshake needs, the chain included: a server that took it for a try could be left without any.
  attempt(() => createSecureContext({ cert: certificate, key }), "the chain cannot be read");
  return leaf;
}

function attempt<T>(work: () => T, flaw: string): T {
  try {
    return work();
  } catch (cause) {
    throw new Flaw(flaw, { cause });
  }
}
