// The developer server's admin token: made once, kept in a file for its owner alone.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { TrefoilError } from "@trefoil/protocol/errors";
import { type Config, minAdminTokenLength } from "../config/index.js";
import { readIfThere, replaceFile } from "./private-file.js";

/**
 * The admin token: from the file that the configuration names, else from `<dataDir>/admin-token`, which is made when it is
 * not there.
 * @throws {TrefoilError} `invalid_configuration` when a configured file is missing, or a token is too short to be one
 */
export async function prepareAdminToken(
  config: Pick<Config, "admin" | "dataDir">,
): Promise<string> {
  const configured = config.admin.tokenFile;
  const file = configured ?? join(config.dataDir, "admin-token");
  const kept = (await readIfThere(file))?.trim();
  if (kept === undefined && configured !== undefined) {
    throw new TrefoilError("invalid_configuration", `admin.tokenFile: ${file}: no such file`);
  }
  if (kept !== undefined && kept !== "") {
    if (kept.length >= minAdminTokenLength) return kept;
    throw new TrefoilError(
      "invalid_configuration",
      `${file}: shorter than ${minAdminTokenLength} characters${configured === undefined ? "; remove it, and a new one is made" : ""}`,
    );
  }
  const token = randomBytes(32).toString("base64url");
  await replaceFile(file, `${token}\n`);
  return token;
}
