// Help: every option of `serve`, the environment variables that stand for them, and every subcommand.

import { afterEach, describe, expect, it } from "vitest";
import { endAll, trefoil } from "../harness/command.js";

afterEach(endAll);

async function outputOf(...args: string[]) {
  const command = trefoil(args);
  expect(await command.ended).toBe(0);
  expect(command.stderr()).toBe("");
  return command.stdout();
}

describe("trefoil --help", () => {
  it("names every subcommand", async () => {
    const help = await outputOf("--help");
    for (const name of ["serve", "device", "send", "config"])
      expect(help).toMatch(new RegExp(`^ {2}${name} `, "m"));
  });

  it("is what one gets without a subcommand, and then it is an error", async () => {
    const command = trefoil([]);
    expect(await command.ended).toBe(1);
    expect(command.stderr()).toContain("Usage: trefoil");
  });
});

describe("trefoil serve --help", () => {
  it("has every option with its variable", async () => {
    const help = await outputOf("serve", "--help");
    for (const option of [
      "--dev",
      "--config <file>",
      "--host <address>",
      "--port <number>",
      "--data <directory>",
      "--log-level <level>",
      "--set <name=value>",
    ]) {
      expect(help).toContain(option);
    }
    for (const variable of [
      "TREFOIL_PORT",
      "TREFOIL_HOST",
      "TREFOIL_DATA_DIR",
      "TREFOIL_LOG_LEVEL",
      "TREFOIL_CONFIG",
    ]) {
      expect(help).toContain(variable);
    }
  });
});

describe("trefoil --version", () => {
  it("is the version of the package", async () => {
    expect(await outputOf("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("trefoil config", () => {
  it("doc prints the reference", async () => {
    expect(await outputOf("config", "doc")).toMatch(/^# Configuration\n/);
  });

  it("check and print take the options of serve", async () => {
    expect(await outputOf("config", "check", "--dev", "--port", "9000")).toContain("is good");
    expect(await outputOf("config", "print", "--dev", "--port", "9000")).toContain(
      "port: 9000 # --port",
    );
  });
});
