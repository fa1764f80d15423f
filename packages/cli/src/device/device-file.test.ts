// What a simulated device takes for its file, and what it leaves alone.

import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Target } from "../known-server/index.js";
import { rememberDevice } from "./device-file.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trefoil-device-file-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const target = (changes: Partial<Target> = {}): Target => ({
  server: "developer",
  authUrl: new URL("https://localhost:8443"),
  gatewayUrl: new URL("https://localhost:8443"),
  client: { id: "client", secret: "secret" },
  model: "model",
  deviceId: undefined,
  proof: { kind: "guest" },
  tls: {},
  file: join(directory, "device.json"),
  isFileNamed: false,
  adminToken: undefined,
  ...changes,
});
const tokens = { accessToken: "a", refreshToken: "r", issuedAt: 1, expiresAt: 2 };
const read = async (name: string) =>
  JSON.parse(await readFile(join(directory, name), "utf8")) as Record<string, unknown>;

describe("the file of a device", () => {
  it.each([
    ["a text", "# README\n"],
    ["broken JSON", '{"deviceId": "a'],
    ["the JSON of something else", '{"name":"trefoil","version":"1.0.0"}'],
    ["a list", "[1]"],
  ])("is not taken where it is %s, and stays as it is", async (_, text) => {
    const file = join(directory, "other");
    await writeFile(file, text);
    await expect(rememberDevice(target({ file }))).rejects.toMatchObject({
      code: "invalid_configuration",
      message: `${file}: is no device file; name another one with --tokens`,
    });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("is not taken where it is no file", async () => {
    await expect(rememberDevice(target({ file: directory }))).rejects.toThrow(/is no device file/);
  });

  it("is taken where it is empty, and where it is the device's own", async () => {
    const file = join(directory, "device.json");
    await writeFile(file, "");
    const { id } = await rememberDevice(target({ file }));
    expect((await rememberDevice(target({ file }))).id).toBe(id);
  });
});

describe("another device id", () => {
  it("has a file of its own beside, and the device that was there keeps its id and tokens", async () => {
    const first = await rememberDevice(target());
    await first.store.save(tokens);
    const kept = await read("device.json");
    const other = await rememberDevice(target({ deviceId: "foo" }));
    await other.store.save({ ...tokens, accessToken: "b" });
    expect(other.id).toBe("foo");
    expect(await read("device.json")).toEqual(kept);
    expect(await read("device-foo.json")).toMatchObject({ deviceId: "foo" });
    expect((await rememberDevice(target())).id).toBe(first.id);
    const again = await rememberDevice(target({ deviceId: "foo" }));
    expect(await again.store.load()).toMatchObject({ accessToken: "b" });
  });

  it("does not become the device of the data directory where there was none yet", async () => {
    await rememberDevice(target({ deviceId: "foo" }));
    expect(await readdir(directory)).toEqual(["device-foo.json"]);
  });

  it("that is the one in the file uses the file", async () => {
    const { id, store } = await rememberDevice(target());
    await store.save(tokens);
    const same = await rememberDevice(target({ deviceId: id }));
    expect(await same.store.load()).toEqual(tokens);
    expect(await readdir(directory)).toEqual(["device.json"]);
  });

  it("goes into a file that was named for it, where that is new", async () => {
    const file = join(directory, "mine.json");
    await rememberDevice(target({ deviceId: "foo", file, isFileNamed: true }));
    expect(await readdir(directory)).toEqual(["mine.json"]);
    await rememberDevice(target({ deviceId: "bar", file, isFileNamed: true }));
    expect((await readdir(directory)).toSorted()).toEqual(["mine-bar.json", "mine.json"]);
  });

  it("that is no file name is kept under a name that is one", async () => {
    for (const deviceId of ["../../etc/x", "AA:BB", "Foo", "ü".repeat(60)]) {
      await rememberDevice(target({ deviceId }));
    }
    const names = await readdir(directory);
    expect(names).toHaveLength(4);
    for (const name of names) expect(name).toMatch(/^device-[0-9a-f]{32}\.json$/);
  });
});
