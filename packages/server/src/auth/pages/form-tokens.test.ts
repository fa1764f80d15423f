// Attack: a foreign page makes a browser send our form (CSRF), or a form is sent twice.
// Rule: a form is taken from the browser that was given it, for its purpose, in time, and once.

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "../../storage/index.js";
import { systemRandom } from "../secrets.js";
import { FormTokens, formLifetime } from "./form-tokens.js";

let database: Database;
let clock: FakeClock;
let tokens: FormTokens;

beforeEach(async () => {
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  await database.migrate();
  clock = new FakeClock();
  tokens = new FormTokens({ database, clock, random: systemRandom });
});
afterEach(() => database.close());

it("is good once", async () => {
  const token = tokens.issue("secret", "sign-in");
  expect(await tokens.spend("secret", "sign-in", token)).toBe("good");
  expect(await tokens.spend("secret", "sign-in", token)).toBe("stale");
});

it("is good for one alone of many who send it at the same time", async () => {
  const token = tokens.issue("secret", "sign-in");
  const states = await Promise.all(
    Array.from({ length: 8 }, () => tokens.spend("secret", "sign-in", token)),
  );
  expect(states.filter((state) => state === "good")).toHaveLength(1);
});

it("is no good in another browser, or for another purpose", async () => {
  const token = tokens.issue("secret", "remove d1");
  expect(await tokens.spend("another", "remove d1", token)).toBe("forged");
  expect(await tokens.spend("secret", "remove d2", token)).toBe("forged");
  expect(await tokens.spend("secret", "remove d1", token)).toBe("good");
});

it("ends with its time, also where the time in it was changed", async () => {
  const token = tokens.issue("secret", "p");
  clock.advance(formLifetime);
  expect(await tokens.spend("secret", "p", token)).toBe("stale");
  const [nonce, , signature] = token.split(".");
  const later = (clock.now() + formLifetime).toString(36);
  expect(await tokens.spend("secret", "p", `${nonce}.${later}.${signature}`)).toBe("forged");
});

it.each(["", "x", "..", "a.b.c", "\0", "x".repeat(10_000)])("is not %j", async (token) => {
  expect(await tokens.spend("secret", "p", token)).toBe("forged");
});
