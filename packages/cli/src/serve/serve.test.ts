// The life of a server process, with a server, signals and a terminal that the test holds in its hands.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Terminal } from "../terminal.js";
import { writeBanner } from "./banner.js";
import { serveCommand } from "./command.js";
import type { RunningServer, ServerProcess } from "./run-server.js";
import { describeStartupFailure } from "./startup-failure.js";
import type { StopSignal } from "./stop-signals.js";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "trefoil-serve-"));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** Runs `trefoil serve` with these arguments in a process of its own making. */
async function serve(
  args: readonly string[],
  changes: Partial<ServerProcess> & Partial<Terminal> & { stop?: () => Promise<void> } = {},
) {
  const output = { out: "", err: "", code: undefined as number | undefined };
  const listeners = new Map<(signal: StopSignal) => void, Set<StopSignal>>();
  let renewals = 0;
  const crashes: ((error: unknown) => void)[] = [];
  const started: Parameters<ServerProcess["start"]>[0][] = [];
  const clock = new FakeClock();
  const terminal: Terminal = {
    env: {},
    cwd,
    isInteractive: false,
    out: (text) => void (output.out += text),
    err: (text) => void (output.err += text),
    fail(problems) {
      for (const problem of problems) output.err += `trefoil: ${problem}\n`;
      output.code = 1;
    },
    ...changes,
  };
  const parts: ServerProcess = {
    clock,
    signals: {
      on: (signal, listener) =>
        listeners.set(listener, (listeners.get(listener) ?? new Set()).add(signal)),
      off: (_, listener) => listeners.delete(listener),
    },
    exit: (code) => void (output.code ??= code),
    onCrash: (listener) => void crashes.push(listener),
    async start(options): Promise<RunningServer> {
      started.push(options);
      const { dataDir } = options.config;
      const caFile = join(dataDir, "tls/ca.pem");
      writeFileSync(join(dataDir, "dev.json"), JSON.stringify({ caFile }));
      return {
        origin: "https://localhost:8443",
        port: 8443,
        renewCertificate: async () => void renewals++,
        stop: changes.stop ?? (() => Promise.resolve()),
      };
    },
    ...changes,
  };
  await serveCommand(terminal, parts).parseAsync([...args], { from: "user" });
  return {
    output,
    clock,
    started,
    crash: (error: unknown) => crashes.forEach((listener) => listener(error)),
    renewals: () => renewals,
    signal: async (signal: StopSignal = "SIGTERM") => {
      for (const [listener, signals] of listeners) if (signals.has(signal)) listener(signal);
      await new Promise(setImmediate);
    },
  };
}

const logOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("trefoil serve --dev", () => {
  it("starts the server with the configuration from flags, environment and defaults", async () => {
    const { started, output } = await serve(
      ["--dev", "--port", "9000", "--set", "gateway.maxParts=4"],
      {
        env: { TREFOIL_HOST: "127.0.0.1", TREFOIL_PORT: "1" },
      },
    );
    expect(output.err).toBe("");
    expect(started[0]?.dev).toBe(true);
    expect(started[0]?.config).toMatchObject({
      listen: { host: "127.0.0.1", port: 9000 },
      dataDir: join(cwd, "data"),
      gateway: { maxParts: 4, validation: "strict" },
    });
    expect(readdirSync(cwd)).toEqual(["data"]);
  });

  it("logs JSON lines without a terminal", async () => {
    const { output } = await serve(["--dev"]);
    expect(logOf(output.out)).toEqual([
      expect.objectContaining({
        level: "info",
        msg: "Trefoil listens.",
        origin: "https://localhost:8443",
        form: "development",
      }),
    ]);
  });

  it("prints the banner on a terminal, without a line of JSON", async () => {
    const { output } = await serve(["--dev"], { isInteractive: true });
    expect(output.out).toContain("https://localhost:8443/admin/v1");
    expect(output.out).toContain("npx trefoil device");
    expect(output.out).toContain("curl --cacert data/tls/ca.pem ");
    expect(output.out).not.toContain('{"level"');
  });

  it("uses no colours where they are not wanted", async () => {
    const coloured = await serve(["--dev"], { isInteractive: true, env: { TERM: "xterm" } });
    expect(coloured.output.out).toContain("\u001b[");
    for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const { output } = await serve(["--dev"], { isInteractive: true, env });
      expect(output.out).not.toContain("\u001b[");
    }
  });

  it("warns of what is doubtful in the configuration", async () => {
    const { output } = await serve(["--dev"], {
      env: { TREFOIL_AUTH_ACCESS_TOKEN_LIFETIME: "60" },
    });
    expect(logOf(output.out)[0]).toMatchObject({
      level: "warn",
      warning: expect.stringContaining("auth.accessTokenLifetime"),
    });
  });
});

