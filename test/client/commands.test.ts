// `trefoil device` and `trefoil send` against a developer server in this process: what a person and a program see.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type RunningServer, startServer } from "@trefoil/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deviceCommand } from "../../packages/cli/src/device/index.js";
import { sendCommand } from "../../packages/cli/src/send/index.js";
import type { Terminal } from "../../packages/cli/src/terminal.js";
import { configSchema } from "../../packages/server/src/config/index.js";
import { eventually } from "./device.js";

let dataDir: string;
let server: RunningServer;
let scratch: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "trefoil-commands-"));
  server = await startServer({
    config: configSchema.parse({
      dataDir,
      listen: { host: "127.0.0.1", port: 0 },
      auth: { guests: true },
      gateway: { validation: "strict" },
    }),
    dev: true,
  });
});

afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "trefoil-device-"));
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

/** A terminal that remembers what it was shown. */
function terminalWith(changes: Partial<Terminal> = {}) {
  const shown = { out: "", err: "", failed: false };
  const terminal: Terminal = {
    env: { TREFOIL_DATA_DIR: dataDir },
    cwd: scratch,
    isInteractive: false,
    out: (text) => void (shown.out += text),
    err: (text) => void (shown.err += text),
    fail(problems) {
      shown.failed = true;
      for (const problem of problems) shown.err += `trefoil: ${problem}\n`;
    },
    ...changes,
  };
  return { terminal, shown };
}

/** Runs `trefoil device` with a keyboard and a Ctrl-C that the test holds. */
function startDevice(args: readonly string[], changes: Partial<Terminal> = {}, typing = false) {
  const { terminal, shown } = terminalWith(changes);
  const input = new PassThrough();
  const display = new PassThrough();
  display.resume();
  let interrupt = () => {};
  const exits: number[] = [];
  const command = deviceCommand(terminal, {
    keyboard: () => ({ input, isInteractive: typing }),
    display: typing ? display : undefined,
    onExit: () => () => undefined,
    onStop(listener) {
      interrupt = listener;
      return () => undefined;
    },
    clientOptions: {},
    exit: (code) => exits.push(code),
  });
  const ended = command.parseAsync(["--tokens", join(scratch, "device.json"), ...args], {
    from: "user",
  });
  return { shown, input, ended, exits, interrupt: () => interrupt() };
}

async function sendTo(args: readonly string[], changes: Partial<Terminal> = {}) {
  const { terminal, shown } = terminalWith(changes);
  await sendCommand(terminal).parseAsync([...args], { from: "user" });
  return shown;
}

const directivesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { directive } = JSON.parse(line) as {
        directive: { header: Record<string, string>; payload: Record<string, unknown> };
      };
      return directive;
    });

const oneLine = /^trefoil: [^\n]+\n$/;

/** A device that is connected, and what it is called. */
async function connectedDevice(args: readonly string[] = [], changes: Partial<Terminal> = {}) {
  const device = startDevice(args, changes);
  await eventually(
    () => device.shown.out.includes("Hello"),
    () => `Clova.Hello (${device.shown.err})`,
  );
  const file = JSON.parse(await readFile(join(scratch, "device.json"), "utf8")) as {
    deviceId: string;
  };
  return { ...device, id: file.deviceId };
}

