// A PostgreSQL server to test on: at TREFOIL_TEST_POSTGRES_URL, or on this machine. Each test gets a database of its own.

import { randomUUID } from "node:crypto";
import { Client } from "pg";

export const adminUrl =
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

/** Whether there is one. */
export const postgresIsThere = await administer("select 1").then(
  () => true,
  () => false,
);

/** An empty database, until `remove` is called. */
export async function newPostgresDatabase(): Promise<{
  readonly url: string;
  readonly remove: () => Promise<void>;
}> {
  const name = `trefoil_test_${randomUUID().replaceAll("-", "")}`;
  await administer(`create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => administer(`drop database ${name} with (force)`) };
}