describe("what keeps a server from starting", () => {
  const oneLine = /^trefoil: [^\n]+\n$/;

  it("is one line on standard error and exit code 1: a broken file", async () => {
    writeFileSync(join(cwd, "t.yaml"), "listen:\n  prot: 1\nzzz: 2\n");
    const { output, started } = await serve(["--dev", "--config", "t.yaml"]);
    expect(output.err).toMatch(oneLine);
    expect(output.err).toContain(
      '(1) t.yaml:2: unknown setting "listen.prot"; did you mean "listen.port"?',
    );
    expect(output).toMatchObject({ out: "", code: 1 });
    expect(started).toEqual([]);
  });

  it("is one line: missing settings in the production form, all of them", async () => {
    const { output } = await serve([]);
    expect(output.err).toMatch(oneLine);
    for (const name of ["publicUrl", "tls.certificateFile", "tls.keyFile", "admin.tokenFile"]) {
      expect(output.err).toContain(name);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("is one line: production files that are not there", async () => {
    const { output } = await serve([], {
      env: {
        TREFOIL_PUBLIC_URL: "https://clova.example.org",
        TREFOIL_TLS_CERTIFICATE_FILE: "c.pem",
        TREFOIL_TLS_KEY_FILE: "k.pem",
        TREFOIL_ADMIN_TOKEN_FILE: "t",
      },
    });
    expect(output.err).toMatch(oneLine);
    expect(output.err).toContain(`(1) tls.certificateFile: ${cwd}/c.pem: no such file`);
    expect(output.code).toBe(1);
  });

  it("is one line: a data directory that cannot be", async () => {
    writeFileSync(join(cwd, "file"), "");
    const { output } = await serve(["--dev", "--data", "file/data"]);
    expect(output.err).toBe(
      `trefoil: cannot write to the data directory ${cwd}/file/data: a part of its path is a file, not a directory; choose another one with --data or TREFOIL_DATA_DIR\n`,
    );
    expect(output.code).toBe(1);
  });

  it.runIf(process.platform === "linux")(
    "is one line: a data directory where no directory can be made",
    async () => {
      for (const directory of ["/proc/trefoil", "/proc/trefoil/data"]) {
        const { output, started } = await serve(["--dev", "--data", directory]);
        expect(output.err).toMatch(oneLine);
        expect(output.err).toContain(`cannot write to the data directory ${directory}: `);
        expect(started).toEqual([]);
      }
    },
  );

  it("is one line: a port that is taken, and whatever was open is let go", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const address = blocker.address() as { port: number };
    const exits: number[] = [];
    const { output } = await serve(
      ["--dev", "--host", "127.0.0.1", "--port", String(address.port)],
      {
        exit: (code) => void exits.push(code),
        async start({ config }) {
          const server = createServer().listen(config.listen.port, config.listen.host);
          await once(server, "listening");
          throw new Error("the port was free");
        },
      },
    );
    blocker.close();
    expect(output.err).toBe(
      `trefoil: port ${address.port} is taken by another program; choose another one with --port or TREFOIL_PORT\n`,
    );
    expect(exits).toEqual([1]);
  });

  it.each([
    [{ code: "EACCES", syscall: "listen" }, "no permission to listen on port 443"],
    [
      { code: "EADDRNOTAVAIL", syscall: "listen" },
      "cannot listen on h: it is no address of this machine",
    ],
    [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, "cannot listen on h"],
    [{ code: "EACCES", syscall: "open" }, "the message"],
    [{}, "the message"],
  ])("is told from %j", (members, text) => {
    const error = Object.assign(new Error("the message\nwith a second line"), members);
    const line = describeStartupFailure(error, { host: "h", port: 443 });
    expect(line).toContain(text);
    expect(line).not.toContain("\n");
  });

  it("is the message of our own errors", () => {
    const error = new TrefoilError("unavailable", "The database was written by a newer version.");
    expect(describeStartupFailure(error, { host: "h", port: 1 })).toBe(error.message);
    expect(describeStartupFailure(undefined, { host: "h", port: 1 })).toBe("undefined");
  });
});

describe("a running server", () => {
  it("ends in good order on a signal, with exit code 0", async () => {
    let stopped = 0;
    const { output, signal } = await serve(["--dev"], { stop: async () => void stopped++ });
    expect(output.code).toBeUndefined();
    await signal();
    expect(stopped).toBe(1);
    expect(output.code).toBe(0);
  });

  it("takes two signals at the same moment for one: npm passes Ctrl-C on once more", async () => {
    let stopped = 0;
    const { output, signal, clock } = await serve(["--dev"], {
      stop: () => new Promise(() => void stopped++),
    });
    await signal();
    clock.advance(100);
    await signal();
    expect(stopped).toBe(1);
    expect(output.code).toBeUndefined();
  });

  it("is forced by a second signal, with the exit code of that signal", async () => {
    const { output, signal, clock } = await serve(["--dev"], { stop: () => new Promise(() => {}) });
    await signal();
    clock.advance(501);
    await signal();
    expect(output.code).toBe(143);
    expect(logOf(output.out).at(-1)).toMatchObject({ level: "warn" });
  });

  it("ends with exit code 1 where it cannot end in good order, or not in time", async () => {
    const failing = await serve(["--dev"], { stop: () => Promise.reject(new Error("no")) });
    await failing.signal();
    expect(failing.output.code).toBe(1);
    const hanging = await serve(["--dev"], { stop: () => new Promise(() => {}) });
    await hanging.signal();
    hanging.clock.advance(60_000);
    expect(hanging.output.code).toBe(1);
  });

  it("ends with its terminal where it is the developer server", async () => {
    const { output, signal, renewals } = await serve(["--dev"]);
    await signal("SIGHUP");
    expect(output.code).toBe(0);
    expect(renewals()).toBe(0);
  });

  it("reads its certificate again on SIGHUP in production, and goes on", async () => {
    let stopped = 0;
    const args = ["publicUrl=https://c.example.org", "plainText.port=0", "admin.enabled=false"];
    const { output, signal, renewals } = await serve(
      args.flatMap((text) => ["--set", text]),
      { stop: async () => void stopped++ },
    );
    await signal("SIGHUP");
    await signal("SIGHUP");
    expect(renewals()).toBe(2);
    expect(stopped).toBe(0);
    expect(output.code).toBeUndefined();
    await signal("SIGTERM");
    expect(stopped).toBe(1);
  });

  it("logs what nobody caught and ends with exit code 1", async () => {
    const { output, crash } = await serve(["--dev"]);
    crash(new Error("unexpected; Bearer abcdefghijkl"));
    expect(output.code).toBe(1);
    expect(logOf(output.out).at(-1)).toMatchObject({ level: "fatal", err: { type: "Error" } });
    expect(output.out).not.toContain("abcdefghijkl");
  });
});

describe("the banner", () => {
  const facts = {
    version: "1.2.3",
    origin: "https://localhost:9000",
    caFile: "/srv/it's here/tls/ca.pem",
    dataDir: "/srv/it's here",
    cwd: "/home/me",
    colour: false,
  };

  it("has three commands that a shell takes as they are, wherever the data are", () => {
    const banner = writeBanner(facts);
    expect(banner).toContain(`--data '/srv/it'\\''s here'`);
    expect(banner).toContain(`--cacert '/srv/it'\\''s here/tls/ca.pem'`);
    expect(
      writeBanner({ ...facts, dataDir: "/home/me/data", caFile: "/home/me/data/tls/ca.pem" }),
    ).toContain("npx trefoil device --once");
  });
});
