// SQLite: the contract, on a file and in memory, and what only a file can have wrong with it.

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../packages/server/src/storage/index.js";
import { describeAccountLife } from "./account-life-contract.js";
import { describeAccountPages } from "./account-pages-contract.js";
import { describeStorage } from "./storage-contract.js";

const newDirectory = () => mkdtempSync(join(tmpdir(), "trefoil-storage-"));

const onFile = async () => {
  const directory = newDirectory();
  const file = join(directory, "trefoil.db");
  return {
    shared: true,
    open: () => openDatabase({ kind: "sqlite", file }),
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
};
describeStorage("SQLite on a file", onFile);
describeAccountLife("SQLite on a file", onFile);
describeAccountPages("SQLite on a file", onFile);

describeStorage("SQLite in memory", async () => ({
  shared: false,
  open: () => openDatabase({ kind: "sqlite", file: ":memory:" }),
  remove: async () => {},
}));

/** Of a token that nobody has: it takes the write lock to find that out. */
const rotation = {
  spent: new Uint8Array(32),
  now: 1,
  successorSalt: new Uint8Array(32),
  deviceKey: "d",
  remoteAddress: "192.0.2.1",
  accessToken: { hash: new Uint8Array(32), grantId: "g", issuedAt: 1, expiresAt: 2 },
  refreshToken: {
    hash: new Uint8Array(32),
    grantId: "g",
    accessTokenHash: new Uint8Array(32),
    issuedAt: 1,
    expiresAt: 2,
  },
};

describe("a SQLite file", () => {
  let directory: string;
  let file: string;
  let opened: Database[];
  const open = async () => {
    const database = await openDatabase({ kind: "sqlite", file });
    opened.push(database);
    return database;
  };

  beforeEach(() => {
    directory = newDirectory();
    file = join(directory, "trefoil.db");
    opened = [];
  });
  afterEach(async () => {
    for (const database of opened) await database.close();
    chmodSync(directory, 0o700);
    rmSync(directory, { recursive: true, force: true });
  });

  it("is readable by its owner alone, with its companions", async () => {
    const database = await open();
    await database.migrate();
    for (const name of [file, `${file}-wal`, `${file}-shm`]) {
      expect(statSync(name).mode & 0o077, name).toBe(0);
    }
  });

  it("keeps its data when it is opened again", async () => {
    const first = await open();
    await first.migrate();
    await first.stores.accounts.insert({
      accountId: "a",
      kind: "guest",
      email: null,
      passwordHash: null,
      createdAt: 1,
    });
    await first.close();
    const second = await open();
    await second.migrate();
    expect(await second.stores.accounts.list()).toHaveLength(1);
  });

  it("that is no database is refused by name", async () => {
    writeFileSync(file, "this is not a database, it is a letter to a friend ".repeat(100));
    await expect(open()).rejects.toMatchObject({
      code: "unavailable",
      message: `The database ${file} cannot be opened: file is not a database`,
    });
  });

  it("whose schema is damaged is refused by name", async () => {
    const database = await open();
    await database.migrate();
    await database.close();
    const bytes = readFileSync(file);
    // The first page holds the schema's root after the header of 100 bytes.
    bytes.fill(0xff, 100, 4_000);
    writeFileSync(file, bytes);
    await expect(open()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(file) as string,
    });
  });

  it("in a directory that is not there is refused by name", async () => {
    file = join(directory, "missing", "trefoil.db");
    await expect(open()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`${file} cannot be opened`) as string,
    });
  });

  it("that is a directory is refused by name", async () => {
    file = directory;
    await expect(open()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`${file} cannot be opened`) as string,
    });
  });

  it("of a newer version is refused in a sentence, and not touched", async () => {
    const database = await open();
    await database.migrate();
    await database.close();
    const raw = new DatabaseSync(file);
    raw.exec("insert into kysely_migration (name, timestamp) values ('9999-future', 'x')");
    raw.close();
    const again = await open();
    await expect(again.migrate()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/newer version of Trefoil .*9999-future/) as string,
    });
  });

  it("waits for another connection's write lock, and lets the event loop run meanwhile", async () => {
    const database = await open();
    await database.migrate();
    const raw = new DatabaseSync(file);
    raw.exec("begin immediate");
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
      if (turns === 20) raw.exec("commit");
    }, 1);
    await Promise.all([
      database.write((stores) => stores.accounts.list()),
      database.stores.refreshTokens.rotate(rotation),
    ]);
    clearInterval(ticking);
    expect(turns).toBeGreaterThanOrEqual(20);
    raw.close();
  });

  it("takes the lock when a transaction begins, so that none fails that reads first", async () => {
    const database = await open();
    await database.migrate();
    const other = await open();
    const insert = (one: Database, index: number) =>
      one.write(async (stores) => {
        await stores.accounts.list();
        await stores.accounts.insert({
          accountId: `a${index}`,
          kind: "guest",
          email: null,
          passwordHash: null,
          createdAt: index,
        });
      });
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => insert(index % 2 === 0 ? database : other, index)),
    );
    expect(await database.stores.accounts.list()).toHaveLength(60);
  });

  it("holds everything once it is closed, without its log", async () => {
    const database = await open();
    await database.migrate();
    await database.close();
    const copy = join(directory, "copy.db");
    writeFileSync(copy, readFileSync(file));
    const raw = new DatabaseSync(copy);
    expect(raw.prepare("select count(*) as n from kysely_migration").get()).not.toEqual({ n: 0 });
    raw.close();
  });

  it("is in WAL mode, synced at each commit", async () => {
    const database = await open();
    await database.migrate();
    const raw = new DatabaseSync(file);
    expect(raw.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    raw.close();
  });
});
