// A stolen database, backup or log gives nothing that works: attackers read dumps.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import { Browser } from "./browser.js";
import { device, email, openHarness, pairOf, password } from "./harness.js";

it("neither the database's files nor the log hold a secret, code or token that was given", async () => {
  const directory = mkdtempSync(join(tmpdir(), "trefoil-dump-"));
  const database = await openDatabase({ kind: "sqlite", file: join(directory, "trefoil.db") });
  const harness = await openHarness({ database });
  const { server } = harness;
  const secrets: string[] = [password, harness.clientSecret, harness.accountAccessToken];

  const code = await harness.code();
  const accountCode = await server.accounts.issueAccountAuthorizationCode(harness.accountId);
  const rotated = await server.clients.rotateSecret(harness.clientId);
  const first = await harness.pair();
  const second = pairOf((await harness.refresh(first.refreshToken)).body);
  const repeated = pairOf((await harness.refresh(first.refreshToken)).body);
  expect(repeated).toEqual(second);
  await harness.works(second.accessToken);
  await harness.refresh(first.refreshToken);
  const guest = await harness.pair({ request_vu: "Y", device_id: "guest" }, { headers: {} });
  await harness.token({
    grant_type: "authorization_code",
    code: "a-wrong-code-that-was-tried",
    device_id: "d",
    model_id: "m",
  });
  await harness.deleteToken(guest.accessToken);
  await harness.token({
    grant_type: "delete",
    access_token: second.accessToken,
    client_secret: "a-wrong-secret-that-was-tried",
    device_id: "d",
    model_id: "m",
  });
  const signIn = await server.app.fetch(
    new Request("https://x/account/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    }),
  );
  const { account_access_token: signedIn } = (await signIn.json()) as Record<string, string>;
  secrets.push(code, accountCode, rotated.clientSecret, signedIn ?? "missing");
  for (const pair of [first, second, guest]) secrets.push(pair.accessToken, pair.refreshToken);
  secrets.push("a-wrong-code-that-was-tried", "a-wrong-secret-that-was-tried");
  expect(new Set(secrets).size).toBe(15);

  await harness.close();
  await database.close();
  expectNone(directory, harness.logged, secrets, ["$argon2id$", email]);
});

it("nor what the pages, the device flow and the OpenID Connect provider gave: cookies, recovery codes, user codes", async () => {
  const directory = mkdtempSync(join(tmpdir(), "trefoil-dump-"));
  const database = await openDatabase({ kind: "sqlite", file: join(directory, "trefoil.db") });
  const harness = await openHarness({ database, startAt: Date.now() });
  const browser = new Browser(harness);
  const at = (path: string) => `https://localhost${path}`;

  const signUp = await browser.submit(await browser.open(at("/sign-up")), {
    email: "pages@example.org",
    new_password: "a password of the pages",
  });
  const codes = await browser.open(at("/account/recovery-codes"));
  const started = await harness.send(
    "/device_authorization",
    { client_id: harness.clientId, client_secret: harness.clientSecret, ...device },
    { shape: "POST body" },
  );
  const userCode = String(started.body["user_code"]);
  const activate = await browser.open(at(`/activate?user_code=${userCode}`));
  await browser.submit(activate, { decision: "allow" });
  const pair = pairOf(
    (
      await harness.token({
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: String(started.body["device_code"]),
      })
    ).body,
  );
  const app = await harness.server.clients.create({
    name: "App",
    redirectUris: ["com.example:/back"],
  });
  const verifier = "v".repeat(43);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  let page = await browser.open(
    at(
      `/oidc/auth?client_id=${app.clientId}&redirect_uri=com.example:/back&response_type=code&scope=openid+devices&code_challenge=${challenge}&code_challenge_method=S256`,
    ),
  );
  const ids: string[] = [];
  for (let steps = 0; steps < 12 && !page.location?.startsWith("com.example:"); steps++) {
    for (const cookie of page.headers.getSetCookie()) ids.push(/=([^;]*)/.exec(cookie)?.[1] ?? "");
    page =
      page.location === null
        ? await browser.submit(page, { decision: "allow" })
        : await browser.open(new URL(page.location, page.url).href);
  }
  const code = new URL(page.location ?? "").searchParams.get("code") ?? "none";
  const given = await harness.send(
    "/oidc/token",
    {
      grant_type: "authorization_code",
      client_id: app.clientId,
      redirect_uri: "com.example:/back",
      code,
      code_verifier: verifier,
    },
    { shape: "POST body" },
  );
  const secrets = [
    "a password of the pages",
    ...signUp.headers.getSetCookie().map((cookie) => /=([^;]*)/.exec(cookie)?.[1] ?? ""),
    ...[...codes.html.matchAll(/<li>([A-Z0-9-]{24})<\/li>/g)].map(([, one]) => one ?? ""),
    String(started.body["device_code"]),
    userCode,
    userCode.replace("-", ""),
    pair.accessToken,
    pair.refreshToken,
    code,
    String(given.body["access_token"]),
    ...ids,
  ].filter((secret) => secret.length >= 8);
  expect(given.status, given.text).toBe(200);
  expect(secrets.length).toBeGreaterThan(20);

  await harness.close();
  await database.close();
  expectNone(directory, harness.logged, secrets, ["pages@example.org", app.clientId]);
});

/** @param plain what is no secret and therefore there: the dump is the real one */
function expectNone(
  directory: string,
  logged: readonly string[],
  secrets: readonly string[],
  plain: readonly string[],
): void {
  const files = readdirSync(directory);
  expect(files).toContain("trefoil.db");
  const dump = Buffer.concat(files.map((name) => readFileSync(join(directory, name))));
  const log = logged.join("\n");
  for (const text of plain) expect(dump.includes(text)).toBe(true);
  for (const [index, secret] of secrets.entries()) {
    const forms = [
      Buffer.from(secret),
      Buffer.from(secret, "base64url"),
      Buffer.from(Buffer.from(secret).toString("base64")),
      Buffer.from(Buffer.from(secret).toString("hex")),
      Buffer.from(Buffer.from(secret, "base64url").toString("hex")),
    ];
    for (const form of forms.filter(({ byteLength }) => byteLength >= 8)) {
      expect(dump.includes(form), `secret ${index} in the database`).toBe(false);
      expect(log.includes(form.toString("latin1")), `secret ${index} in the log`).toBe(false);
    }
  }
  rmSync(directory, { recursive: true, force: true });
}
