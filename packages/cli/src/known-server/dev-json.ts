// Finding the local developer server: what it wrote down about itself when it began to listen.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TrefoilError } from "@trefoil/protocol/errors";
import { describeIssue } from "@trefoil/protocol/messages";
import { z } from "zod";

const devJsonSchema = z.looseObject({
  authBaseUrl: z.url(),
  gatewayBaseUrl: z.url(),
  caFile: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  modelId: z.string().min(1),
  account: z.looseObject({ email: z.string(), password: z.string() }),
  accountAccessToken: z.string().min(1),
  adminToken: z.string().min(1),
});

/** The members of `<data>/dev.json`. */
export type DevJson = z.infer<typeof devJsonSchema>;

/**
 * Reads `dev.json`.
 * @param dataDir the developer server's data directory, absolute
 * @returns undefined where there is none
 * @throws {TrefoilError} `invalid_configuration` where it cannot be read
 */
export async function readDevJson(dataDir: string): Promise<DevJson | undefined> {
  const path = join(dataDir, "dev.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause) {
      if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
      if (cause.code === "EACCES") throw unreadable(path, "it belongs to another user");
    }
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause));
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unreadable(path, "it is not JSON");
  }
  const result = devJsonSchema.safeParse(json);
  if (result.success) return result.data;
  throw unreadable(path, describeIssue(result.error));
}

function unreadable(path: string, why: string): TrefoilError {
  return new TrefoilError("invalid_configuration", `cannot use ${path}: ${why}`);
}
