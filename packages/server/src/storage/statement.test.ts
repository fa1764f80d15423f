// Statements that are kept compiled: what their text holds, and what it must not.

import { DatabaseSync } from "@photostructure/sqlite";
import { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Schema } from "./schema.js";
import { SqliteConnection } from "./sqlite-connection.js";
import { SqliteDialect } from "./sqlite-dialect.js";
import { SqliteRunner } from "./sqlite-runner.js";
import { Statement, StatementTexts } from "./statement.js";

let handle: InstanceType<typeof DatabaseSync>;
let connection: SqliteConnection;
let db: Kysely<Schema>;
let texts: StatementTexts;
let runner: SqliteRunner;

beforeEach(() => {
  handle = new DatabaseSync(":memory:");
  handle.exec("create table recovery_codes (account_id text, code_hash blob primary key)");
  connection = new SqliteConnection(handle);
  db = new Kysely<Schema>({ dialect: new SqliteDialect(connection) });
  texts = new StatementTexts(db);
  runner = new SqliteRunner(connection, texts);
});
afterEach(() => handle.close());

interface Code {
  readonly account: string;
  readonly byte: Uint8Array;
}
let built = 0;
const insert = new Statement((queries, { account, byte }: Code) => {
  built += 1;
  return queries
    .insertInto("recovery_codes")
    .values({ account_id: account, code_hash: byte } as never);
});
const select = new Statement((queries, { account }: { readonly account: string }) =>
  queries
    .selectFrom("recovery_codes")
    .select("code_hash")
    .where("account_id", "=", account)
    .where("code_hash", "<>", new Uint8Array([0])),
);
const code = (account: string, byte: number) =>
  insert.with({ account, byte: new Uint8Array([byte]) });

describe("a statement", () => {
  it("is built once, and run with other parameters after that", async () => {
    built = 0;
    for (const byte of [1, 2, 3]) await runner.run(code("a", byte));
    expect(built).toBe(1);
    const { rows } = await runner.run(select.with({ account: "a" }));
    expect(rows.map(({ code_hash: hash }) => [...hash])).toEqual([[1], [2], [3]]);
    expect((await runner.run(select.with({ account: "b" }))).rows).toEqual([]);
  });

  it("binds its parameters in the order of its text, and keeps what is the same each time", () => {
    const { sql, bind } = texts.of(select.with({ account: "a" }));
    expect(sql.match(/\?/g)).toHaveLength(2);
    expect(bind({ account: "b" })).toEqual(["b", new Uint8Array([0])]);
  });

  it("cannot be built from the value of a parameter", async () => {
    const wrong = new Statement((queries, { account }: { readonly account: string }) =>
      queries
        .selectFrom("recovery_codes")
        .select("code_hash")
        .where("account_id", "=", `${account}!`),
    );
    await expect(runner.run(wrong.with({ account: "a" }))).rejects.toThrow(
      "The parameter account has no value while its statement is compiled.",
    );
  });
});

describe("scripts", () => {
  const count = () => handle.prepare("select count(*) as n from recovery_codes").get();

  it("decide by what their steps answered", async () => {
    const outcome = await runner.write(function* () {
      const { changes } = yield* code("a", 1);
      const { rows } = yield* select.with({ account: "a" });
      return { changes, found: rows.length };
    });
    expect(outcome).toEqual({ changes: 1, found: 1 });
  });

  it("fail alone, with nothing of theirs left behind", async () => {
    const outcomes = await Promise.allSettled([
      runner.write(function* () {
        yield* code("a", 1);
      }),
      runner.write(function* () {
        yield* code("b", 2);
        throw new Error("changed our mind");
      }),
      runner.write(function* () {
        return (yield* select.with({ account: "b" })).rows.length;
      }),
    ]);
    expect(outcomes).toEqual([
      { status: "fulfilled", value: undefined },
      { status: "rejected", reason: new Error("changed our mind") },
      { status: "fulfilled", value: 0 },
    ]);
    expect(count()).toEqual({ n: 1 });
    expect(handle.isTransaction).toBe(false);
  });

  it("wait for a transaction that waits for something else", async () => {
    let goOn = (): void => {};
    const pause = new Promise<void>((resolve) => (goOn = resolve));
    const order: string[] = [];
    const slow = db.transaction().execute(async () => {
      await pause;
      order.push("transaction");
    });
    const script = runner
      .write(function* () {
        yield* code("a", 1);
      })
      .then(() => order.push("script"));
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await Promise.all([slow, script]);
    expect(order).toEqual(["transaction", "script"]);
  });

  it("are all carried out, however many come at once", async () => {
    const bytes = Array.from({ length: 200 }, (_, index) => index);
    await Promise.all(
      bytes.map((byte) =>
        runner.write(function* () {
          yield* code("a", byte);
        }),
      ),
    );
    expect(count()).toEqual({ n: 200 });
  });

  it("all hear of it where there is no database to write to", async () => {
    handle.close();
    const outcomes = await Promise.allSettled(
      [1, 2].map((byte) =>
        runner.write(function* () {
          yield* code("a", byte);
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    handle = new DatabaseSync(":memory:");
  });
});
