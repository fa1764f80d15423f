// `npm run soak` in its short form, by counts and not by the clock: a real server in a process of its own, 50 devices.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = fileURLToPath(new URL("../../bench/dist/soak/main.js", import.meta.url));

/** The numbers of a line of the report. */
function numbers(report: string, name: string): readonly number[] {
  const line = report.split("\n").find((text) => text.trimStart().startsWith(name));
  return (line?.slice(line.indexOf(name) + name.length).match(/\d+(\.\d+)?/g) ?? []).map(Number);
}

it("a fleet that held its downchannels, sent, was sent to and lost its connections leaves nothing behind, and nothing is lost", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    "--devices",
    "50",
    "--rounds",
    "5",
  ]);
  // Two rounds to warm up; and one device more, which came and went before.
  const each = 50 * 7 + 1;
  expect(numbers(stdout, "PINGs")).toEqual([each, each, 51]);
  const [accepted, received, , lost] = numbers(stdout, "directives:");
  expect([accepted, received, lost]).toEqual([each, each, 0]);
  expect(numbers(stdout, "errors:")).toEqual([0]);
  expect(numbers(stdout, "downchannels")).toEqual([0, 50, 50, 0]);
  expect(numbers(stdout, "connections")).toEqual([0, 50, 50, 0]);
  expect(numbers(stdout, "mailbox")).toEqual([0, expect.any(Number), expect.any(Number), 0]);
  for (const what of ["event", "push"]) {
    expect(stdout).toMatch(new RegExp(`^  ${what}: p50 .+ ms, p99 .+ ms, max .+ ms$`, "m"));
  }
  expect(stdout).toContain("Nothing is lost, nothing is left behind.");
}, 120_000);

it.each([
  [["--devices", "0"], "--devices takes a number from 1 to 20000, got 0"],
  [["--minutes", "long"], "--minutes takes a number from 0.05 to 10000, got long"],
  [["--reconnect-seconds", "1"], "--reconnect-seconds takes a number from 2 to 86400, got 1"],
])("%j is answered with what it takes, and exit code 1", async (args, message) => {
  const run = promisify(execFile)(process.execPath, [program, ...args]);
  await expect(run).rejects.toMatchObject({ code: 1, stderr: `soak: ${message}\n` });
});
