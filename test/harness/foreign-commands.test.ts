// A foreign command that is missing is installed or asked for in plain words, never passed over.

import { describe, expect, it } from "vitest";
import { type Machine, findOrInstall } from "./foreign-commands.js";

const command = {
  package: "curl",
  describe: ["--version"],
  mustSay: /^Features:.*\bHTTP2\b/m,
  need: "curl with HTTP/2",
};
const good = "curl 7.88.1\nFeatures: HTTP2 HTTPS-proxy\n";
const poor = "curl 7.20.0\nFeatures: IPv6 SSL\n";

/** A machine on which `programs` say this when asked. */
function machine(
  programs: Record<string, string>,
  options: { readonly isRoot?: boolean; readonly install?: () => void } = {},
): Machine & { readonly installed: string[] } {
  const installed: string[] = [];
  return {
    installed,
    isRoot: options.isRoot ?? false,
    find: (program) => (program in programs ? `/usr/bin/${program}` : undefined),
    async run(path) {
      const said = programs[path.replace("/usr/bin/", "")];
      if (said === undefined) throw new Error("exit code 127");
      return said;
    },
    async install(_aptGet, packageName) {
      installed.push(packageName);
      options.install?.();
    },
  };
}

describe("a foreign command", () => {
  it("that is there and good enough is used, and nothing is installed", async () => {
    const here = machine({ curl: good, "apt-get": "" }, { isRoot: true });
    expect(await findOrInstall("curl", command, here)).toBe("/usr/bin/curl");
    expect(here.installed).toEqual([]);
  });

  it("that is missing is asked for by its package where there is no right to install", async () => {
    const here = machine({ "apt-get": "" });
    await expect(findOrInstall("curl", command, here)).rejects.toThrow(
      "These tests need curl with HTTP/2. There is no curl on this machine. Install it (Debian, Ubuntu: sudo apt-get install curl) and run them again.",
    );
    expect(here.installed).toEqual([]);
  });

  it("that is missing is asked for where there is no apt-get", async () => {
    const here = machine({}, { isRoot: true });
    await expect(findOrInstall("curl", command, here)).rejects.toThrow("There is no curl");
    expect(here.installed).toEqual([]);
  });

  it("that lacks what the tests need counts as missing", async () => {
    await expect(findOrInstall("curl", command, machine({ curl: poor }))).rejects.toThrow(
      "/usr/bin/curl is another: curl 7.20.0.",
    );
  });

  it("that is missing is installed by root", async () => {
    const programs: Record<string, string> = { "apt-get": "" };
    const here = machine(programs, {
      isRoot: true,
      install: () => {
        programs["curl"] = good;
      },
    });
    expect(await findOrInstall("curl", command, here)).toBe("/usr/bin/curl");
    expect(here.installed).toEqual(["curl"]);
  });

  it("whose installation fails is asked for, with what went wrong", async () => {
    const here = machine(
      { "apt-get": "" },
      {
        isRoot: true,
        install: () => {
          throw new Error("Unable to locate package curl");
        },
      },
    );
    await expect(findOrInstall("curl", command, here)).rejects.toThrow(
      /sudo apt-get install curl.*Unable to locate package curl/,
    );
  });

  it("that is not there after its installation is an error too", async () => {
    const here = machine({ "apt-get": "" }, { isRoot: true });
    await expect(findOrInstall("curl", command, here)).rejects.toThrow(
      "Installing curl just now did not help. There is no curl on this machine.",
    );
  });
});
