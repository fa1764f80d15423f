// `trefoil client`, `account`, `token` and `audit`: what operators type and what they read, over a real admin API.

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accountCommand } from "../../packages/cli/src/account/index.js";
import { auditCommand } from "../../packages/cli/src/audit/index.js";
import { clientCommand } from "../../packages/cli/src/client/index.js";
import type { Terminal } from "../../packages/cli/src/terminal.js";
import { tokenCommand } from "../../packages/cli/src/token/index.js";
import {
  PresenceWatch,
  createAdminApp,
  hashAdminToken,
} from "../../packages/server/src/admin/index.js";
import { PresenceFeed, Presence } from "../../packages/server/src/delivery/index.js";
import { silentLogger } from "../../packages/server/src/logging/index.js";
import { type Harness, openHarness, password } from "../authorization/harness.js";
import { endAll, removeDirectories, temporaryDirectory, trefoil } from "../harness/command.js";
import { developerServer } from "../harness/server-process.js";

const adminToken = "admin-token-of-this-test-0123456789";
let harness: Harness;
let listener: ReturnType<typeof serve>;
let url: string;

beforeEach(async () => {
  harness = await openHarness();
  const { server } = harness;
  const presence = new Presence();
  const admin = createAdminApp({
    tokenHash: hashAdminToken(adminToken),
    accounts: server.accounts,
    devices: server.devices,
    clients: server.clients,
    operators: server.operators,
    sender: {
      send: () => Promise.reject(new Error("not of this test")),
      sendToAll: () => Promise.reject(new Error("not of this test")),
    },
    presence,
    presenceWatch: new PresenceWatch({ feed: new PresenceFeed(presence), clock: new FakeClock() }),
    log: silentLogger,
  });
  listener = serve({ fetch: (request) => admin.fetch(request), hostname: "127.0.0.1", port: 0 });
  if (!listener.listening) await once(listener, "listening");
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
});
afterEach(async () => {
  listener.close();
  await once(listener, "close");
  await harness.close();
  await endAll();
  removeDirectories();
});

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly failures: readonly string[];
  /** What was printed, as a program reads it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of any shape, compared by the tests
  readonly objects: any[];
}

/** Runs a command as a program (`pipe`) or a person (`screen`) would see it. */
async function run(
  line: readonly string[],
  options: {
    readonly reader?: "pipe" | "screen";
    readonly input?: string;
    readonly token?: string;
    /** Whether a person types the input. */
    readonly isTyped?: boolean;
  } = {},
): Promise<Ran> {
  let out = "";
  let err = "";
  const failures: string[] = [];
  const terminal: Terminal = {
    env: { TREFOIL_ADMIN_TOKEN: options.token ?? adminToken },
    cwd: "/",
    isInteractive: options.reader === "screen",
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    fail: (problems) => void failures.push(...problems),
  };
  const input = async () => options.input ?? "";
  const [name = "", ...rest] = line;
  const commands = {
    client: () => clientCommand(terminal),
    account: () => accountCommand(terminal, input, () => options.isTyped === true),
    token: () => tokenCommand(terminal, input),
    audit: () => auditCommand(terminal),
  };
  const make = commands[name as keyof typeof commands];
  await make().parseAsync([...rest, "--url", url], { from: "user" });
  const lines = options.reader === "screen" ? [] : out.split("\n").filter((text) => text !== "");
  return { out, err, failures, objects: lines.map((text) => JSON.parse(text) as unknown) };
}

