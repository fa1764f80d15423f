// PostgreSQL: the contract, each test in a database of its own. Runs where a server answers: at
// TREFOIL_TEST_POSTGRES_URL, or on this machine.

import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import { describeStorage } from "./storage-contract.js";

const adminUrl =
  process.env["TREFOIL_TEST_POSTGRES_URL"] ?? "postgres://root@127.0.0.1:5432/postgres";

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const isThere = await administer("select 1").then(
  () => true,
  () => false,
);

describe.runIf(isThere)("with a server", () => {
  describeStorage("PostgreSQL", async () => {
    const name = `trefoil_test_${randomUUID().replaceAll("-", "")}`;
    await administer(`create database ${name}`);
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    return {
      shared: true,
      open: () => openDatabase({ kind: "postgres", url: url.href }),
      remove: () => administer(`drop database ${name} with (force)`),
    };
  });

  it("names a database that is not there, and no password", async () => {
    const url = new URL(adminUrl);
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
