// Who has a data directory: one server at a time, and never one that is gone.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimDirectory } from "./directory-claim.js";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "trefoil-claim-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("a data directory", () => {
  it("belongs to the first that claims it, until that one releases it", () => {
    const first = claimDirectory(directory);
    expect(first.holder).toBeUndefined();
    first.announce("https://localhost:8443");
    const second = claimDirectory(directory);
    expect(second.holder).toEqual({ pid: process.pid, origin: "https://localhost:8443" });
    // Who has no claim writes nothing and takes nothing.
    second.announce("https://localhost:9999");
    second.release();
    expect(claimDirectory(directory).holder?.origin).toBe("https://localhost:8443");
    first.release();
    first.release();
    const third = claimDirectory(directory);
    expect(third.holder).toBeUndefined();
    third.release();
  });

  it("is free whatever a process that is gone left behind", () => {
    // A process that lives: its number was given to another program.
    const left = JSON.stringify({ pid: process.pid, origin: "https://localhost:8443" });
    writeFileSync(join(directory, "server-process.json"), left);
    writeFileSync(join(directory, "server.lock"), "");
    const claim = claimDirectory(directory);
    expect(claim.holder).toBeUndefined();
    claim.release();
  });

  it("has a holder also where what that one wrote cannot be read", () => {
    const first = claimDirectory(directory);
    for (const text of ["", "{", "null", '{"pid":"x"}']) {
      writeFileSync(join(directory, "server-process.json"), text);
      expect(claimDirectory(directory).holder).toEqual({});
    }
    first.release();
  });

  it("that cannot be written to or locked keeps nobody from starting", () => {
    const claim = claimDirectory(join(directory, "missing"));
    expect(claim.holder).toBeUndefined();
    claim.announce("https://localhost");
    claim.release();
    writeFileSync(
      join(directory, "server.lock"),
      "no database at all, and long enough to be looked at".repeat(9),
    );
    expect(claimDirectory(directory).holder).toBeUndefined();
  });

  it("keeps both files for their owner alone, and the lock empty", () => {
    const claim = claimDirectory(directory);
    for (const name of ["server.lock", "server-process.json"]) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(directory, "server.lock"), "utf8")).toBe("");
    claim.release();
  });
});
