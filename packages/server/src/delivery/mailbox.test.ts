// Every mailbox passes the contract; the durable one keeps its word over a restart.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDatabase } from "../storage/index.js";
import { createDurableMailbox } from "./durable-mailbox.js";
import { describeMailbox } from "./mailbox-contract.js";
import { createMemoryMailbox } from "./memory-mailbox.js";

async function open(file: string) {
  const database = await openDatabase({ kind: "sqlite", file });
  await database.migrate();
  return { mailbox: createDurableMailbox(database), close: () => database.close() };
}

describeMailbox("in memory", async () => ({
  mailbox: createMemoryMailbox(),
  close: () => Promise.resolve(),
}));

describeMailbox("in the embedded database", () => open(":memory:"));

it("the durable mailbox has its entries and its numbering again after a restart", async () => {
  const directory = await mkdtemp(join(tmpdir(), "trefoil-mailbox-"));
  try {
    const file = join(directory, "trefoil.sqlite");
    const entry = {
      deviceKey: "a",
      messageId: "m",
      body: "{}",
      queuedAt: 0,
      expiresAt: 1_000,
      required: false,
    };
    const first = await open(file);
    const kept = await first.mailbox.append(entry);
    const gone = await first.mailbox.append(entry);
    await first.mailbox.acknowledge("a", [gone]);
    await first.close();

    const second = await open(file);
    expect(await second.mailbox.pending("a", 0, 10, 0)).toMatchObject([
      { sequence: kept, messageId: "m" },
    ]);
    expect(await second.mailbox.append(entry)).toBeGreaterThan(gone);
    await second.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

it("an entry is refused when the database is gone, and none is thought to be kept", async () => {
  const { mailbox, close } = await open(":memory:");
  await close();
  await expect(
    mailbox.append({
      deviceKey: "a",
      messageId: "m",
      body: "1",
      queuedAt: 0,
      expiresAt: 1,
      required: false,
    }),
  ).rejects.toThrow();
});
