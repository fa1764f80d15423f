// PostgreSQL: the contract, each test in a database of its own.

import { describe, expect, it } from "vitest";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import { adminUrl, newPostgresDatabase, postgresIsThere } from "./postgres-server.js";
import { describeStorage } from "./storage-contract.js";

describe.runIf(postgresIsThere)("with a server", () => {
  describeStorage("PostgreSQL", async () => {
    const { url, remove } = await newPostgresDatabase();
    return { shared: true, open: () => openDatabase({ kind: "postgres", url }), remove };
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
