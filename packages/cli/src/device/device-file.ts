// What a simulated device remembers between two runs: who it is, and its tokens.

import { createHash, randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { format, parse } from "node:path";
import { FileTokenStore, PrivateJsonFile, type TokenStore } from "@trefoil/client/node";
import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import type { Target } from "../known-server/index.js";

/** A device that can sign in. */
export interface RememberedDevice {
  readonly id: string;
  readonly store: TokenStore;
}

/** What every device file holds; a JSON file without it is somebody else's. */
const deviceFileSchema = z.looseObject({
  deviceId: z.string().min(1),
  clientId: z.string(),
  authUrl: z.string(),
});

type DeviceFile = z.infer<typeof deviceFileSchema>;

/** Largest file that is looked into, in bytes. */
const maxBytes = 1_048_576;

/**
 * Reads the device's file, or begins it. Tokens that were given to another device, by another server or for another
 * client are forgotten. A device id that was asked for and is not the file's own has a file beside it, so that the device
 * that was there stays who it is.
 * @throws {TrefoilError} `invalid_configuration` where the file can be neither read nor written, or is no device file
 */
export async function rememberDevice(target: Target): Promise<RememberedDevice> {
  const stored = await readDeviceFile(target.file);
  const { deviceId } = target;
  if (deviceId === undefined || deviceId === stored?.deviceId) {
    return begin(target, target.file, stored);
  }
  if (stored === undefined && target.isFileNamed) return begin(target, target.file, undefined);
  const file = besides(target.file, deviceId);
  return begin(target, file, await readDeviceFile(file));
}

async function begin(
  target: Target,
  path: string,
  kept: DeviceFile | undefined,
): Promise<RememberedDevice> {
  const id = target.deviceId ?? kept?.deviceId ?? randomUUID();
  const bound = {
    deviceId: id,
    modelId: target.model,
    clientId: target.client.id,
    authUrl: target.authUrl.origin,
    account: target.proof.kind === "guest" ? "guest" : "account",
  };
  const isSame = Object.entries(bound).every(([name, value]) => kept?.[name] === value);
  const file = new PrivateJsonFile(path);
  try {
    if (!isSame) await file.update({ ...bound, tokens: undefined });
  } catch (cause) {
    throw unusable(path, cause);
  }
  return { id, store: new FileTokenStore(file) };
}

/** What a device file holds; undefined where there is none yet, or an empty one. */
async function readDeviceFile(path: string): Promise<DeviceFile | undefined> {
  let text: string;
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > maxBytes) throw noDeviceFile(path);
    if (found.size === 0) return undefined;
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isTrefoilError(error)) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unusable(path, error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw noDeviceFile(path);
  }
  const result = deviceFileSchema.safeParse(json);
  if (!result.success) throw noDeviceFile(path);
  return result.data;
}

/** `device.json` and `foo` make `device-foo.json`; an id that is no plain file name everywhere goes in by its hash. */
function besides(path: string, deviceId: string): string {
  const name = /^[a-z0-9][a-z0-9._-]{0,63}$/.test(deviceId)
    ? deviceId
    : createHash("sha256").update(deviceId).digest("hex").slice(0, 32);
  const { dir, name: stem, ext } = parse(path);
  return format({ dir, name: `${stem}-${name}`, ext });
}

function noDeviceFile(path: string): TrefoilError {
  return new TrefoilError(
    "invalid_configuration",
    `${path}: is no device file; name another one with --tokens`,
  );
}

function unusable(path: string, cause: unknown): TrefoilError {
  const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
  return new TrefoilError("invalid_configuration", `cannot use the file ${path}: ${why}`, {
    cause,
  });
}
