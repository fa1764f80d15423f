// Secrets on the disk: for their owner alone, replaced in one step, other members left as they are.
import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileTokenStore } from "./file-token-store.js";
import { PrivateJsonFile } from "./private-json-file.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trefoil-file-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe("a private JSON file", () => {
  it("is made with its directory, for its owner alone", async () => {
    const path = join(directory, "deep", "er", "file.json");
    await new PrivateJsonFile(path).update({ a: 1 });
    expect(await modeOf(path)).toBe(0o600);
    expect(await modeOf(join(directory, "deep"))).toBe(0o700);
  });

  it.skipIf(process.platform !== "linux")(
    "where no directory can be made is refused, and nobody waits for it",
    async () => {
      const file = new PrivateJsonFile("/proc/trefoil/deep/file.json");
      await expect(file.update({ a: 1 })).rejects.toMatchObject({ code: "ENOENT" });
    },
    2_000,
  );

  it("below a file is refused", async () => {
    await writeFile(join(directory, "a"), "text");
    const file = new PrivateJsonFile(join(directory, "a", "b", "file.json"));
    await expect(file.update({ a: 1 })).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it("is narrowed to its owner when it was open to others", async () => {
    const path = join(directory, "file.json");
    await writeFile(path, "{}", { mode: 0o666 });
    await new PrivateJsonFile(path).update({ a: 1 });
    expect(await modeOf(path)).toBe(0o600);
  });

  it("leaves no temporary file behind, whether it could be replaced or not", async () => {
    const path = join(directory, "file.json");
    const file = new PrivateJsonFile(path);
    await file.update({ a: 1 });
    await expect(file.update({ b: 1n })).rejects.toThrow();
    expect(await readdir(directory)).toEqual(["file.json"]);
    expect(await file.read()).toEqual({ a: 1 });
  });

  it("replaces a link instead of writing through it", async () => {
    const victim = join(directory, "victim");
    const path = join(directory, "file.json");
    await writeFile(victim, "{}");
    await symlink(victim, path);
    await new PrivateJsonFile(path).update({ a: 1 });
    expect(await readFile(victim, "utf8")).toBe("{}");
  });

  it("keeps every member when many updates come at once", async () => {
    const file = new PrivateJsonFile(join(directory, "file.json"));
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => file.update({ [`m${index}`]: index })),
    );
    expect(Object.keys((await file.read()) ?? {})).toHaveLength(20);
  });

  it.each(["", "{", "[1]", "null", '"text"'])("is nothing where it holds %j", async (text) => {
    const path = join(directory, "file.json");
    await writeFile(path, text);
    expect(await new PrivateJsonFile(path).read()).toBeUndefined();
  });
});

describe("a file token store", () => {
  const tokens = { accessToken: "a", refreshToken: "r", issuedAt: 1, expiresAt: 2 };

  it("gives back what it saved, after a new start", async () => {
    const path = join(directory, "tokens.json");
    const store = new FileTokenStore(path);
    expect(await store.load()).toBeUndefined();
    await store.save(tokens);
    expect(await new FileTokenStore(path).load()).toEqual(tokens);
    expect(await modeOf(path)).toBe(0o600);
  });

  it("leaves what the application keeps beside them alone", async () => {
    const file = new PrivateJsonFile(join(directory, "device.json"));
    await file.update({ deviceId: "d" });
    const store = new FileTokenStore(file);
    await store.save(tokens);
    await store.clear();
    expect(await file.read()).toEqual({ deviceId: "d" });
    expect(await store.load()).toBeUndefined();
  });
});
