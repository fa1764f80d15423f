// The client of docs/write-a-client.md, run as the guide says: beside a developer server, in its directory, by a person who
// opens the page that it names and types the code.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { Browser } from "../authorization/browser.js";
import { endAll, printed, removeDirectories, run, temporaryDirectory } from "../harness/command.js";
import { type DevJson, developerServer } from "../harness/server-process.js";
import { httpsFetch } from "../foreign-clients/https-fetch.js";

const example = fileURLToPath(
  new URL("../../node_modules/.cache/trefoil/examples/first-client.js", import.meta.url),
);

const guide = fileURLToPath(new URL("../../docs/write-a-client.md", import.meta.url));

afterEach(async () => {
  await endAll();
  removeDirectories();
});

/** What a person does who reads `Open <page> and type <code>.` */
async function letIn(dev: DevJson, page: string, code: string): Promise<void> {
  const person = new Browser({ fetch: httpsFetch(dev.caFile) });
  await person.submit(await person.open(`${dev.authBaseUrl}/sign-in`), dev.account);
  const shown = await person.open(`${page}?user_code=${encodeURIComponent(code)}`);
  expect(shown.html).toContain(code);
  await person.submit(shown, { decision: "allow" });
}

it("signs in, asks, speaks and ends; started again it is still signed in", async () => {
  const cwd = temporaryDirectory();
  const { dev } = await developerServer(join(cwd, "data"));

  const first = run(process.execPath, [example], { cwd });
  const [, page = "", code = ""] = await printed(first, /^Open (\S+) and type (\S+)\.$/m);
  await letIn(dev, page, code);
  expect(await first.ended).toBe(0);
  const talk = [
    "The connection is connecting.",
    "The connection is opening.",
    "The connection is open.",
    // The developer server says back what it was asked in writing, and knows no speech.
    "what time is it?",
    "Clova.RenderText",
    "The connection is closed.",
  ];
  expect(first.stdout().trimEnd().split("\n")).toEqual([
    `Open ${dev.authBaseUrl}/activate and type ${code}.`,
    ...talk,
  ]);
  expect(readFileSync(guide, "utf8")).toContain(`\n${talk.join("\n")}\n`);
  expect(first.stderr()).toBe("");
  expect(readFileSync(join(cwd, "tokens.json"), "utf8")).toContain("accessToken");

  const second = run(process.execPath, [example], { cwd });
  expect(await second.ended).toBe(0);
  expect(second.stdout().trimEnd().split("\n")).toEqual(talk);
});
