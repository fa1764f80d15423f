// What a simulated device remembers between two runs: who it is, and its tokens.

import { randomUUID } from "node:crypto";
import { FileTokenStore, PrivateJsonFile, type TokenStore } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Target } from "../known-server/index.js";

/** A device that can sign in. */
export interface RememberedDevice {
  readonly id: string;
  readonly store: TokenStore;
}

/**
 * Reads the device's file, or begins it. Tokens that were given to another device, by another server or for another
 * client are forgotten.
 * @throws {TrefoilError} `invalid_configuration` where the file can be neither read nor written
 */
export async function rememberDevice(target: Target): Promise<RememberedDevice> {
  const file = new PrivateJsonFile(target.file);
  try {
    const kept = (await file.read()) ?? {};
    const id = target.deviceId ?? stringOf(kept["deviceId"]) ?? randomUUID();
    const bound = {
      deviceId: id,
      modelId: target.model,
      clientId: target.client.id,
      authUrl: target.authUrl.origin,
      account: target.proof.kind === "guest" ? "guest" : "account",
    };
    const isSame = Object.entries(bound).every(([name, value]) => kept[name] === value);
    if (!isSame) await file.update({ ...bound, tokens: undefined });
    return { id, store: new FileTokenStore(file) };
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    throw new TrefoilError("invalid_configuration", `cannot use the file ${target.file}: ${why}`, {
      cause,
    });
  }
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
