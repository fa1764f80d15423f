// Which SQL statements a request runs: the list is exact, so that one more is a decision and not an accident.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDurableMailbox } from "../../packages/server/src/delivery/index.js";
import { type Harness, openHarness } from "../authorization/harness.js";
import { recordStatements } from "./counting.js";

let recorder: ReturnType<typeof recordStatements>;
let harness: Harness;

beforeEach(async () => {
  recorder = recordStatements();
  harness = await openHarness();
});

afterEach(async () => {
  recorder.stop();
  await harness.close();
});

/** The statements that something runs, without those of the audit log, which is written later and in batches. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  await harness.server.flushAudit();
  recorder.ran.length = 0;
  await work();
  return recorder.ran.filter((name) => !name.includes("audit"));
}

describe("the check of an access token", () => {
  it("reads the database at its first use, notes that, and never asks again", async () => {
    const { accessToken } = await harness.pair();
    const first = await statementsOf(() => harness.works(accessToken));
    expect(first).toEqual(["select access_tokens", "update access_tokens"]);
    expect(await statementsOf(() => harness.works(accessToken))).toEqual([]);
    expect(await statementsOf(() => harness.works(accessToken))).toEqual([]);
  });

  it("asks once for a token that does not work, however often it is presented", async () => {
    expect(await statementsOf(() => harness.works("nobody's"))).toEqual(["select access_tokens"]);
    expect(await statementsOf(() => harness.works("nobody's"))).toEqual([]);
  });
});

describe("a refresh", () => {
  it("is two reads and one transaction of four writes", async () => {
    const { refreshToken } = await harness.pair();
    const ran = await statementsOf(() => harness.refresh(refreshToken));
    expect(ran).toEqual([
      "select clients",
      "select refresh_tokens",
      "begin",
      "update refresh_tokens",
      "update devices",
      "insert access_tokens",
      "insert refresh_tokens",
      "commit",
    ]);
  });

  it("shares its commit with the others of the same moment", async () => {
    const devices = Array.from({ length: 16 }, (_, index) => ({ device_id: `device-${index}` }));
    const pairs = await Promise.all(devices.map((device) => harness.pair(device)));
    const ran = await statementsOf(() =>
      Promise.all(pairs.map((pair, index) => harness.refresh(pair.refreshToken, devices[index]))),
    );
    const count = (name: string) => ran.filter((one) => one === name).length;
    expect(count("update refresh_tokens")).toBe(16);
    expect(count("insert refresh_tokens")).toBe(16);
    expect(count("begin")).toBe(1);
    expect(count("commit")).toBe(1);
  });
});

describe("the durable mailbox", () => {
  const entry = (messageId: string) => ({
    deviceKey: "device",
    messageId,
    body: "{}",
    queuedAt: 0,
    expiresAt: 1,
    required: false,
  });

  it("queues a directive in one transaction of one insert", async () => {
    const mailbox = createDurableMailbox(harness.database);
    const ran = await statementsOf(() => mailbox.append(entry("a")));
    expect(ran).toEqual(["begin", "insert mailbox", "commit"]);
  });

  it("shares one transaction among all that one turn of the event loop brings", async () => {
    const mailbox = createDurableMailbox(harness.database);
    const sequence = await mailbox.append(entry("first"));
    const ran = await statementsOf(() =>
      Promise.all([
        ...Array.from({ length: 64 }, (_, index) => mailbox.append(entry(`${index}`))),
        mailbox.acknowledge("device", [sequence]),
      ]),
    );
    expect(ran).toEqual(["begin", "delete mailbox", "insert mailbox", "commit"]);
  });
});
