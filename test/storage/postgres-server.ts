// A PostgreSQL server to test on: the one at TREFOIL_TEST_POSTGRES_URL, or one that runs on this machine, or one of the tests'
// own, made in a temporary directory and gone with them. Where there is none and none can be made the tests fail and say what
// to install. Each test gets a database of its own.

import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { foreignCommand, installationPatience } from "../harness/foreign-commands.js";

/** How long finding or making one may take. Milliseconds. */
export const postgresPatience = installationPatience + 60_000;

/** Where a server is looked for that runs already. */
const usual = "postgres://root@127.0.0.1:5432/postgres";
/** How long a fresh server may take until it answers. Milliseconds. */
const startPatience = 30_000;

/** One for the files of this worker. */
let found: Promise<string> | undefined;

/** The URL of a database whose user may make others. */
export function postgresUrl(): Promise<string> {
  return (found ??= findServer());
}

/** Databases that were given back, empty: making one takes a server much longer than emptying one. */
const idle: string[] = [];

/** An empty database, until `remove` is called. */
export async function newPostgresDatabase(): Promise<{
  readonly url: string;
  readonly remove: () => Promise<void>;
}> {
  const url = idle.pop() ?? (await makeDatabase());
  return {
    url,
    async remove() {
      await administer(url, "drop schema public cascade; create schema public");
      idle.push(url);
    },
  };
}

/** Removes the databases that were given back: to be called at the end of each file that makes some. */
export async function removePostgresDatabases(): Promise<void> {
  for (const url of idle.splice(0)) {
    const name = new URL(url).pathname.slice(1);
    await administer(await postgresUrl(), `drop database ${name} with (force)`);
  }
}

async function makeDatabase(): Promise<string> {
  const server = await postgresUrl();
  const name = `trefoil_test_${randomUUID().replaceAll("-", "")}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function findServer(): Promise<string> {
  const named = process.env["TREFOIL_TEST_POSTGRES_URL"];
  if (named !== undefined) {
    // Named, it is this one or none: another would pass for what was meant to be tested.
    await administer(named, "select 1").catch((error: unknown) => {
      const why = `TREFOIL_TEST_POSTGRES_URL names a server that does not answer: ${String(error)}`;
      throw new Error(why, { cause: error });
    });
    return named;
  }
  return (await answers(usual)) ? usual : startServer();
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that is ended while the statement runs.
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function answers(url: string): Promise<boolean> {
  return administer(url, "select 1").then(
    () => true,
    () => false,
  );
}

/** Makes a server of our own; it ends with this process, however that ends. */
async function startServer(): Promise<string> {
  const [initdb, postgres] = [await foreignCommand("initdb"), await foreignCommand("postgres")];
  const directory = mkdtempSync(join(tmpdir(), "trefoil-postgres-"));
  const owner = ownerOfServers();
  if (owner !== undefined) chownSync(directory, owner.uid, owner.gid);
  const data = join(directory, "data");
  const port = await freePort();
  try {
    execFileSync(initdb, ["-D", data, "-U", "trefoil", "-A", "trust", "-E", "UTF8", "--no-sync"], {
      ...owner,
      cwd: directory,
      stdio: "pipe",
    });
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  const listening = ["-D", data, "-p", String(port), "-k", directory, "-h", "127.0.0.1"];
  const settings = [...listening, "-c", "fsync=off", "-c", "max_connections=200"];
  // The shell lives as long as its input stays open: that is, as long as this process does.
  const script = '"$@" & server=$!; cat; kill -QUIT $server; wait $server; rm -rf "$DIRECTORY"';
  const child = spawn("/bin/sh", ["-c", script, "sh", postgres, ...settings], {
    ...owner,
    cwd: directory,
    env: { ...process.env, DIRECTORY: directory },
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  const url = `postgres://trefoil@127.0.0.1:${port}/postgres`;
  for (const giveUp = Date.now() + startPatience; !(await answers(url));) {
    if (Date.now() > giveUp || child.exitCode !== null) {
      throw new Error(`${postgres} was started in ${directory} and does not answer.`);
    }
    await sleep(50);
  }
  return url;
}

/** PostgreSQL refuses to run as root: its package makes a user for it. */
function ownerOfServers(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string, user: string) =>
    Number(execFileSync("id", [option, user], { encoding: "utf8", stdio: "pipe" }));
  for (const user of ["postgres", "nobody"]) {
    try {
      return { uid: idOf("-u", user), gid: idOf("-g", user) };
    } catch {
      // There is no such user.
    }
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
