// The developer server as a child process, for tests of whoever speaks to it from outside: found through its dev.json,
// signed in at with plain requests, ended and cleaned up after.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, type CommandOptions, listening, patience, trefoil } from "./command.js";

/** What `dev.json` holds. @see docs/development-server.md */
export interface DevJson {
  readonly authBaseUrl: string;
  readonly gatewayBaseUrl: string;
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly modelId: string;
  readonly account: { readonly email: string; readonly password: string };
  readonly accountAccessToken: string;
  readonly adminToken: string;
}

/** The tokens of a device that signed in. */
export interface DeviceTokens {
  readonly deviceId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A server that runs in a process of its own. */
export interface ServerProcess {
  readonly dev: DevJson;
  /** Where everything is, without a slash at its end. */
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** What it has logged so far: JSON lines. */
  readonly log: () => string;
  /** Its exit code (null where a signal ended it), once it has ended. */
  readonly ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Ends it as an operator would, and removes its data. @returns its exit code */
  stop(): Promise<number | null>;
}

/** What the developer server of a data directory wrote down about itself. */
export function readDevJson(dataDir: string): DevJson {
  return JSON.parse(readFileSync(join(dataDir, "dev.json"), "utf8")) as DevJson;
}

/**
 * A developer server that listens on a free port of 127.0.0.1; resolves when it says so. Ending it is the caller's.
 * @throws where it ends before, with what it said
 */
export async function developerServer(
  dataDir: string,
  args: readonly string[] = [],
  options: CommandOptions = {},
): Promise<Command & { readonly dev: DevJson }> {
  const where = ["--host", "127.0.0.1", "--port", "0", "--data", dataDir];
  const command = trefoil(["serve", "--dev", ...where, ...args], options);
  try {
    await listening(command);
    return { ...command, dev: readDevJson(dataDir) };
  } catch (error) {
    await end(command);
    throw error;
  }
}

/**
 * The same with a data directory of its own.
 * @param options.env settings as environment variables, `TREFOIL_GATEWAY_VALIDATION` and the like
 * @param options.dataDir an own data directory, which is not removed: that of an earlier start
 * @throws where it ends before it listens, with what it said
 */
export async function startServerProcess(
  options: { readonly env?: Readonly<Record<string, string>>; readonly dataDir?: string } = {},
): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "trefoil-server-"));
  const clean = (): void => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const server = await developerServer(dataDir, [], { env: options.env ?? {} });
    const { dev, process: child, ended } = server;
    return {
      dev,
      origin: dev.gatewayBaseUrl,
      port: Number(new URL(dev.gatewayBaseUrl).port),
      dataDir,
      pid: child.pid ?? 0,
      log: () => `${server.stdout()}${server.stderr()}`,
      ended,
      signal: (name) => void child.kill(name),
      async stop() {
        const code = await end(server);
        clean();
        return code;
      },
    };
  } catch (error) {
    clean();
    throw error;
  }
}

/** Ends it as an operator would, or where that does not help as the machine would. */
async function end({ process: child, ended }: Command): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  const lastResort = setTimeout(() => child.kill("SIGKILL"), patience);
  const code = await ended;
  clearTimeout(lastResort);
  return code;
}

/** An answer whose body is JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What to ask. */
export interface JsonRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request over HTTP/1.1 on a connection of its own, trusting the server's authority alone. */
export async function fetchJson(
  { caFile }: Pick<DevJson, "caFile">,
  url: string,
  { method = "GET", headers = {}, body }: JsonRequest = {},
): Promise<JsonAnswer> {
  const ca = readFileSync(caFile);
  const outgoing = request(url, { method, headers: { ...headers }, ca, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** The same by the path alone. */
export function requestJson(
  { dev }: Pick<ServerProcess, "dev">,
  path: string,
  asked: JsonRequest = {},
): Promise<JsonAnswer> {
  return fetchJson(dev, `${dev.authBaseUrl}${path}`, asked);
}

/** Signs a device of the demo client in with the demo account. */
export async function signIn(
  server: Pick<ServerProcess, "dev">,
  deviceId: string,
): Promise<DeviceTokens> {
  const { dev } = server;
  const device = { client_id: dev.clientId, device_id: deviceId, model_id: dev.modelId };
  const query = new URLSearchParams({ ...device, response_type: "code", state: "state" });
  const granted = await requestJson(server, `/authorize?${query.toString()}`, {
    headers: { authorization: `Bearer ${dev.accountAccessToken}` },
  });
  const body = new URLSearchParams({
    ...device,
    client_secret: dev.clientSecret,
    code: String(granted.body["code"]),
  });
  const { status, body: tokens } = await requestJson(
    server,
    "/token?grant_type=authorization_code",
    {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: body.toString(),
    },
  );
  if (status !== 200) {
    throw new Error(`${deviceId} cannot sign in: ${JSON.stringify([granted.body, tokens])}`);
  }
  return {
    deviceId,
    accessToken: String(tokens["access_token"]),
    refreshToken: String(tokens["refresh_token"]),
  };
}

/** Asks the admin API. @param path below `/admin/v1` */
export function askAdmin(
  server: Pick<ServerProcess, "dev">,
  path: string,
  body?: unknown,
): Promise<JsonAnswer> {
  return requestJson(server, `/admin/v1${path}`, {
    headers: {
      authorization: `Bearer ${server.dev.adminToken}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
}