describe("trefoil device --once", () => {
  it("asks, prints the answer as JSON lines and nothing else, and ends", async () => {
    const { shown, ended } = startDevice(["--once", "hello"]);
    await ended;
    expect(shown).toMatchObject({ err: "", failed: false });
    expect(directivesOf(shown.out)).toEqual([
      {
        header: {
          namespace: "Clova",
          name: "RenderText",
          messageId: expect.any(String),
          dialogRequestId: expect.any(String),
        },
        payload: { text: "hello" },
      },
    ]);
  });

  it("keeps its id and its tokens in a file for its owner alone, and uses them again", async () => {
    await startDevice(["--once", "one"]).ended;
    const path = join(scratch, "device.json");
    const first = await readFile(path, "utf8");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await startDevice(["--once", "two"]).ended;
    expect(await readFile(path, "utf8")).toBe(first);
  });

  it("signs in anew when its tokens are dead", async () => {
    await startDevice(["--once", "one"]).ended;
    const path = join(scratch, "device.json");
    const kept = JSON.parse(await readFile(path, "utf8")) as { deviceId: string };
    const tokens = { accessToken: "dead", refreshToken: "dead", issuedAt: 1, expiresAt: 9e15 };
    await writeFile(path, JSON.stringify({ ...kept, tokens }));
    const { shown, ended } = startDevice(["--once", "two"]);
    await ended;
    expect(shown.err).toBe("");
    expect(directivesOf(shown.out)[0]?.payload).toEqual({ text: "two" });
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ deviceId: kept.deviceId });
  });

  it("is a guest's when asked to be, and its own device's with an id of its own", async () => {
    const { shown, ended } = startDevice(["--guest", "--device-id", "my-device", "--once", "hi"]);
    await ended;
    expect(directivesOf(shown.out)).toHaveLength(1);
    expect(JSON.parse(await readFile(join(scratch, "device.json"), "utf8"))).toMatchObject({
      deviceId: "my-device",
      account: "guest",
    });
  });

  it("talks to a server by its address, with what the options say", async () => {
    const dev = JSON.parse(await readFile(join(dataDir, "dev.json"), "utf8")) as {
      authBaseUrl: string;
      caFile: string;
      clientId: string;
      clientSecret: string;
    };
    const env = { TREFOIL_CLIENT_SECRET: dev.clientSecret };
    const args = ["--url", dev.authBaseUrl, "--client-id", dev.clientId, "--guest", "--once", "hi"];
    const trusted = startDevice(["--ca", dev.caFile, ...args], { env });
    await trusted.ended;
    expect(trusted.shown.err).toBe("");
    expect(directivesOf(trusted.shown.out)).toHaveLength(1);
    const insecure = startDevice(["--insecure", ...args], { env });
    await insecure.ended;
    expect(insecure.shown.err).toBe("");
    const untrusting = startDevice(args, { env });
    await untrusting.ended;
    expect(untrusting.shown.err).toMatch(oneLine);
    expect(untrusting.shown.err).toContain("--ca FILE");
  });
});

describe("what keeps a device from starting", () => {
  it.each([
    [["--once", "x"], { TREFOIL_DATA_DIR: "/nowhere" }, "npm start"],
    [
      ["--url", "nonsense"],
      { TREFOIL_CLIENT_SECRET: "s", TREFOIL_CLIENT_ID: "c" },
      "--url must be",
    ],
    [
      ["--url", "https://localhost"],
      { TREFOIL_CLIENT_SECRET: "s", TREFOIL_CLIENT_ID: "c" },
      "--guest",
    ],
    [["--url", "https://localhost"], {}, "--client-id"],
    [["--url", "https://localhost", "--client-id", "c"], {}, "TREFOIL_CLIENT_SECRET"],
    [["--gateway-url", "https://localhost", "--guest"], {}, "--auth-url"],
    [["--ca", "missing.pem", "--once", "x"], undefined, "cannot read the CA file"],
  ])("is one line that says what to do: %j", async (args, env, advice) => {
    const { shown, ended } = startDevice(args, env === undefined ? {} : { env });
    await ended;
    expect(shown).toMatchObject({ out: "", failed: true });
    expect(shown.err).toMatch(oneLine);
    expect(shown.err).toContain(advice);
  });

  it("is one line where the server is away", async () => {
    const dev = JSON.parse(await readFile(join(dataDir, "dev.json"), "utf8")) as object;
    const away = {
      ...dev,
      authBaseUrl: "https://127.0.0.1:1",
      gatewayBaseUrl: "https://127.0.0.1:1",
    };
    await writeFile(join(scratch, "dev.json"), JSON.stringify(away));
    const { shown, ended } = startDevice(["--data", scratch, "--once", "x"]);
    await ended;
    expect(shown.err).toBe(
      "trefoil: cannot reach https://127.0.0.1:1: nothing listens there (connection refused); start the developer server with `npm start`\n",
    );
  });

  it.each(["{", "[]", '{"authBaseUrl":1}'])("is one line where dev.json is %j", async (text) => {
    await writeFile(join(scratch, "dev.json"), text);
    const { shown, ended } = startDevice(["--data", scratch, "--once", "x"]);
    await ended;
    expect(shown.err).toMatch(oneLine);
    expect(shown.err).toContain("cannot use");
  });
});

