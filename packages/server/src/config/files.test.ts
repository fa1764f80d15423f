// What is found out about files and directories before the server starts.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFiles, configSchema, prepareDataDirectory } from "./index.js";

let directory: string;
const file = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "trefoil-files-"));
  for (const name of ["one", "two"]) {
    execFileSync(
      "openssl",
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -days 2 -addext subjectAltName=DNS:clova.example.org,IP:192.0.2.7 -keyout ${name}.key -out ${name}.pem`.split(
        " ",
      ),
      { cwd: directory, stdio: "ignore" },
    );
  }
  writeFileSync(file("token"), `${"a".repeat(64)}\n`, { mode: 0o600 });
  writeFileSync(file("short"), "abc\n", { mode: 0o600 });
  writeFileSync(file("text"), "hello", { mode: 0o600 });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function check(changes: {
  cert?: string;
  key?: string;
  token?: string;
  url?: string;
  now?: number;
}) {
  const config = configSchema.parse({
    publicUrl: changes.url ?? "https://clova.example.org",
    tls: {
      certificateFile: file(changes.cert ?? "one.pem"),
      keyFile: file(changes.key ?? "one.key"),
    },
    admin: { tokenFile: file(changes.token ?? "token") },
  });
  return checkFiles(config, changes.now ?? Date.now());
}

describe("checkFiles", () => {
  it("finds nothing where everything fits", async () => {
    expect(await check({})).toEqual({ problems: [], warnings: [] });
    expect(await check({ url: "https://192.0.2.7:8443" })).toEqual({ problems: [], warnings: [] });
  });

  it.each([
    [{ cert: "none.pem" }, "tls.certificateFile: ", "none.pem: no such file"],
    [{ cert: "text" }, "tls.certificateFile: ", "holds no PEM certificate"],
    [{ key: "two.key" }, "tls.keyFile: ", "is not the key of the certificate"],
    [{ key: "text" }, "tls.keyFile: ", "holds no PEM private key"],
    [{ token: "none" }, "admin.tokenFile: ", "no such file"],
    [{ token: "short" }, "admin.tokenFile: ", "shorter than 32 characters"],
  ])("refuses %j, naming setting and file", async (changes, setting, what) => {
    const { problems } = await check(changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(setting);
    expect(problems[0]).toContain(what);
    expect(problems[0]).toContain(directory);
  });

  it("warns of a certificate that is over, not begun, or of another host", async () => {
    const day = 86_400_000;
    expect((await check({ now: Date.now() + 3 * day })).warnings[0]).toContain("expired on");
    expect((await check({ now: Date.now() - day })).warnings[0]).toContain("not valid before");
    expect((await check({ url: "https://other.example" })).warnings[0]).toContain(
      "does not name other.example",
    );
  });

  it("warns of secrets that everyone may read", async () => {
    chmodSync(file("two.key"), 0o644);
    const { warnings } = await check({ cert: "two.pem", key: "two.key" });
    expect(warnings[0]).toContain("tls.keyFile");
  });
});

describe("prepareDataDirectory", () => {
  it("makes the directory for its owner alone and leaves nothing in it", async () => {
    const made = join(directory, "a", "b");
    await prepareDataDirectory(made);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(readdirSync(made)).toEqual([]);
    await prepareDataDirectory(made);
  });

  it("says in one line why it cannot", async () => {
    await expect(prepareDataDirectory(join(file("text"), "data"))).rejects.toMatchObject({
      code: "invalid_configuration",
      message: `cannot write to the data directory ${file("text")}/data: a part of its path is a file, not a directory; choose another one with --data or TREFOIL_DATA_DIR`,
    });
  });
});
