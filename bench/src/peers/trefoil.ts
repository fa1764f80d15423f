// Trefoil as the subject: a fleet of devices that signed in by the real flow, and servers that start from its database.

import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WebClient, inParallel } from "../load/web-client.js";
import { type ServerProcess, type StartOptions, startOwn } from "../measure/child.js";
import type { Certificate } from "./certificate.js";

/** One device that signed in. */
export interface Device {
  readonly deviceId: string;
  /** The server's own id of it. */
  readonly deviceKey: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Devices, the client that they belong to, and the database that knows them. */
export interface Fleet {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly modelId: string;
  readonly devices: readonly Device[];
  readonly adminToken: string;
  readonly directory: string;
}

const databaseFile = "trefoil.sqlite";
const modelId = "bench-speaker";
const adminToken = "bench-admin-token-bench-admin-token-bench";

/** The largest value of settings that count tries. */
const unlimited = 1_000_000;

/** Settings of the production form; whatever is given is put over them. */
function settings(
  dataDir: string,
  certificate: Certificate,
  changes: Readonly<Record<string, object>>,
): object {
  const tokenFile = join(dataDir, "admin-token");
  writeFileSync(tokenFile, adminToken, { mode: 0o600 });
  const base: Readonly<Record<string, object>> = {
    listen: { host: "127.0.0.1", port: 0 },
    tls: { certificateFile: certificate.certificateFile, keyFile: certificate.keyFile },
    auth: { guests: true, guestsPerAddress: unlimited, attemptsPerDevice: unlimited },
    gateway: { validation: "lenient", drainSeconds: 1 },
    // All load comes from one address, and a device of the benchmark does in seconds what others do in years.
    limits: { maxConnectionsPerAddress: 0, newConnectionsPerAddress: 0 },
    delivery: {},
    admin: { tokenFile },
    operations: {},
    log: { level: "warn" },
  };
  const sections = Object.entries(base).map(([name, section]) => [
    name,
    { ...section, ...changes[name] },
  ]);
  return { publicUrl: "https://localhost", dataDir, ...Object.fromEntries(sections) };
}

/** How a server is started. */
export interface TrefoilOptions extends StartOptions {
  readonly directory: string;
  readonly certificate: Certificate;
  /** Settings that differ, by section. */
  readonly settings?: Readonly<Record<string, object>>;
}

/** Starts a server on a copy of a fleet's database, so that no scenario sees what another one did. */
export function startTrefoil(
  fleet: Pick<Fleet, "directory"> | undefined,
  options: TrefoilOptions,
): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(options.directory, "trefoil-"));
  if (fleet !== undefined) {
    copyFileSync(join(fleet.directory, databaseFile), join(dataDir, databaseFile));
  }
  return startOwn(
    "trefoil",
    settings(dataDir, options.certificate, options.settings ?? {}),
    options,
  );
}

/**
 * Signs devices in: a client is registered by the admin API, and each device gets its code at `/authorize` (as a guest)
 * and its tokens at `/token`.
 * @param tell called with the number of devices that are in
 */
export async function signInFleet(
  count: number,
  options: TrefoilOptions,
  tell: (done: number) => void,
): Promise<Fleet> {
  const directory = join(options.directory, "fleet");
  mkdirSync(directory, { recursive: true });
  const argument = settings(directory, options.certificate, {});
  const server = await startOwn("trefoil", argument, options);
  const web = new WebClient(server.port, options.certificate.certificate, 16);
  const admin = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  try {
    const client = await web.expect(
      201,
      "POST",
      "/admin/v1/clients",
      admin,
      JSON.stringify({ name: "Benchmarks", clientId: "bench" }),
    );
    const clientId = String(client["clientId"]);
    const clientSecret = String(client["clientSecret"]);
    let done = 0;
    const tokens = await inParallel(Array(count).keys(), 16, async (index) => {
      const deviceId = `device-${String(index).padStart(5, "0")}`;
      const who = { client_id: clientId, device_id: deviceId, model_id: modelId };
      const asked = { ...who, response_type: "code", state: "bench", request_vu: "Y" };
      const { code } = await web.expect(200, "GET", `/authorize?${query(asked)}`);
      const exchange = {
        ...who,
        client_secret: clientSecret,
        grant_type: "authorization_code",
        code: String(code),
      };
      const answer = await web.expect(200, "GET", `/token?${query(exchange)}`);
      tell(++done);
      return {
        deviceId,
        accessToken: String(answer["access_token"]),
        refreshToken: String(answer["refresh_token"]),
      };
    });
    const keys = await readKeys(web, admin);
    const devices = tokens.map((device) => ({
      ...device,
      deviceKey: keys.get(device.deviceId) ?? "",
    }));
    return { clientId, clientSecret, modelId, devices, adminToken, directory };
  } finally {
    web.close();
    // In good order, so that the database is one file.
    await server.stop();
  }
}

async function readKeys(
  web: WebClient,
  admin: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  let after: string | undefined;
  do {
    const page = await web.expect(
      200,
      "GET",
      `/admin/v1/devices?${query({ limit: "1000", ...(after === undefined ? {} : { after }) })}`,
      admin,
    );
    for (const { deviceId, deviceKey } of page["devices"] as Record<string, string>[]) {
      keys.set(deviceId ?? "", deviceKey ?? "");
    }
    after = (page["next"] as string | null) ?? undefined;
  } while (after !== undefined);
  return keys;
}

export function query(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString();
}