describe("trefoil device", () => {
  it("asks what it is given, line by line, and ends with the input", async () => {
    const { shown, input, ended } = startDevice([]);
    input.end("first\n\n  second  \nthird");
    await ended;
    expect(directivesOf(shown.out).map(({ payload }) => payload["text"])).toEqual([
      undefined,
      "first",
      "second",
      "third",
    ]);
    expect(shown.failed).toBe(false);
    expect(shown.err).toContain("connected");
  });

  it("shows each directive that is sent to it, at once", async () => {
    const { shown, ended, interrupt, id } = await connectedDevice();
    const sent = await sendTo([id, "Clova.RenderText", '{"text":"breaking news"}']);
    expect(JSON.parse(sent.out)).toMatchObject({ outcome: "queued", device: id });
    await eventually(() => shown.out.includes("breaking news"));
    interrupt();
    await ended;
    expect(shown.failed).toBe(false);
  });

  it("goes on when the same device asks something from another terminal", async () => {
    const { shown, ended, interrupt, id } = await connectedDevice();
    for (const question of ["one", "two"]) {
      const { shown: answer, ended: done } = startDevice(["--once", question]);
      await done;
      expect(answer.err).toBe("");
      expect(directivesOf(answer.out).map(({ payload }) => payload["text"])).toEqual([question]);
    }
    await sendTo([id, "Clova.RenderText", '{"text":"still here"}']);
    await eventually(() => shown.out.includes("still here"));
    interrupt();
    await ended;
  });

  it("ends on Ctrl-C without a word", async () => {
    const { shown, ended, interrupt, exits } = await connectedDevice();
    const before = shown.err;
    interrupt();
    await ended;
    expect(shown.err).toBe(before);
    expect(exits).toEqual([0]);
  });

  it("shows a person lines, not JSON, in colours unless they want none", async () => {
    const person = await connectedDevice([], { isInteractive: true });
    await sendTo([person.id, "Clova.RenderText", '{"text":"esc \\u001b[2J \\u009b2J"}']);
    await eventually(() => person.shown.out.includes("RenderText"));
    person.interrupt();
    await person.ended;
    expect(person.shown.out).toContain("\u001b[");
    // What a peer says cannot move the cursor.
    expect(person.shown.out).toContain("esc \\u001b[2J \\u009b2J");
    expect(person.shown.out).not.toContain("\u001b[2J");
    const plain = await connectedDevice([], {
      isInteractive: true,
      env: { TREFOIL_DATA_DIR: dataDir, NO_COLOR: "1" },
    });
    plain.interrupt();
    await plain.ended;
    expect(plain.shown.out).not.toContain("\u001b[3");
    const json = await connectedDevice(["--json"], { isInteractive: true });
    json.interrupt();
    await json.ended;
    expect(directivesOf(json.shown.out)[0]?.header["name"]).toBe("Hello");
  });

  it("says so when the server wants it no longer", async () => {
    const { shown, ended } = await connectedDevice();
    const { tokens, deviceId } = JSON.parse(
      await readFile(join(scratch, "device.json"), "utf8"),
    ) as { tokens: { accessToken: string }; deviceId: string };
    const dev = JSON.parse(await readFile(join(dataDir, "dev.json"), "utf8")) as Record<
      string,
      string
    >;
    const { AuthorizationServer, httpsExchange } = await import("@trefoil/client/node");
    const { systemClock } = await import("@trefoil/protocol/clock");
    await new AuthorizationServer({
      baseUrl: dev["authBaseUrl"]!,
      client: { id: dev["clientId"]!, secret: dev["clientSecret"]! },
      device: { id: deviceId, model: dev["modelId"]! },
      http: httpsExchange({ insecure: true }),
      clock: systemClock,
    }).delete(tokens.accessToken);
    await ended;
    expect(shown.failed).toBe(true);
    expect(shown.err).toMatch(
      /trefoil: the server no longer accepts this device's tokens .*run this again/,
    );
  });
});

