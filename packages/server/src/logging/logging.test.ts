// The behaviour of the logger: no secret reaches a line, whatever shape it comes in, and a line is one line.

import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LoggerOptions, createLogger, redact, redactText, silentLogger } from "./index.js";

const secret = "s3cr3t-Zx81_value";

function recording(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    level: "trace",
    format: "json",
    clock: new FakeClock(),
    destination: { write: (line) => void lines.push(line) },
    ...options,
  });
  return { log, lines, text: () => lines.join("") };
}

describe("a JSON line", () => {
  it("has level, time, message and fields, and ends with one line feed", () => {
    const { log, lines } = recording();
    log.info("device connected", { deviceId: "aa:bb", streams: 2 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0]!)).toEqual({
      level: "info",
      time: "2025-01-01T00:00:00.000Z",
      msg: "device connected",
      deviceId: "aa:bb",
      streams: 2,
    });
  });

  it("carries the fields of its logger and of the loggers above", () => {
    const { log, lines } = recording();
    log.child({ room: "auth" }).child({ client: "c1" }).warn("slowed");
    expect(JSON.parse(lines[0]!)).toMatchObject({ room: "auth", client: "c1", msg: "slowed" });
  });

  it("keeps its own level, time and message when a field has the same name", () => {
    const { log, lines } = recording();
    log.info("sentence", { level: "x", time: "y", msg: "z" });
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: "info",
      msg: "sentence",
      level_: "x",
      time_: "y",
      msg_: "z",
    });
    expect(lines[0]!.match(/"msg":/g)).toHaveLength(1);
  });

  it("is not written below the level", () => {
    const { log, lines } = recording({ level: "warn" });
    log.info("no");
    log.warn("yes");
    expect(lines).toHaveLength(1);
    expect(log.isEnabled("info")).toBe(false);
    expect(log.isEnabled("error")).toBe(true);
    expect(silentLogger.child({}).isEnabled("fatal")).toBe(false);
  });

  it("writes nothing at level silent", () => {
    const { log, lines } = recording({ level: "silent" });
    log.fatal("no");
    expect(lines).toEqual([]);
  });

  it("holds an error's type, message, code, stack and causes", () => {
    const { log, lines } = recording();
    const cause = Object.assign(new Error("no route"), { code: "EHOSTUNREACH" });
    log.error("failed", { err: new TrefoilError("invalid_grant", "spent", { cause }) });
    const { err } = JSON.parse(lines[0]!) as { err: Record<string, unknown> };
    expect(err).toMatchObject({ type: "TrefoilError", message: "spent", code: "invalid_grant" });
    expect(err["stack"]).toContain("logging.test.ts");
    expect(err["cause"]).toMatchObject({ message: "no route", code: "EHOSTUNREACH" });
  });
});

