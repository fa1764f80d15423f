// The developer server as a child process, for tests of whoever speaks to it from outside: found through its dev.json,
// signed in at with plain requests, ended and cleaned up after.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

/** Milliseconds that a server may take to listen, and to end. */
const patience = 30_000;

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

/**
 * Starts `trefoil serve --dev` on a free port of 127.0.0.1 with a data directory of its own; resolves when it listens.
 * @param options.env settings as environment variables, `TREFOIL_GATEWAY_VALIDATION` and the like
 * @param options.dataDir an own data directory, which is not removed: that of an earlier start
 * @throws where it ends before it listens, with what it said
 */
export async function startServerProcess(
  options: { readonly env?: Readonly<Record<string, string>>; readonly dataDir?: string } = {},
): Promise<ServerProcess> {
  if (!existsSync(command)) {
    throw new Error(`${command} is not there: run npm run build before the tests.`);
  }
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "trefoil-server-"));
  const clean = (): void => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  // That of an earlier start would be taken for this one's; the server writes it anew.
  rmSync(join(dataDir, "dev.json"), { force: true });
  const child = spawn(
    process.execPath,
    [command, "serve", "--dev", "--host", "127.0.0.1", "--port", "0", "--data", dataDir],
    { env: { ...foreignEnvironment(), ...options.env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (log += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  try {
    const dev = await whenListening(child, join(dataDir, "dev.json"), () => log);
    return {
      dev,
      origin: dev.gatewayBaseUrl,
      port: Number(new URL(dev.gatewayBaseUrl).port),
      dataDir,
      pid: child.pid ?? 0,
      log: () => log,
      ended,
      signal: (name) => void child.kill(name),
      async stop() {
        const code = await end(child);
        clean();
        return code;
      },
    };
  } catch (error) {
    await end(child);
    clean();
    throw error;
  }
}

/** The environment without settings of whoever runs the tests. */
function foreignEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("TREFOIL_")),
  );
}

/** `dev.json` is written when the server listens, and the log says so after it. */
async function whenListening(
  child: ChildProcess,
  devJson: string,
  log: () => string,
): Promise<DevJson> {
  let timer: NodeJS.Timeout | undefined;
  let look: (() => void) | undefined;
  await new Promise<void>((resolve, reject) => {
    look = () => {
      if (existsSync(devJson)) resolve();
    };
    child.stdout?.on("data", look);
    child.once("error", reject);
    child.once("close", (code) =>
      reject(new Error(`The server ended with ${code} before it listened: ${log()}`)),
    );
    timer = setTimeout(
      () => reject(new Error(`The server did not listen within ${patience} ms: ${log()}`)),
      patience,
    );
  }).finally(() => {
    clearTimeout(timer);
    if (look !== undefined) child.stdout?.off("data", look);
  });
  return JSON.parse(readFileSync(devJson, "utf8")) as DevJson;
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, "close");
    child.kill("SIGTERM");
    const lastResort = setTimeout(() => child.kill("SIGKILL"), patience);
    await closed;
    clearTimeout(lastResort);
  }
  return child.exitCode;
}

/** An answer whose body is JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request over HTTP/1.1 on a connection of its own, trusting the server's authority alone. */
export async function requestJson(
  { dev }: Pick<ServerProcess, "dev">,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<JsonAnswer> {
  const outgoing = request(`${dev.authBaseUrl}${path}`, {
    method: options.method ?? "GET",
    headers: { ...options.headers },
    ca: readFileSync(dev.caFile),
    agent: false,
  });
  outgoing.end(options.body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
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