describe("trefoil device without a gateway", () => {
  it("says in one line that there is none, and announces no next try", async () => {
    const dev = JSON.parse(await readFile(join(dataDir, "dev.json"), "utf8")) as DevAddresses;
    const args = ["--auth-url", dev.authBaseUrl, "--gateway-url", "https://127.0.0.1:1"];
    const { shown, ended } = startDevice(
      [...args, "--client-id", dev.clientId, "--guest", "--insecure"],
      { env: { TREFOIL_CLIENT_SECRET: dev.clientSecret } },
    );
    await ended;
    expect(shown.failed).toBe(true);
    expect(shown.err).not.toMatch(/next try|trying again/i);
    expect(shown.err).toMatch(/^trefoil: cannot reach https:\/\/127\.0\.0\.1:1: .*$/m);
  });
});

interface DevAddresses {
  readonly authBaseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

describe("trefoil send", () => {
  it("finds a device by its id, its key, how one begins, and - where it is the only one online", async () => {
    const { shown, ended, interrupt, id } = await connectedDevice([
      "--device-id",
      `ABC-${Date.now()}`,
    ]);
    for (const word of [id, id.slice(0, -2), id.toLowerCase().slice(0, -1), "-"]) {
      const sent = await sendTo([word, "Test.Directive", JSON.stringify({ word })]);
      expect(sent.err).toBe("");
      await eventually(() => shown.out.includes(JSON.stringify({ word })), word);
    }
    interrupt();
    await ended;
  });

  it("tells a person what became of it, in one line", async () => {
    const { ended, interrupt, id } = await connectedDevice();
    const sent = await sendTo([id, "Test.Directive"], { isInteractive: true });
    expect(sent.out).toMatch(
      new RegExp(`^Test\\.Directive to ${id}: queued \\(messageId [0-9a-f-]{36}\\)\\n$`),
    );
    interrupt();
    await ended;
  });

  it("with --ttl 0 fails where the device is not there", async () => {
    const { ended, interrupt, id } = await connectedDevice();
    interrupt();
    await ended;
    let last = await sendTo([id, "Test.Directive", "{}", "--ttl", "0"]);
    for (let turn = 0; turn < 50 && !last.failed; turn++) {
      last = await sendTo([id, "Test.Directive", "{}", "--ttl", "0"]);
    }
    expect(last.err).toBe(`trefoil: ${id} is not there to take it now\n`);
  });

  it("lists the devices there are where it knows none of that name", async () => {
    const { ended, interrupt, id } = await connectedDevice();
    const sent = await sendTo(["zzz", "Test.Directive"]);
    expect(sent.err).toMatch(oneLine);
    expect(sent.err).toContain('there is no device "zzz"; there is ');
    expect(sent.err).toContain(`${id} (online)`);
    interrupt();
    await ended;
  });

  it("refuses a payload that the catalogue refuses, unless told to send it anyway", async () => {
    const { ended, interrupt, id } = await connectedDevice();
    const refused = await sendTo([id, "Clova.RenderText", '{"txt":"x"}']);
    expect(refused.err).toMatch(oneLine);
    expect(refused.err).toContain("text");
    expect(refused.err).toContain("--no-validate");
    const misspelt = await sendTo([id, "Clova.RendrText", '{"text":"x"}']);
    expect(misspelt.err).toContain("did you mean Clova.RenderText?");
    expect(misspelt.err).toContain("--no-validate");
    const sent = await sendTo([id, "Clova.RenderText", '{"txt":"x"}', "--no-validate"]);
    expect(sent.err).toBe("");
    interrupt();
    await ended;
  });

  it("points at the fault of a payload", async () => {
    const sent = await sendTo(["-", "Clova.RenderText", '{"text":hi}']);
    expect(sent.err).toBe(
      'trefoil: the payload is not JSON: it is wrong at character 9, at "hi}" after "{\\"text\\":"; expected a value\n',
    );
  });

  it("says whose token is wrong", async () => {
    const sent = await sendTo(["-", "Test.Directive"], {
      env: { TREFOIL_DATA_DIR: dataDir, TREFOIL_ADMIN_TOKEN: "wrong" },
    });
    expect(sent.err).toBe("trefoil: the server does not accept the admin token\n");
    const named = await sendTo(["-", "Test.Directive", "--url", "https://localhost"], { env: {} });
    expect(named.err).toContain("TREFOIL_ADMIN_TOKEN");
  });
});
