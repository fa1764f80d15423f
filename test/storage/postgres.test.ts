// PostgreSQL: the contract, each test in a database of its own.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDurableMailbox } from "../../packages/server/src/delivery/durable-mailbox.js";
import { describeMailbox } from "../../packages/server/src/delivery/mailbox-contract.js";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import {
  newPostgresDatabase,
  postgresPatience,
  postgresUrl,
  removePostgresDatabases,
} from "./postgres-server.js";
import { describeAccountLife } from "./account-life-contract.js";
import { describeAccountPages } from "./account-pages-contract.js";
import { describeStorage } from "./storage-contract.js";

beforeAll(postgresUrl, postgresPatience);
afterAll(removePostgresDatabases);

describe("with a server", () => {
  const make = async () => {
    const { url, remove } = await newPostgresDatabase();
    return { shared: true, open: () => openDatabase({ kind: "postgres", url }), remove };
  };
  describeStorage("PostgreSQL", make);
  describeAccountLife("PostgreSQL", make);
  describeAccountPages("PostgreSQL", make);
  describeMailbox("in PostgreSQL", async () => {
    const { open, remove } = await make();
    const database = await open();
    await database.migrate();
    const close = async () => {
      await database.close();
      await remove();
    };
    return { mailbox: createDurableMailbox(database), close };
  });

  it("names a database that is not there, and no password", async () => {
    const url = new URL(await postgresUrl());
    url.pathname = "/trefoil_nowhere";
    url.password = "hunter2hunter2";
    const failure = await openDatabase({ kind: "postgres", url: url.href }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("trefoil_nowhere at ") as string,
    });
    expect(String(failure)).not.toContain("hunter2");
  });
});

it("names a server that does not answer, and no password", async () => {
  const failure = await openDatabase({
    kind: "postgres",
    url: "postgres://someone:hunter2hunter2@127.0.0.1:1/trefoil",
  }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("trefoil at 127.0.0.1:1 cannot be reached") as string,
  });
  expect(String(failure)).not.toContain("hunter2");
});

it("does not call a server out of reach that has answered with a refusal", async () => {
  const url = new URL(await postgresUrl());
  url.username = "nobody_of_this_name";
  url.pathname = "/no_database_of_this_name";
  const failure = await openDatabase({ kind: "postgres", url: url.href }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("refuses the connection: ") as string,
  });
});
