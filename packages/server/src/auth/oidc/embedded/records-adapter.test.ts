// What the OpenID Connect library keeps in our database, and what of it is never stored.

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "../../../storage/index.js";
import { RecordsAdapter, recordHash } from "./records-adapter.js";

let database: Database;
let clock: FakeClock;
const adapter = (model: string) =>
  new RecordsAdapter(model, { database, clock, alreadyConsumed: () => new Error("consumed") });

beforeEach(async () => {
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  await database.migrate();
  clock = new FakeClock();
  await database.stores.accounts.insert({
    accountId: "a1",
    kind: "local",
    email: null,
    passwordHash: null,
    createdAt: 0,
  });
});
afterEach(() => database.close());

const stored = async (model: string, id: string) =>
  (await database.stores.oidcRecords.find(model, recordHash(model, id), clock.now()))?.payload;

it("gives back what it was given, until it expires", async () => {
  const payload = { jti: "secret-id", kind: "AccessToken", accountId: "a1", grantId: "g1" };
  await adapter("AccessToken").upsert("secret-id", payload, 60);
  expect(await adapter("AccessToken").find("secret-id")).toEqual(payload);
  expect(await adapter("RefreshToken").find("secret-id")).toBeUndefined();
  expect(await stored("AccessToken", "secret-id")).not.toContain("secret-id");
  clock.advance(60_000);
  expect(await adapter("AccessToken").find("secret-id")).toBeUndefined();
});

it("stores of an interaction neither its id, which is in an address too, nor the session's cookie", async () => {
  const interactions = adapter("Interaction");
  const payload = {
    jti: "interaction-id",
    returnTo: "https://localhost/oidc/auth/interaction-id",
    session: { accountId: "a1", uid: "u1", cookie: "cookie-of-the-session" },
  };
  await interactions.upsert("interaction-id", payload, 60);
  const json = await stored("Interaction", "interaction-id");
  expect(json).not.toContain("interaction-id");
  expect(json).not.toContain("cookie-of-the-session");
  expect(await interactions.find("interaction-id")).toEqual({
    ...payload,
    session: { accountId: "a1", uid: "u1" },
  });
});

it("uses a code up once, and says so afterwards", async () => {
  const codes = adapter("AuthorizationCode");
  await codes.upsert("code", { accountId: "a1" }, 60);
  await codes.consume("code");
  await expect(codes.consume("code")).rejects.toThrow("consumed");
  expect(await codes.find("code")).toMatchObject({ consumed: Math.floor(clock.now() / 1_000) });
});

it("finds sessions by their second name, without the first", async () => {
  const sessions = adapter("Session");
  await sessions.upsert("cookie", { jti: "cookie", uid: "u1", accountId: "a1" }, 60);
  expect(await sessions.findByUid("u1")).toEqual({ uid: "u1", accountId: "a1" });
  await sessions.destroy("cookie");
  expect(await sessions.findByUid("u1")).toBeUndefined();
});

it("ends what belongs to a grant, of one kind at a time", async () => {
  await adapter("AccessToken").upsert("t1", { grantId: "g1" }, 60);
  await adapter("AccessToken").upsert("t2", { grantId: "g2" }, 60);
  await adapter("RefreshToken").upsert("r1", { grantId: "g1" }, 60);
  await adapter("AccessToken").revokeByGrantId("g1");
  expect(await adapter("AccessToken").find("t1")).toBeUndefined();
  expect(await adapter("AccessToken").find("t2")).toBeDefined();
  expect(await adapter("RefreshToken").find("r1")).toBeDefined();
});