describe("trefoil client", () => {
  it("registers a client with its redirect URIs and shows the secret once", async () => {
    const made = await run([
      "client",
      "create",
      "My speaker",
      "--id",
      "speaker",
      "--redirect-uri",
      "app://a",
      "app://b",
    ]);
    expect(made.objects).toEqual([
      { clientId: "speaker", clientSecret: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    expect(made.err).toContain("shown this once");
    const listed = await run(["client", "list"]);
    expect(listed.objects.find(({ clientId }) => clientId === "speaker")).toMatchObject({
      name: "My speaker",
      redirectUris: ["app://a", "app://b"],
    });
    expect(listed.out).not.toContain(made.objects[0].clientSecret);
  });

  it("rotates a secret, switches off and on", async () => {
    const { clientId, clientSecret } = harness;
    const [rotated] = (await run(["client", "rotate-secret", clientId, "--overlap", "0"])).objects;
    expect(rotated.clientSecret).not.toBe(clientSecret);
    const pairOf = (secret: string) =>
      harness.token({
        grant_type: "refresh_token",
        refresh_token: "x",
        model_id: "m",
        client_secret: secret,
      });
    expect((await pairOf(clientSecret)).body["error"]).toBe("invalid_client");
    expect((await pairOf(rotated.clientSecret)).body["error"]).toBe("invalid_grant");
    const off = await run(["client", "disable", clientId]);
    expect(off.objects[0].disabledAt).not.toBeNull();
    expect((await harness.authorize()).body["error"]).toBe("unauthorized_client");
    expect((await run(["client", "enable", clientId])).objects[0].disabledAt).toBeNull();
    const uris = await run(["client", "redirect-uris", clientId, "app://new"]);
    expect(uris.objects[0].redirectUris).toEqual(["app://new"]);
    expect((await run(["client", "redirect-uris", clientId])).objects[0].redirectUris).toEqual([]);
  });

  it("shows a person a table", async () => {
    await run(["client", "create", "거실 스피커", "--id", "a"]);
    const { out } = await run(["client", "list"], { reader: "screen" });
    const [heading = "", ...rows] = out.trimEnd().split("\n");
    expect(heading).toMatch(/^CLIENT ID +NAME +STATE +MADE +REDIRECT URIS$/);
    const row = rows.find((text) => text.startsWith("a "));
    // Korean letters take two columns each: the columns after them still stand below their headings.
    expect(row?.indexOf("on")).toBe(heading.indexOf("STATE") - "거실스피커".length);
  });

  it("says in one line what is wrong", async () => {
    expect((await run(["client", "disable", "nobody"])).failures).toEqual([
      "there is no client with this client_id",
    ]);
    expect((await run(["client", "list"], { token: "wrong" })).failures).toEqual([
      "the server does not accept the admin token",
    ]);
    const taken = await run(["client", "create", "x", "--id", harness.clientId]);
    expect(taken.failures).toHaveLength(1);
    expect(taken.out).toBe("");
  });
});

describe("trefoil account", () => {
  it("makes an account with a password from standard input, or with one that is made up", async () => {
    const given = await run(["account", "create", "a@example.org", "--password-stdin"], {
      input: "a long password",
    });
    expect(given.objects).toMatchObject([{ email: "a@example.org", kind: "local" }]);
    expect(given.out).not.toContain("password");
    const { accounts } = harness.server;
    expect(await accounts.verifyPassword("a@example.org", "a long password")).toBeDefined();
    const madeUp = await run(["account", "create", "b@example.org"]);
    expect(madeUp.err).toContain("shown this once");
    expect(
      await accounts.verifyPassword("b@example.org", madeUp.objects[0].password),
    ).toBeDefined();
    const short = await run(["account", "create", "c@example.org", "--password-stdin"], {
      input: "short",
    });
    expect(short.failures[0]).toContain("fewer than 8 characters");
  });

  it("lists accounts, all or some", async () => {
    await run(["account", "create", "a@example.org"]);
    const emails = async (...options: string[]) =>
      (await run(["account", "list", ...options])).objects
        .map(({ email }) => String(email))
        .toSorted();
    expect(await emails()).toEqual(["a@example.org", "person@example.org"]);
    expect(await emails("--email", "A@example.org")).toEqual(["a@example.org"]);
    expect(await emails("--limit", "1")).toHaveLength(1);
    expect(await emails("--kind", "guest")).toEqual([]);
    const screen = await run(["account", "list", "--kind", "guest"], { reader: "screen" });
    expect(screen.out).toBe("There is no such account.\n");
  });

  it("gives an account a new password from standard input, or asks for it", async () => {
    const { accounts } = harness.server;
    const works = async (text: string) =>
      (await accounts.verifyPassword("person@example.org", text)) !== undefined;
    const line = ["account", "set-password", "person@example.org"];
    const given = await run([...line, "--password-stdin"], { input: "another long one" });
    expect(given.objects).toMatchObject([{ accountId: harness.accountId }]);
    expect(given.out + given.err).not.toContain("another long one");
    expect(await works("another long one")).toBe(true);
    await run(["account", "set-password", harness.accountId], {
      input: "the third long one",
      isTyped: true,
    });
    expect(await works("the third long one")).toBe(true);
    expect((await run(line, { input: "the fourth long one" })).failures).toEqual([
      "no password: write it to standard input and add --password-stdin",
    ]);
    expect(await works("the third long one")).toBe(true);
    const short = await run([...line, "--password-stdin"], { input: "short" });
    expect(short.failures[0]).toContain("fewer than 8 characters");
    const nobody = await run(["account", "set-password", "nobody"], { isTyped: true });
    expect(nobody.failures).toEqual(["there is no account of this id or e-mail address"]);
  });

  it("withdraws an account that is named twice: by its address, and by --yes", async () => {
    const { accessToken } = await harness.pair();
    const asked = await run(["account", "withdraw", "person@example.org"]);
    expect(asked.failures).toEqual([
      "this removes all devices of person@example.org and locks the account; add --yes to do it",
    ]);
    expect(await harness.works(accessToken)).toBe(true);
    const done = await run(["account", "withdraw", "person@example.org", "--yes"]);
    expect(done.objects[0].lockedUntil).not.toBeNull();
    expect(await harness.works(accessToken)).toBe(false);
    expect((await harness.authorize()).status).toBe(423);
    expect((await run(["account", "withdraw", "nobody", "--yes"])).failures).toEqual([
      "there is no account of this id or e-mail address",
    ]);
  });
});

describe("trefoil token", () => {
  it("says whose a token is, given as an argument or on standard input", async () => {
    const { accessToken, refreshToken } = await harness.pair();
    const [access] = (await run(["token", "inspect", accessToken])).objects;
    expect(access).toMatchObject({
      kind: "access_token",
      state: "live",
      accountId: harness.accountId,
      deviceId: "8c:85:90:01:02:03",
    });
    const [refresh] = (await run(["token", "inspect", "-"], { input: refreshToken })).objects;
    expect(refresh).toMatchObject({ kind: "refresh_token", grantId: access.grantId });
    const screen = await run(["token", "inspect", accessToken], { reader: "screen" });
    expect(screen.out).toMatch(/^token {7}access token$/m);
    expect(screen.out).not.toContain(accessToken);
    expect((await run(["token", "inspect", "nonsense"])).failures).toEqual([
      "there is no such access or refresh token",
    ]);
  });

  it("takes a token that begins with a hyphen for no option, and an option that there is not for no token", async () => {
    for (const first of ["-a", "--", "-h", "-V"]) {
      const token = first.padEnd(43, "x_-Z");
      expect((await run(["token", "inspect", token])).failures).toEqual([
        "there is no such access or refresh token",
      ]);
      expect((await run(["token", "revoke", token])).failures).toEqual([
        "there is no such access or refresh token",
      ]);
    }
    // As a whole, since the program itself has options that could be meant: `-V`.
    const whole = trefoil(["token", "inspect", "-V".padEnd(43, "x"), "--url", url], {
      env: { TREFOIL_ADMIN_TOKEN: adminToken },
    });
    expect(await whole.ended).toBe(1);
    expect(whole.stderr()).toContain("there is no such access or refresh token");
    const wrong = trefoil(["token", "inspect", "--nonsense", "--url", url]);
    expect(await wrong.ended).toBe(1);
    expect(wrong.stderr()).toContain("unknown option '--nonsense'");
  });

  it("ends tokens of exactly what is named", async () => {
    const { accessToken, refreshToken } = await harness.pair();
    for (const line of [[], [refreshToken, "--account", harness.accountId]]) {
      expect((await run(["token", "revoke", ...line])).failures[0]).toContain(
        "say whose tokens end",
      );
    }
    expect(await harness.works(accessToken)).toBe(true);
    expect((await run(["token", "revoke", "-"], { input: refreshToken })).objects).toEqual([
      { revoked: 1 },
    ]);
    expect(await harness.works(accessToken)).toBe(false);
    await harness.pair();
    await harness.pair({ device_id: "second" });
    const ended = await run(["token", "revoke", "--client", harness.clientId], {
      reader: "screen",
    });
    expect(ended.out).toBe("2 grants ended.\n");
  });

  it("ends tokens of an e-mail address and of a device_id, and refuses those that nobody has", async () => {
    const first = await harness.pair();
    const revoke = (...line: string[]) => run(["token", "revoke", ...line]);
    const byDevice = await revoke("--device", "8c:85:90:01:02:03");
    expect(byDevice.objects).toEqual([{ revoked: 1 }]);
    expect(await harness.works(first.accessToken)).toBe(false);
    const second = await harness.pair();
    expect((await revoke("--account", "person@example.org")).objects).toEqual([{ revoked: 1 }]);
    expect(await harness.works(second.accessToken)).toBe(false);
    expect((await revoke("--account", "person@example.org")).objects).toEqual([{ revoked: 0 }]);
    const unknown = await revoke("--client", "nosuch");
    expect(unknown).toMatchObject({
      out: "",
      failures: ["there is no client with this client_id"],
    });
  });
});

describe("trefoil audit", () => {
  it("lists what happened, newest first, and no secret", async () => {
    const { accessToken, refreshToken } = await harness.pair();
    harness.clock.advance(1);
    await harness.authorize({}, { headers: { authorization: "Bearer wrong" } });
    const { out, objects } = await run(["audit", "list"]);
    expect(objects[0]).toMatchObject({ event: "authorize", outcome: "access_denied" });
    for (const secret of [accessToken, refreshToken, password, harness.clientSecret]) {
      expect(out).not.toContain(secret);
    }
    const failed = await run(["audit", "list", "--outcome", "failed", "--event", "authorize"]);
    expect(failed.objects).toHaveLength(1);
    expect((await run(["audit", "list", "--before", "2024-12-31"])).objects).toEqual([]);
    expect(
      (await run(["audit", "list", "--since", "2024-12-31", "--limit", "2"])).objects,
    ).toHaveLength(2);
    const screen = await run(["audit", "list", "--event", "token."], { reader: "screen" });
    expect(screen.out).toMatch(/^TIME +EVENT +OUTCOME +FROM +CLIENT +ACCOUNT +DEVICE +DETAIL$/m);
  });

  it("reads on over pages as far as asked", async () => {
    for (let round = 0; round < 1_050; round++) {
      await harness.authorize(
        { client_id: `c${round}` },
        { remoteAddress: `2001:db8:${round.toString(16)}::1` },
      );
    }
    const { objects } = await run(["audit", "list", "--event", "authorize", "--limit", "1040"]);
    expect(objects).toHaveLength(1_040);
    expect(new Set(objects.map(({ auditId }) => auditId)).size).toBe(1_040);
  });
});

it("the built command finds the developer server by its data directory", async () => {
  const data = temporaryDirectory();
  const server = await developerServer(data);
  const list = trefoil(["client", "list", "--data", data]);
  expect(await list.ended).toBe(0);
  expect(JSON.parse(list.stdout())).toMatchObject({ clientId: server.dev.clientId });
  const withdraw = trefoil([
    "account",
    "withdraw",
    server.dev.account.email,
    "--yes",
    "--data",
    data,
  ]);
  expect(await withdraw.ended).toBe(0);
  const audit = trefoil(["audit", "list", "--event", "account.withdraw", "--data", data]);
  expect(await audit.ended).toBe(0);
  expect(JSON.parse(audit.stdout())).toMatchObject({ detail: "by administrator" });
  expect(JSON.parse(audit.stdout()).remoteAddress).toMatch(
    /^(::1|127\.0\.0\.1|::ffff:127\.0\.0\.1)$/,
  );
});