describe("secrets", () => {
  const carriers: Record<string, Record<string, unknown>> = {
    "an authorization header": { headers: { authorization: `Bearer ${secret}` } },
    "an authorization header in capitals": { Authorization: secret },
    "Fetch headers": { headers: new Headers({ authorization: `Basic ${secret}`, cookie: secret }) },
    "a Map of headers": { headers: new Map([["set-cookie", secret]]) },
    "an access token": { access_token: secret, accessToken: secret },
    "a refresh token, nested": { a: [{ b: { refreshToken: secret } }] },
    "a bare token": { token: secret, tokens: [secret] },
    "a client secret": { clientSecret: secret, client_secret: secret },
    "a password": { account: { email: "a@b.c", password: secret } },
    "an authorization code": { code: secret },
    "a query string": { path: `/token?client_id=a&code=${secret}&client_secret=${secret}` },
    "a URL": { url: new URL(`https://u:${secret}@h/x?access_token=${secret}`) },
    "a form body": { body: `grant_type=refresh_token&refresh_token=${secret}` },
    "search parameters": { query: new URLSearchParams({ refresh_token: secret }) },
    "JSON in a text": { body: `{"access_token": "${secret}", "x": 1}` },
    "JSON in JSON": { body: JSON.stringify(JSON.stringify({ client_secret: secret })) },
    "an error's message": { err: new Error(`rejected Authorization: Bearer ${secret}`) },
    "an error's cause": {
      err: new Error("x", { cause: { authorization: secret, text: `password=${secret}` } }),
    },
    "a private key": {
      note: `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----`,
    },
    bytes: { body: Buffer.from(secret) },
  };

  for (const [name, fields] of Object.entries(carriers)) {
    it(`in ${name} reach neither a JSON line nor a human one, nor a child's fields`, () => {
      for (const format of ["json", "human"] as const) {
        const { log, text } = recording({ format });
        log.error("line", fields);
        log.child(fields).info("child");
        expect(text()).toContain("child");
        expect(text()).not.toContain(secret);
      }
    });
  }

  it("in the sentence itself are blanked", () => {
    const { log, text } = recording();
    log.info(`GET /authorize?code=${secret} with Bearer ${secret}`);
    expect(text()).not.toContain(secret);
    expect(text()).toContain("code=[redacted]");
  });

  it("never survive under a secret name, however it is spelt and however deep it lies", () => {
    const name = fc.constantFrom(
      "password",
      "PASSWORD",
      "client_secret",
      "clientSecret",
      "X-Auth-Token",
      "refreshToken",
      "Set-Cookie",
      "proxy-authorization",
      "apiKey",
      "privateKey",
    );
    const wrapped = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        name.map((key) => ({ [key]: secret })),
        fc.array(tie("value"), { minLength: 1, maxLength: 2 }),
        fc.dictionary(fc.string({ maxLength: 6 }), tie("value"), { minKeys: 1, maxKeys: 2 }),
      ),
    })).value;
    fc.assert(
      fc.property(wrapped, (value) => {
        expect(JSON.stringify(redact({ value }))).not.toContain(secret);
      }),
    );
  });

  it("are not seen where there are none", () => {
    const fields = {
      tokenType: "Bearer",
      tokenFile: "/etc/trefoil/token",
      accessTokenLifetime: 332_000,
      tokensRevoked: 3,
      hasToken: true,
      status: 200,
      code: "no_downchannel",
      path: "/v1/events",
      none: null,
    };
    expect({ ...redact(fields) }).toEqual(fields);
    expect(redactText("barcode reader at https://host/x?page=2")).toBe(
      "barcode reader at https://host/x?page=2",
    );
  });
});

describe("any value", () => {
  it("can be logged: circles, depth, width, length, getters that throw", () => {
    const { log, lines } = recording();
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    let deep: unknown = "bottom";
    for (let level = 0; level < 50; level++) deep = { deep };
    log.info("odd", {
      circle,
      deep,
      wide: Array.from({ length: 1_000 }, () => 0),
      long: "x".repeat(1_000_000),
      big: 10n,
      call: () => 0,
      date: new Date(Number.NaN),
      broken: Object.defineProperty({}, "x", {
        enumerable: true,
        get() {
          throw new Error("no");
        },
      }),
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]!.length).toBeLessThan(8_192);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      circle: { self: "[circular]" },
      big: "10",
      date: "invalid date",
      broken: { x: "[unreadable]" },
    });
  });

  it("becomes exactly one line of JSON", () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (message, fields) => {
        const { log, lines } = recording();
        log.info(message, fields);
        expect(lines).toHaveLength(1);
        expect(lines[0]!.indexOf("\n")).toBe(lines[0]!.length - 1);
        JSON.parse(lines[0]!);
      }),
    );
  });
});

describe("a human line", () => {
  it("shows time, level, sentence and fields", () => {
    const { log, lines } = recording({ format: "human" });
    log.info("device connected", { deviceId: "aa:bb", name: "living room" });
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d info {2}device connected deviceId=aa:bb name="living room"\n$/,
    );
  });

  it("shows stack and causes of an error from level error on, and only the message below", () => {
    const { log, lines } = recording({ format: "human" });
    const err = new Error("outer", { cause: new Error("inner") });
    log.warn("careful", { err });
    log.error("broken", { err });
    expect(lines[0]).toContain("err=outer");
    expect(lines[0]).not.toContain("    at ");
    expect(lines[1]).toContain("    at ");
    expect(lines[1]).toContain("inner");
  });

  it("cannot steer the terminal", () => {
    const { log, lines } = recording({ format: "human" });
    log.info("agent\u001b[2J", { userAgent: "x\u001b]0;title\u0007\u009b31m\n\u202e" });
    // oxlint-disable-next-line no-control-regex -- looking for exactly these
    expect(lines[0]).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(lines[0]!.trimEnd()).not.toContain("\n");
  });
});
