// Two authorization servers on one database, each with connections of its own: what one does holds for the other.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { VerifiedToken } from "../../packages/server/src/identity/index.js";
import { type DatabaseSettings, openDatabase } from "../../packages/server/src/storage/index.js";
import {
  newPostgresDatabase,
  postgresPatience,
  postgresUrl,
  removePostgresDatabases,
} from "../storage/postgres-server.js";
import { type Harness, device, openHarness, pairOf } from "./harness.js";

interface Place {
  readonly settings: DatabaseSettings;
  readonly remove: () => Promise<void>;
}

async function newFile(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), "trefoil-two-"));
  return {
    settings: { kind: "sqlite", file: join(directory, "trefoil.db") },
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function newPostgres(): Promise<Place> {
  const { url, remove } = await newPostgresDatabase();
  return { settings: { kind: "postgres", url }, remove };
}

const places = [
  ["SQLite file", newFile],
  ["PostgreSQL database", newPostgres],
] as const;

beforeAll(postgresUrl, postgresPatience);
afterAll(removePostgresDatabases);

describe.each(places)("two processes on one %s", (_, make) => {
  let place: Place;
  let mine: Harness;
  let other: Harness;

  beforeEach(async () => {
    place = await make();
    mine = await openHarness({ database: await openDatabase(place.settings) });
    other = await openHarness({ database: await openDatabase(place.settings) });
    mine.server.start();
    other.server.start();
  });
  afterEach(async () => {
    for (const one of [mine, other]) {
      await one.close();
      await one.database.close();
      expect(one.clock.pendingTimers).toBe(0);
    }
    await place.remove();
  });

  /** The first one's credentials: both know its client. */
  const credentials = () => ({ client_id: mine.clientId, client_secret: mine.clientSecret });

  async function verified(accessToken: string): Promise<VerifiedToken> {
    const token = await other.server.tokens.verify(accessToken);
    if (token === undefined) throw new Error("The token does not work.");
    return token;
  }

  it("hear of each other's revocations within a second", async () => {
    const pair = await mine.pair();
    const token = await verified(pair.accessToken);
    const heard = vi.fn<() => void>();
    token.onRevoked(heard);
    await mine.deleteToken(pair.accessToken);
    expect(heard).not.toHaveBeenCalled();
    other.clock.advance(500);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
    expect(await other.works(pair.accessToken)).toBe(false);
    // The same revocation is read again for half a minute, and announced no more.
    for (let round = 0; round < 4; round++) {
      other.clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("hear of a withdrawal within a second, and let the account in no more", async () => {
    const pair = await mine.pair();
    const token = await verified(pair.accessToken);
    const heard = vi.fn<() => void>();
    token.onRevoked(heard);
    await mine.server.withdrawals.withdraw(mine.accountId, { by: "account" });
    other.clock.advance(500);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
    expect((await other.authorize()).status).toBe(423);
  });

  it("leave no device signed in where an account withdraws while codes are exchanged", async () => {
    const codes: string[] = [];
    for (let index = 0; index < 12; index++) {
      codes.push(await mine.code({ device_id: `device ${index}` }));
    }
    const exchanges = codes.map((code, index) =>
      [mine, other][index % 2]!.token({
        grant_type: "authorization_code",
        code,
        device_id: `device ${index}`,
        model_id: "test_model",
        ...credentials(),
      }),
    );
    const withdrawal = other.server.withdrawals.withdraw(mine.accountId, { by: "account" });
    const answers = await Promise.all(exchanges);
    await withdrawal;
    for (const { status, body, text } of answers) {
      if (status !== 200)
        expect({ status, error: body["error"] }, text).toMatchObject({ status: 400 });
    }
    expect(await mine.database.stores.grants.signedInDevices(mine.accountId)).toEqual([]);
    expect(await mine.server.devices.list({ accountId: mine.accountId })).toEqual([]);
  });

  it("count wrong tries together", async () => {
    const guess = (one: Harness) =>
      one.token(
        { grant_type: "refresh_token", refresh_token: "x", model_id: "m", ...credentials() },
        { remoteAddress: "198.51.100.1" },
      );
    for (let round = 0; round < 1_001; round++) await guess(mine);
    expect((await guess(mine)).status).toBe(429);
    // Of a thousand tries hardly any is left at the other; a few flow back while the clocks run.
    await vi.waitFor(async () => {
      for (const one of [mine, other]) one.clock.advance(500);
      const answers = await Promise.all(Array.from({ length: 5 }, () => guess(other)));
      expect(answers.map(({ status }) => status)).toContain(429);
    });
    expect((await other.authorize({}, { remoteAddress: "198.51.100.2" })).status).toBe(200);
  });

  it("answer the same pair to a device that retries its refresh at the other", async () => {
    const { refreshToken } = await mine.pair();
    const fields = credentials();
    const answers = await Promise.all(
      [mine, other, mine, other, other, mine].map((one) => one.refresh(refreshToken, fields)),
    );
    for (const { status, text } of answers) expect(status, text).toBe(200);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it("end the retry window when the new token is used at the other", async () => {
    const { refreshToken } = await mine.pair();
    const pair = pairOf((await mine.refresh(refreshToken)).body);
    expect(await other.works(pair.accessToken)).toBe(true);
    await other.server.close();
    const reused = await mine.refresh(refreshToken);
    expect(reused.body["error"]).toBe("expired_token");
  });

  it("give tokens for a code once", async () => {
    const code = await mine.code();
    const fields = {
      grant_type: "authorization_code",
      code,
      device_id: "8c:85:90:01:02:03",
      model_id: "test_model",
      client_id: mine.clientId,
      client_secret: mine.clientSecret,
    };
    const answers = await Promise.all([mine, other, mine, other].map((one) => one.token(fields)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("give a device on which two accounts sign in at once to one of them, wholly", async () => {
    const accountId = crypto.randomUUID();
    await mine.database.stores.accounts.insert({
      accountId,
      kind: "local",
      email: "second@example.org",
      passwordHash: null,
      createdAt: 1,
    });
    const token = await mine.server.accounts.issueAccountAccessToken(accountId);
    const codes = [
      await mine.code(),
      await mine.code({}, { headers: { authorization: `Bearer ${token}` } }),
    ];
    const answers = await Promise.all(
      codes.map((code, index) =>
        [mine, other][index]!.token({
          grant_type: "authorization_code",
          code,
          ...device,
          ...credentials(),
        }),
      ),
    );
    for (const { status, text } of answers) expect(status, text).toBe(200);
    mine.clock.advance(500);
    other.clock.advance(500);
    const [known] = await mine.server.devices.list();
    const fresh = await openHarness({ database: mine.database });
    const works = await Promise.all(
      answers.map(({ body }) => fresh.works(pairOf(body).accessToken)),
    );
    await fresh.close();
    expect(works.filter(Boolean)).toHaveLength(1);
    const owners = [mine.accountId, accountId];
    expect(known?.accountId).toBe(owners[works.indexOf(true)]);
  });

  it("answer every device that keeps retrying, however many there are", async () => {
    const pairs = [];
    for (let unit = 0; unit < 8; unit++) {
      pairs.push(await mine.pair({ device_id: `unit ${unit}` }));
    }
    const rounds = pairs.map(async (first, unit) => {
      let { refreshToken } = first;
      for (let round = 0; round < 6; round++) {
        const fields = { device_id: `unit ${unit}`, ...credentials() };
        const [one, two] = await Promise.all(
          [mine, other].map((server) => server.refresh(refreshToken, fields)),
        );
        expect(one?.text).toBe(two?.text);
        expect(one?.status, one?.text).toBe(200);
        ({ refreshToken } = pairOf(one!.body));
      }
    });
    await Promise.all(rounds);
  });
});
