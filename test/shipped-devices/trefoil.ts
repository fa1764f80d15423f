// The whole server in this process, over TLS, with handlers of a test's own; and a device that signs in at it by hand.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@trefoil/protocol/clock";
import { type AuthServer, createAuthServer } from "../../packages/server/src/auth/index.js";
import { configSchema } from "../../packages/server/src/config/index.js";
import { silentLogger } from "../../packages/server/src/logging/index.js";
import { type ServerOptions, startServer } from "../../packages/server/src/server.js";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import type { DevJson } from "../harness/server-process.js";
import { postForm } from "./http1.js";

/** A server that listens. */
export interface Trefoil {
  readonly port: number;
  readonly dev: DevJson;
  readonly ca: string;
  /** What an owner and an operator can do, as a process beside the server's own on the same database. */
  operate<T>(work: (auth: AuthServer) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a developer server on a free port of 127.0.0.1. */
export async function startTrefoil(
  options: {
    readonly handlers?: NonNullable<ServerOptions["handlers"]>;
    readonly auth?: Record<string, unknown>;
  } = {},
): Promise<Trefoil> {
  const dataDir = mkdtempSync(join(tmpdir(), "trefoil-shipped-"));
  const config = configSchema.parse({
    dataDir,
    listen: { host: "127.0.0.1", port: 0 },
    auth: { guests: true, ...options.auth },
    gateway: { validation: "strict" },
  });
  const server = await startServer({
    config,
    dev: true,
    ...(options.handlers === undefined ? {} : { handlers: options.handlers }),
  });
  const dev = JSON.parse(readFileSync(join(dataDir, "dev.json"), "utf8")) as DevJson;
  return {
    port: server.port,
    dev,
    ca: readFileSync(dev.caFile, "utf8"),
    async operate(work) {
      const database = await openDatabase({
        kind: "sqlite",
        file: join(dataDir, "trefoil.sqlite"),
      });
      const auth = createAuthServer({
        database,
        config: config.auth,
        clock: systemClock,
        log: silentLogger,
      });
      try {
        return await work(auth);
      } finally {
        await auth.close();
        await database.close();
      }
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The tokens of a device. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** An authorization code for a device of the demo client, asked for as the companion app does. */
export async function codeFor({ port, dev }: Trefoil, deviceId: string): Promise<string> {
  const answer = await postForm(
    port,
    "/authorize",
    {
      client_id: dev.clientId,
      device_id: deviceId,
      model_id: dev.modelId,
      response_type: "code",
      state: "s",
    },
    { authorization: `Bearer ${dev.accountAccessToken}` },
  );
  return String(answer.json()["code"]);
}

/** Asks `/token` as the firmware does: `grant_type` in the query, everything else in the body. */
export function askForTokens(
  { port, dev }: Trefoil,
  grantType: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) {
  return postForm(
    port,
    `/token?grant_type=${grantType}`,
    {
      client_id: dev.clientId,
      client_secret: dev.clientSecret,
      model_id: dev.modelId,
      ...fields,
    },
    headers,
  );
}

/** Signs a device in. */
export async function signIn(trefoil: Trefoil, deviceId: string): Promise<Tokens> {
  const answer = await askForTokens(trefoil, "authorization_code", {
    code: await codeFor(trefoil, deviceId),
    device_id: deviceId,
  });
  if (answer.status !== 200) throw new Error(`${deviceId} cannot sign in: ${answer.body}`);
  return answer.json() as unknown as Tokens;
}

/** Sends a directive through the admin API. */
export async function push({ port, dev }: Trefoil, deviceId: string, text: string): Promise<void> {
  const response = await postForm(
    port,
    `/admin/v1/devices/${deviceId}/directives`,
    JSON.stringify({ name: "Clova.RenderText", payload: { type: "RenderText", text } }),
    { authorization: `Bearer ${dev.adminToken}`, "content-type": "application/json" },
  );
  if (response.status !== 202) throw new Error(`the admin API refused: ${response.body}`);
}
