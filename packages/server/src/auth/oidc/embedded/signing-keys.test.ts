// The keys that ID tokens are signed with.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { signingKeysIn } from "./signing-keys.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "trefoil-keys-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("are made once, for the server's user alone, and found again", async () => {
  const file = join(directory, "deep", "keys.json");
  const made = await signingKeysIn(file);
  expect(made.keys[0]).toMatchObject({ kty: "RSA", use: "sig", alg: "RS256" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await signingKeysIn(file)).toEqual(made);
});

it("are the same for processes that start together", async () => {
  const file = join(directory, "keys.json");
  const both = await Promise.allSettled([signingKeysIn(file), signingKeysIn(file)]);
  const kept = JSON.parse(readFileSync(file, "utf8")) as unknown;
  const fulfilled = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(fulfilled.length).toBeGreaterThan(0);
  for (const keys of fulfilled) expect(keys).toEqual(kept);
});

it.each(["", "{}", '{"keys":[]}', "not JSON"])("are not %j", async (content) => {
  const file = join(directory, "keys.json");
  writeFileSync(file, content);
  await expect(signingKeysIn(file)).rejects.toMatchObject({ code: "invalid_configuration" });
});
