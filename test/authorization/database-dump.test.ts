// A stolen database, backup or log gives nothing that works: attackers read dumps.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import { email, openHarness, pairOf, password } from "./harness.js";

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
  const files = readdirSync(directory);
  expect(files).toContain("trefoil.db");
  const dump = Buffer.concat(files.map((name) => readFileSync(join(directory, name))));
  const log = harness.logged.join("\n");
  // The dump is the real one: what is not secret is in it.
  expect(dump.includes(email)).toBe(true);
  expect(dump.includes("$argon2id$")).toBe(true);
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
});
