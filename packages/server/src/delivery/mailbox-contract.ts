// The contract of a mailbox, as tests: every implementation passes it, also one that somebody else writes.

import { describe, expect, it } from "vitest";
import type { Mailbox, NewMailboxEntry } from "./mailbox.js";

function entry(
  deviceKey: string,
  body: string,
  more: Partial<NewMailboxEntry> = {},
): NewMailboxEntry {
  return {
    deviceKey,
    messageId: `id-${body}`,
    body,
    queuedAt: 5,
    expiresAt: 1_000,
    required: false,
    ...more,
  };
}

/**
 * Declares the tests of the contract.
 * @param name of the implementation
 * @param open makes a fresh, empty mailbox and says how to let go of it
 */
export function describeMailbox(
  name: string,
  open: () => Promise<{ readonly mailbox: Mailbox; readonly close: () => Promise<void> }>,
): void {
  const using = (test: (mailbox: Mailbox) => Promise<void>) => async () => {
    const { mailbox, close } = await open();
    try {
      await test(mailbox);
    } finally {
      await close();
    }
  };
  const bodies = async (mailbox: Mailbox, deviceKey: string, after = 0, limit = 100, now = 0) =>
    (await mailbox.pending(deviceKey, after, limit, now)).map(({ body }) => body);

  describe(`the mailbox ${name}`, () => {
    it(
      "gives a device's entries back in the order they were appended, whole and with their ids",
      using(async (mailbox) => {
        const appended = await Promise.all([
          mailbox.append(entry("a", "1")),
          mailbox.append(entry("a", "2")),
          mailbox.append(entry("a", "3")),
        ]);
        const found = await mailbox.pending("a", 0, 100, 0);
        expect(found.map(({ sequence }) => sequence)).toEqual(appended);
        expect(appended).toEqual([...appended].sort((x, y) => x - y));
        expect(found[1]).toMatchObject({ messageId: "id-2", queuedAt: 5, expiresAt: 1_000 });
        expect(await bodies(mailbox, "a")).toEqual(["1", "2", "3"]);
      }),
    );

    it(
      "keeps text of any script as it is",
      using(async (mailbox) => {
        const body = JSON.stringify({ text: "안녕 \u{1f44b} é \0\u2028", lone: "\ud800" });
        await mailbox.append(entry("a", body));
        expect(await bodies(mailbox, "a")).toEqual([body]);
      }),
    );

    it(
      "keeps the order of a thousand entries that are appended at once",
      using(async (mailbox) => {
        const expected = Array.from({ length: 1_000 }, (_, index) => String(index));
        await Promise.all(expected.map((body) => mailbox.append(entry("a", body))));
        expect(await bodies(mailbox, "a", 0, 2_000)).toEqual(expected);
      }),
    );

    it(
      "keeps devices apart",
      using(async (mailbox) => {
        await mailbox.append(entry("a", "1"));
        const other = await mailbox.append(entry("b", "2"));
        await mailbox.acknowledge("b", [other]);
        expect(await bodies(mailbox, "a")).toEqual(["1"]);
        expect(await bodies(mailbox, "b")).toEqual([]);
        expect(await bodies(mailbox, "__proto__")).toEqual([]);
      }),
    );

    it(
      "goes on after a sequence and stops at the limit",
      using(async (mailbox) => {
        const first = await mailbox.append(entry("a", "1"));
        await mailbox.append(entry("a", "2"));
        await mailbox.append(entry("a", "3"));
        expect(await bodies(mailbox, "a", first, 1)).toEqual(["2"]);
        expect(await bodies(mailbox, "a", 0, 2)).toEqual(["1", "2"]);
      }),
    );

    it(
      "leaves expired entries out and sweeps them away",
      using(async (mailbox) => {
        await mailbox.append(entry("a", "old", { expiresAt: 10 }));
        await mailbox.append(entry("a", "new", { expiresAt: 11 }));
        expect(await bodies(mailbox, "a", 0, 100, 9)).toEqual(["old", "new"]);
        expect(await bodies(mailbox, "a", 0, 100, 10)).toEqual(["new"]);
        expect(await mailbox.sweep(10)).toBe(1);
        expect(await mailbox.sweep(10)).toBe(0);
        expect(await mailbox.depth("a")).toBe(1);
      }),
    );

    it(
      "forgets what was acknowledged, once and for all, and ignores what it does not know",
      using(async (mailbox) => {
        const first = await mailbox.append(entry("a", "1"));
        await mailbox.append(entry("a", "2"));
        await mailbox.acknowledge("a", [first, 999_999]);
        await mailbox.acknowledge("a", [first]);
        expect(await bodies(mailbox, "a")).toEqual(["2"]);
      }),
    );

    it(
      "never gives out a sequence twice, also when the mailbox was empty in between",
      using(async (mailbox) => {
        const first = await mailbox.append(entry("a", "1"));
        await mailbox.acknowledge("a", [first]);
        expect(await mailbox.append(entry("a", "2"))).toBeGreaterThan(first);
      }),
    );

    it(
      "drops the oldest that are not required when it is trimmed",
      using(async (mailbox) => {
        await mailbox.append(entry("a", "1", { required: true }));
        for (const body of ["2", "3", "4"]) await mailbox.append(entry("a", body));
        await mailbox.append(entry("b", "other"));
        expect(await mailbox.trim("a", 2)).toBe(2);
        expect(await bodies(mailbox, "a")).toEqual(["1", "4"]);
        expect(await mailbox.trim("a", 0)).toBe(1);
        expect(await bodies(mailbox, "a")).toEqual(["1"]);
        expect(await mailbox.trim("a", 5)).toBe(0);
        expect(await mailbox.depth("b")).toBe(1);
      }),
    );

    it(
      "forgets all of one device when it is purged",
      using(async (mailbox) => {
        await mailbox.append(entry("a", "1", { required: true }));
        await mailbox.append(entry("a", "2"));
        await mailbox.append(entry("b", "3"));
        expect(await mailbox.purge("a")).toBe(2);
        expect(await mailbox.depth("a")).toBe(0);
        expect(await bodies(mailbox, "b")).toEqual(["3"]);
      }),
    );

    it(
      "tells how many entries wait, of all devices, and since when the oldest does",
      using(async (mailbox) => {
        expect(await mailbox.census()).toEqual({ depth: 0, oldestQueuedAt: undefined });
        const oldest = await mailbox.append(entry("a", "1", { queuedAt: 100 }));
        await mailbox.append(entry("b", "2", { queuedAt: 200 }));
        await mailbox.append(entry("a", "3", { queuedAt: 300 }));
        expect(await mailbox.census()).toEqual({ depth: 3, oldestQueuedAt: 100 });
        await mailbox.acknowledge("a", [oldest]);
        expect(await mailbox.census()).toEqual({ depth: 2, oldestQueuedAt: 200 });
      }),
    );
  });
}
