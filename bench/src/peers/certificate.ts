// One certificate for all: a self-signed ECDSA P-256 leaf for `localhost`, made anew for each run.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate in files, and as text. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificate: string;
  readonly key: string;
}

/** @param keys `ec`: ECDSA P-256; `rsa`: RSA-2048, to show what it costs */
export function makeCertificate(directory: string, keys: "ec" | "rsa" = "ec"): Certificate {
  const certificateFile = join(directory, `${keys}.pem`);
  const keyFile = join(directory, `${keys}-key.pem`);
  const algorithm =
    keys === "ec"
      ? ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
      : ["-newkey", "rsa:2048"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      ...algorithm,
      "-nodes",
      "-days",
      "30",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout",
      keyFile,
      "-out",
      certificateFile,
    ],
    { stdio: "ignore" },
  );
  return {
    certificateFile,
    keyFile,
    certificate: readFileSync(certificateFile, "utf8"),
    key: readFileSync(keyFile, "utf8"),
  };
}
