// The three commands that the developer server's banner offers work when they are pasted, in their order.

import { afterEach, expect, it } from "vitest";
import { writeBanner } from "../../packages/cli/src/serve/banner.js";
import {
  endAll,
  removeDirectories,
  repository,
  run,
  temporaryDirectory,
} from "../harness/command.js";
import { developerServer } from "../harness/server-process.js";

afterEach(async () => {
  await endAll();
  removeDirectories();
});

it("each command of the banner works as it is, from a fresh data directory", async () => {
  const dataDir = temporaryDirectory();
  const { dev } = await developerServer(dataDir);
  const banner = writeBanner({
    version: "0",
    origin: dev.authBaseUrl,
    caFile: dev.caFile,
    dataDir,
    cwd: repository,
    colour: false,
  });
  const commands = banner.split("\n").filter((line) => /^ {4}(?:npx|curl) /.test(line));
  expect(commands).toHaveLength(3);
  const outputs: string[] = [];
  for (const command of commands) {
    const shell = run("/bin/sh", ["-c", command], { env: { npm_config_loglevel: "error" } });
    expect([command, await shell.ended]).toEqual([command, 0]);
    outputs.push(shell.stdout());
  }
  const [answer = "", devices = "", sent = ""] = outputs;
  expect(JSON.parse(answer)).toMatchObject({ directive: { payload: { text: "hello" } } });
  expect(JSON.parse(devices)).toMatchObject({ devices: [{ online: false }] });
  expect(JSON.parse(sent)).toMatchObject({ outcome: "queued" });
});
