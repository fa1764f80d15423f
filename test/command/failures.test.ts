// What a user sees when the server cannot start: one clear line on standard error and exit code 1.

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Command,
  endAll,
  removeDirectories,
  run,
  temporaryDirectory,
  trefoil,
} from "../harness/command.js";
import { developerServer, readDevJson } from "../harness/server-process.js";

afterEach(async () => {
  await endAll();
  removeDirectories();
});

const serve = (dataDir: string, ...args: string[]) =>
  trefoil(["serve", "--dev", "--host", "127.0.0.1", "--port", "0", "--data", dataDir, ...args]);

async function expectOneLine(command: Command, text: string) {
  expect(await command.ended).toBe(1);
  expect(command.stderr()).toMatch(/^trefoil: [^\n]+\n$/);
  expect(command.stderr()).toContain(text);
}

describe("trefoil serve --dev", () => {
  it("says when the port is taken", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    const dataDir = temporaryDirectory();
    const command = trefoil([
      "serve",
      "--dev",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--data",
      dataDir,
    ]);
    await expectOneLine(command, `port ${port} is taken`);
    blocker.close();
  });

  it("leaves dev.json of the server that runs alone when its directory and port are asked for", async () => {
    const dataDir = temporaryDirectory();
    const { dev } = await developerServer(dataDir);
    const { port } = new URL(dev.authBaseUrl);
    const second = trefoil([
      "serve",
      "--dev",
      "--host",
      "127.0.0.1",
      "--port",
      port,
      "--data",
      dataDir,
    ]);
    await expectOneLine(second, `, ${dev.authBaseUrl}) has the data directory ${dataDir}`);
    expect(readDevJson(dataDir)).toEqual(dev);
  });

  it("does not share a data directory with a server that runs, on whatever port", async () => {
    const dataDir = temporaryDirectory();
    const first = await developerServer(dataDir);
    const { dev, process: child } = first;
    await expectOneLine(
      serve(dataDir),
      `another server (process ${child.pid}, ${dev.authBaseUrl}) has the data directory ${dataDir}: end it, or choose`,
    );
    expect(readDevJson(dataDir)).toEqual(dev);
    // Killed, it leaves all its files behind, and they keep nobody out.
    child.kill("SIGKILL");
    await first.ended;
    expect((await developerServer(dataDir)).dev.adminToken).toBe(dev.adminToken);
  });

  it("says when the data directory cannot be written to", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "file"), "");
    await expectOneLine(
      serve(join(directory, "file", "data")),
      "cannot write to the data directory",
    );
  });

  it("says when the configuration is broken, with file, line and setting", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "t.yaml");
    writeFileSync(file, "# settings\nlisten:\n  prot: 1\n");
    await expectOneLine(
      serve(directory, "--config", file),
      `${file}:3: unknown setting "listen.prot"; did you mean "listen.port"?`,
    );
  });

  it("says when the port is no port", async () => {
    await expectOneLine(
      trefoil(["serve", "--dev", "--port", "eighty", "--data", temporaryDirectory()]),
      '--port: listen.port: expected a whole number from 0 to 65535, got "eighty"',
    );
  });

  it("says when the host is no address of this machine", async () => {
    const command = trefoil([
      "serve",
      "--dev",
      "--port",
      "0",
      "--data",
      temporaryDirectory(),
      "--host",
      "192.0.2.1",
    ]);
    await expectOneLine(command, "cannot listen on 192.0.2.1");
  });
});

describe("trefoil serve", () => {
  it("in the production form names all settings that are missing, and makes nothing", async () => {
    const directory = temporaryDirectory();
    const command = trefoil(["serve"], { cwd: directory });
    await expectOneLine(command, "publicUrl");
    for (const name of ["tls.certificateFile", "tls.keyFile", "admin.tokenFile"]) {
      expect(command.stderr()).toContain(name);
    }
    const list = run("ls", ["-A", directory]);
    await list.ended;
    expect(list.stdout()).toBe("");
  });

  it("refuses an option that it does not have, with the one that was meant", async () => {
    const command = trefoil(["serve", "--prot", "1"]);
    expect(await command.ended).toBe(1);
    expect(command.stderr()).toContain("unknown option '--prot'");
    expect(command.stderr()).toContain("--port");
  });
});
