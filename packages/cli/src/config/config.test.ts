// `trefoil config`: what it says of good and of bad configurations, and on which output.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Terminal } from "../terminal.js";
import { configCommand } from "./index.js";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "trefoil-config-command-"));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function config(args: readonly string[], env: Record<string, string> = {}) {
  const output = { out: "", err: "", code: 0 };
  const terminal: Terminal = {
    env,
    cwd,
    isInteractive: false,
    out: (text) => void (output.out += text),
    err: (text) => void (output.err += text),
    fail(problems) {
      for (const problem of problems) output.err += `trefoil: ${problem}\n`;
      output.code = 1;
    },
  };
  await configCommand(terminal).parseAsync([...args], { from: "user" });
  return output;
}

describe("trefoil config check", () => {
  it("says that a good configuration is good", async () => {
    writeFileSync(join(cwd, "t.yaml"), "listen: { port: 9000 }");
    expect(await config(["check", "--dev", "--config", "t.yaml"])).toEqual({
      out: `The configuration is good (${cwd}/t.yaml).\n`,
      err: "",
      code: 0,
    });
  });

  it("names every problem on a line of its own and leaves exit code 1", async () => {
    writeFileSync(join(cwd, "t.yaml"), "listen: { prot: 9000 }\nlog: { level: loud }\n");
    const { out, err, code } = await config(["check", "--dev", "--config", "t.yaml"]);
    expect(out).toBe("");
    expect(err.split("\n")).toEqual([
      'trefoil: t.yaml:1: unknown setting "listen.prot"; did you mean "listen.port"?',
      expect.stringContaining("trefoil: t.yaml:2: log.level: expected "),
      "",
    ]);
    expect(code).toBe(1);
  });

  it.runIf(process.platform === "linux")(
    "finds a data directory that cannot be made, and makes none itself",
    async () => {
      const bad = await config(["check", "--dev", "--data", "/proc/x"]);
      expect(bad.code).toBe(1);
      expect(bad.err).toMatch(/^trefoil: cannot write to the data directory \/proc\/x: [^\n]+\n$/);
      expect((await config(["check", "--dev", "--data", "a/b"])).code).toBe(0);
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  it("looks into the files that the production form is given", async () => {
    const { err, code } = await config(["check"], {
      TREFOIL_PUBLIC_URL: "https://clova.example.org",
      TREFOIL_TLS_CERTIFICATE_FILE: "c.pem",
      TREFOIL_TLS_KEY_FILE: "k.pem",
      TREFOIL_ADMIN_TOKEN_FILE: "t",
    });
    expect(err.match(/no such file/g)).toHaveLength(3);
    expect(code).toBe(1);
  });

  it("warns on standard error without failing", async () => {
    const { err, code } = await config(["check", "--dev", "--set", "auth.accessTokenLifetime=60"]);
    expect(err).toMatch(/^warning: auth\.accessTokenLifetime/);
    expect(code).toBe(0);
  });

  it("refuses --set without a value", async () => {
    const command = configCommand();
    const [check] = command.commands;
    check?.exitOverride().configureOutput({ writeErr: () => {} });
    await expect(
      command.parseAsync(["check", "--set", "port"], { from: "user" }),
    ).rejects.toMatchObject({ code: "commander.invalidArgument" });
  });
});

describe("trefoil config print", () => {
  it("prints the effective configuration with where it came from", async () => {
    const { out, err } = await config(["print", "--dev", "--port", "9000"], {
      TREFOIL_LOG_LEVEL: "warn",
    });
    expect(err).toBe("");
    expect(out).toContain("  port: 9000 # --port\n");
    expect(out).toContain("  level: warn # TREFOIL_LOG_LEVEL\n");
    expect(out).toContain(`dataDir: ${cwd}/data\n`);
  });

  it("prints nothing where the configuration is broken", async () => {
    const { out, code } = await config(["print", "--dev", "--port", "x"]);
    expect(out).toBe("");
    expect(code).toBe(1);
  });
});

describe("trefoil config doc", () => {
  it("prints the reference", async () => {
    const { out } = await config(["doc"]);
    expect(out).toMatch(/^# Configuration\n/);
    expect(out).toContain("### `gateway.maxParts`");
  });
});
