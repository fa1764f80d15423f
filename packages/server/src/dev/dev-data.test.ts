// Demo data, admin token and dev.json: made once, found again, repaired, and readable by their owner alone.

import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../config/index.js";
import { silentLogger } from "../logging/index.js";
import {
  type DemoAuthority,
  developmentOrigin,
  prepareAdminToken,
  prepareDemoData,
  writeDevJson,
} from "./index.js";

let dataDir: string;
let clock: FakeClock;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "trefoil-dev-"));
  clock = new FakeClock();
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** An authorization server that remembers what was made. */
function authority() {
  const clients: string[] = [];
  const accounts = new Map<string, { accountId: string; password: string }>();
  const tokens: { accountId: string; ttlSeconds: number }[] = [];
  let count = 0;
  const taken = () => new TrefoilError("conflict", "taken");
  const auth: DemoAuthority = {
    clients: {
      async create({ clientId }) {
        if (clients.includes(clientId)) throw taken();
        clients.push(clientId);
        return { clientId, clientSecret: `secret-${++count}` };
      },
      list: async () => clients.map((clientId) => ({ clientId })),
    },
    accounts: {
      async createLocal({ email, password }) {
        if (accounts.has(email)) throw taken();
        accounts.set(email, { accountId: `account-${++count}`, password });
        return accounts.get(email)!;
      },
      findByEmail: async (email) => accounts.get(email),
      async issueAccountAccessToken(accountId, ttlSeconds) {
        tokens.push({ accountId, ttlSeconds });
        return `token-${++count}`;
      },
    },
  };
  return { auth, clients, accounts, tokens };
}

const prepare = (auth: DemoAuthority) =>
  prepareDemoData({ dataDir, auth, clock, log: silentLogger });
const secretsFile = () => join(dataDir, "dev-secrets.json");

describe("demo data", () => {
  it("is a client, an account with a random password, and an account access token", async () => {
    const { auth, clients, accounts, tokens } = authority();
    const demo = await prepare(auth);
    expect(clients).toEqual([demo.clientId]);
    expect(accounts.get(demo.account.email)?.password).toBe(demo.account.password);
    expect(demo.account.password.length).toBeGreaterThanOrEqual(16);
    expect(tokens).toEqual([{ accountId: "account-2", ttlSeconds: 365 * 86_400 }]);
    expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
  });

  it("is the same on a second start", async () => {
    const { auth, clients, accounts, tokens } = authority();
    const first = await prepare(auth);
    clock.advance(300 * 86_400_000);
    expect(await prepare(auth)).toEqual(first);
    expect([clients.length, accounts.size, tokens.length]).toEqual([1, 1, 1]);
  });

  it("gets a new account access token when the old one is about to expire", async () => {
    const { auth } = authority();
    const first = await prepare(auth);
    clock.advance(340 * 86_400_000);
    const second = await prepare(auth);
    expect(second.accountAccessToken).not.toBe(first.accountAccessToken);
    expect({ ...second, accountAccessToken: "" }).toEqual({ ...first, accountAccessToken: "" });
    expect(await prepare(auth)).toEqual(second);
  });

  it("is made again, under the same names, in a database that was thrown away", async () => {
    const first = await prepare(authority().auth);
    const { auth, accounts } = authority();
    await auth.clients.create({ name: "another", clientId: "another" });
    const second = await prepare(auth);
    expect(second.clientId).toBe(first.clientId);
    expect(second.clientSecret).not.toBe(first.clientSecret);
    expect(second.account).toEqual(first.account);
    expect(accounts.has(first.account.email)).toBe(true);
    expect(await prepare(auth)).toEqual(second);
  });

  it.each([
    ["lost", () => rmSync(secretsFile())],
    ["broken", () => writeFileSync(secretsFile(), "{")],
    ["of another form", () => writeFileSync(secretsFile(), "{}")],
  ])("is made again, under new names, when its secrets are %s", async (_, damage) => {
    const { auth } = authority();
    const first = await prepare(auth);
    damage();
    const second = await prepare(auth);
    expect(second.clientId).toMatch(/^trefoil-demo-[0-9a-f]{8}$/);
    expect(second.account.email).not.toBe(first.account.email);
    expect(await prepare(auth)).toEqual(second);
  });

  it("passes failures of the authorization server on", async () => {
    const { auth } = authority();
    const broken = {
      ...auth,
      clients: { ...auth.clients, create: () => Promise.reject(new Error("disk full")) },
    };
    await expect(prepare(broken)).rejects.toThrow("disk full");
  });
});

describe("the admin token", () => {
  const config = (tokenFile?: string) => configSchema.parse({ dataDir, admin: { tokenFile } });

  it("is 256 random bits in a file for its owner alone, and stays the same", async () => {
    const token = await prepareAdminToken(config());
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(statSync(join(dataDir, "admin-token")).mode & 0o777).toBe(0o600);
    expect(await prepareAdminToken(config())).toBe(token);
  });

  it("comes from the configured file where there is one", async () => {
    const file = join(dataDir, "mine");
    await expect(prepareAdminToken(config(file))).rejects.toMatchObject({
      code: "invalid_configuration",
    });
    writeFileSync(file, `${"x".repeat(32)}\n`);
    expect(await prepareAdminToken(config(file))).toBe("x".repeat(32));
    writeFileSync(file, "short");
    await expect(prepareAdminToken(config(file))).rejects.toThrow("shorter than 32 characters");
  });
});

describe("dev.json", () => {
  const demo = {
    clientId: "c",
    clientSecret: "s",
    modelId: "m",
    account: { email: "e", password: "p" },
    accountAccessToken: "t",
  };
  const write = (origin: string) =>
    writeDevJson({ dataDir, origin, caFile: "/ca.pem", demo, adminToken: "a" });

  it("has exactly the members of the contract, for its owner alone", async () => {
    const file = await write("https://localhost:8443");
    expect(file).toBe(join(dataDir, "dev.json"));
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      authBaseUrl: "https://localhost:8443",
      gatewayBaseUrl: "https://localhost:8443",
      caFile: "/ca.pem",
      clientId: "c",
      clientSecret: "s",
      modelId: "m",
      account: { email: "e", password: "p" },
      accountAccessToken: "t",
      adminToken: "a",
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is replaced as a whole: another inode, nothing left behind, the mode as it should be", async () => {
    const file = join(dataDir, "dev.json");
    writeFileSync(file, "old", { mode: 0o644 });
    const before = statSync(file).ino;
    await write("https://localhost:1");
    expect(statSync(file).ino).not.toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(["dev.json"]);
  });

  it("says in one line why it cannot be written", async () => {
    rmSync(dataDir, { recursive: true });
    await expect(write("https://localhost:1")).rejects.toMatchObject({
      code: "invalid_configuration",
      message: `cannot write ${dataDir}/dev.json: no such file`,
    });
  });
});

describe("the origin", () => {
  it.each([
    [{}, "https://localhost:8443"],
    [{ listen: { host: "::" } }, "https://localhost:8443"],
    [{ listen: { host: "127.0.0.1" } }, "https://127.0.0.1:8443"],
    [{ listen: { host: "::1" } }, "https://[::1]:8443"],
    [{ listen: { host: "speaker.lan" } }, "https://speaker.lan:8443"],
    [{ publicUrl: "https://clova.example.org" }, "https://clova.example.org"],
  ])("of %j is %s", (input, origin) => {
    expect(developmentOrigin(configSchema.parse(input), 8443)).toBe(origin);
  });
});
