// Loading: which source wins, what paths are relative to, and what each mistake is answered with.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTrefoilError } from "@trefoil/protocol/errors";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ConfigRequest, configSchema, listSettings, loadConfig } from "./index.js";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "trefoil-config-"));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function load(request: Partial<ConfigRequest> & { yaml?: string } = {}) {
  const { yaml, ...rest } = request;
  if (yaml !== undefined) writeFileSync(join(cwd, "trefoil.yaml"), yaml);
  return loadConfig({
    form: "development",
    env: {},
    cwd,
    ...(yaml === undefined ? {} : { file: "trefoil.yaml" }),
    ...rest,
  });
}

/** The lines of the error that loading must throw. */
function problemsOf(request: Parameters<typeof load>[0]): string[] {
  try {
    load(request);
  } catch (error) {
    if (!isTrefoilError(error)) throw error;
    expect(error.code).toBe("invalid_configuration");
    return error.message.split("\n");
  }
  throw new Error("expected the configuration to be refused");
}

const port = (text: string) => ({ flag: "--port", path: "listen.port", text });

describe("precedence", () => {
  it("is flags, environment, file, defaults", () => {
    const yaml = "listen:\n  port: 1\n";
    const env = { TREFOIL_PORT: "2" };
    expect(load().config.listen.port).toBe(8443);
    expect(load({ yaml }).config.listen.port).toBe(1);
    expect(load({ yaml, env }).config.listen.port).toBe(2);
    expect(load({ yaml, env, flags: [port("3")] }).config.listen.port).toBe(3);
  });

  it("is told per setting", () => {
    const { sources } = load({
      yaml: "# the server\nlisten:\n  host: ::1\nlog: { level: debug }\n",
      env: { TREFOIL_LOG_LEVEL: "warn" },
      flags: [port("3")],
    });
    expect(Object.fromEntries(sources)).toEqual({
      "auth.guests": "developer server",
      "gateway.drainSeconds": "developer server",
      "gateway.validation": "developer server",
      "listen.host": "trefoil.yaml:3",
      "listen.port": "--port",
      "log.level": "TREFOIL_LOG_LEVEL",
    });
  });

  it("puts the developer server's defaults below everything that is given", () => {
    expect(load().config).toMatchObject({
      auth: { guests: true },
      gateway: { validation: "strict" },
    });
    expect(load({ yaml: "gateway: { validation: lenient }" }).config.gateway.validation).toBe(
      "lenient",
    );
  });

  it("lets an override repair a wrong value below it", () => {
    expect(load({ yaml: "listen: { port: wrong }", flags: [port("3")] }).config.listen.port).toBe(
      3,
    );
  });
});

describe("the environment", () => {
  it("has one variable for every setting, all different", () => {
    const variables = listSettings(configSchema).map(({ environment }) => environment);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain("TREFOIL_PORT");
    expect(variables).toContain("TREFOIL_HOST");
    expect(variables).toContain("TREFOIL_DATA_DIR");
    expect(variables).toContain("TREFOIL_GATEWAY_MAX_PARTS");
  });

  it("gives numbers, truths, lists and texts", () => {
    const { config } = load({
      env: {
        TREFOIL_GATEWAY_MAX_PARTS: "3",
        TREFOIL_AUTH_GUESTS: "No",
        TREFOIL_TLS_NAMES: "clova.example.org, 192.0.2.7,",
        TREFOIL_PUBLIC_URL: "https://clova.example.org/",
      },
    });
    expect(config.gateway.maxParts).toBe(3);
    expect(config.auth.guests).toBe(false);
    expect(config.tls.names).toEqual(["clova.example.org", "192.0.2.7"]);
    expect(config.publicUrl).toBe("https://clova.example.org");
  });

  it("counts an empty variable as unset", () => {
    expect(load({ env: { TREFOIL_PORT: "" } }).config.listen.port).toBe(8443);
  });

  it("names the variable in its errors", () => {
    expect(problemsOf({ env: { TREFOIL_PORT: "eighty" } })).toEqual([
      'TREFOIL_PORT: listen.port: expected a whole number from 0 to 65535, got "eighty"',
    ]);
  });

  it("takes the names by the rule where there are shorter ones", () => {
    const env = { TREFOIL_LISTEN_HOST: "127.0.0.1", TREFOIL_LISTEN_PORT: "9000" };
    expect(load({ env }).config.listen).toMatchObject({ host: "127.0.0.1", port: 9000 });
    expect(load({ env }).warnings).toEqual([]);
    expect(load({ env: { ...env, TREFOIL_PORT: "9000" } }).config.listen.port).toBe(9000);
    expect(problemsOf({ env: { ...env, TREFOIL_PORT: "9001" } })).toEqual([
      "TREFOIL_PORT: listen.port was already given by TREFOIL_LISTEN_PORT",
    ]);
  });

  it.each([
    ["TREFOIL_PROT", "TREFOIL_PORT"],
    ["TREFOIL_LISTEN_HSOT", "TREFOIL_LISTEN_HOST"],
    ["TREFOIL_ADMIN_TOKN", "TREFOIL_ADMIN_TOKEN"],
    ["TREFOIL_CLIENT_SECRT", "TREFOIL_CLIENT_SECRET"],
    ["TREFOIL_CONFG", "TREFOIL_CONFIG"],
  ])("refuses %s, whatever kind of variable it was to be", (variable, meant) => {
    expect(problemsOf({ env: { [variable]: "secret" } })).toEqual([
      `${variable}: no such variable; did you mean ${meant}?`,
    ]);
  });

  it("refuses a misspelt variable, and only warns of a foreign one", () => {
    expect(problemsOf({ env: { TREFOIL_GATEWAY_MAXPARTS: "1" } })).toEqual([
      "TREFOIL_GATEWAY_MAXPARTS: no such variable; did you mean TREFOIL_GATEWAY_MAX_PARTS?",
    ]);
    expect(load({ env: { TREFOIL_BENCHMARK_RESULTS: "x" } }).warnings).toEqual([
      "TREFOIL_BENCHMARK_RESULTS: no such variable; it is not looked at",
    ]);
  });

  it("leaves the variables of other commands alone", () => {
    const env = {
      TREFOIL_ADMIN_TOKEN: "x",
      TREFOIL_CLIENT_ID: "y",
      TREFOIL_CLIENT_SECRET: "z",
      TREFOIL_ACCESS_TOKEN: "a",
      TREFOIL_LOCKED_ACCOUNT_TOKEN: "l",
    };
    expect(load({ env }).warnings).toEqual([]);
  });

  it("is not confused by the variables that Kubernetes makes for a service called trefoil", () => {
    const env = {
      TREFOIL_SERVICE_HOST: "10.0.0.1",
      TREFOIL_SERVICE_PORT: "8443",
      TREFOIL_SERVICE_PORT_HTTPS: "8443",
      TREFOIL_PORT_8443_TCP: "tcp://10.0.0.1:8443",
      TREFOIL_PORT_8443_TCP_ADDR: "10.0.0.1",
    };
    expect(load({ env }).warnings).toEqual([]);
    expect(problemsOf({ env: { TREFOIL_PORT: "tcp://10.0.0.1:8443" } })[0]).toContain(
      "enableServiceLinks",
    );
  });

  it("may name the file, which a flag outranks", () => {
    writeFileSync(join(cwd, "a.yaml"), "listen: { port: 1 }");
    writeFileSync(join(cwd, "b.yaml"), "listen: { port: 2 }");
    const env = { TREFOIL_CONFIG: "a.yaml" };
    expect(load({ env }).config.listen.port).toBe(1);
    expect(load({ env, file: "b.yaml" }).config.listen.port).toBe(2);
  });
});

describe("the file", () => {
  it("may be empty, or have empty sections and values", () => {
    expect(load({ yaml: "" }).config.listen.port).toBe(8443);
    expect(load({ yaml: "# nothing\n" }).config.listen.port).toBe(8443);
    expect(load({ yaml: "listen:\n  # port: 1\npublicUrl:\n" }).config.publicUrl).toBeUndefined();
  });

  it("may use anchors", () => {
    const yaml = "gateway:\n  maxParts: &few 2\ndelivery:\n  maxQueueLength: *few\n";
    expect(load({ yaml }).config.delivery.maxQueueLength).toBe(2);
  });

  it.each([
    [
      "listen:\n  prot: 1\n",
      'trefoil.yaml:2: unknown setting "listen.prot"; did you mean "listen.port"?',
    ],
    [
      "\ngatway:\n  maxParts: 1\n",
      'trefoil.yaml:2: unknown setting "gatway"; did you mean "gateway"?',
    ],
    ["port: 1\n", 'trefoil.yaml:1: unknown setting "port"; did you mean "listen.port"?'],
    ["data_dir: x\n", 'trefoil.yaml:1: unknown setting "data_dir"; did you mean "dataDir"?'],
    ["zzz: 1\n", 'trefoil.yaml:1: unknown setting "zzz"'],
    ["__proto__:\n  x: 1\n", 'trefoil.yaml:1: unknown setting "__proto__"'],
    ["listen: 8443\n", 'trefoil.yaml:1: "listen" must hold settings, one a line (name: value)'],
    ["- a\n", "trefoil.yaml:1: the file must hold settings, one a line (name: value)"],
    [
      "auth:\n  guests: maybe\n",
      'trefoil.yaml:2: auth.guests: expected true or false, got "maybe"',
    ],
    [
      "gateway:\n\n  validation: hard\n",
      'trefoil.yaml:3: gateway.validation: expected "lenient" or "strict", got "hard"',
    ],
    [
      "gateway: { maxParts: 65 }",
      "trefoil.yaml:1: gateway.maxParts: expected a whole number from 1 to 64, got 65",
    ],
    [
      "gateway: { maxParts: 1.5 }",
      "trefoil.yaml:1: gateway.maxParts: expected a whole number from 1 to 64, got 1.5",
    ],
    [
      "tls:\n  names:\n    - good.example\n    - not a name\n",
      'trefoil.yaml:2: tls.names[1]: not a host name or address, got "not a name"',
    ],
    [
      "publicUrl: https://h/path\n",
      'trefoil.yaml:1: publicUrl: not an origin such as https://clova.example.org (no path), got "https://h/path"',
    ],
  ])("%j is refused with file, line and setting", (yaml, problem) => {
    expect(problemsOf({ yaml })).toEqual([problem]);
  });

  it("is refused with a line when it is not YAML, or says a thing twice", () => {
    expect(problemsOf({ yaml: "listen:\n  port: [1\n" })[0]).toMatch(
      /^trefoil\.yaml:\d: not YAML: /,
    );
    expect(problemsOf({ yaml: "dataDir: a\ndataDir: b\n" })[0]).toMatch(
      /^trefoil\.yaml:2: not YAML: .*unique/,
    );
  });

  it("is refused when it is not there, a directory, or enormous", () => {
    expect(problemsOf({ file: "none.yaml" })).toEqual(["none.yaml: no such file"]);
    mkdirSync(join(cwd, "dir"));
    expect(problemsOf({ file: "dir" })).toEqual(["dir: is a directory"]);
    expect(problemsOf({ yaml: `#${"x".repeat(1_048_576)}` })).toEqual([
      "trefoil.yaml: larger than 1 MiB",
    ]);
  });

  it("cannot blow up through aliases", () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? "x0: &x0 [a,a,a,a,a,a,a,a,a]"
        : `x${level}: &x${level} [${Array(9)
            .fill(`*x${level - 1}`)
            .join(",")}]`,
    );
    const yaml = `tls:\n  names: &t [a]\n${levels.join("\n")}\n`;
    expect(problemsOf({ yaml })).toEqual([expect.stringContaining("no configuration file")]);
    const inside = `tls:\n  names:\n    - &b [a,a,a,a,a,a,a,a,a]\n${Array.from(
      { length: 8 },
      (_, level) =>
        `    - &b${level} [${Array(9)
          .fill(level === 0 ? "*b" : `*b${level - 1}`)
          .join(",")}]`,
    ).join("\n")}\n`;
    expect(problemsOf({ yaml: inside })[0]).toContain("tls.names");
    expect(problemsOf({ yaml: "dataDir: *nowhere\n" })[0]).toMatch(/^trefoil\.yaml:1: /);
    expect(problemsOf({ yaml: "tls:\n  names: &a [*a]\n" })[0]).toMatch(/^trefoil\.yaml:2: /);
  });
});

describe("a file that is none of ours", () => {
  it.each(["none.yaml", "dir", "broken.yaml"])("is all that is said of it: %s", (file) => {
    mkdirSync(join(cwd, "dir"));
    writeFileSync(join(cwd, "broken.yaml"), "listen: [");
    expect(problemsOf({ form: "production", file })).toEqual([expect.stringMatching(`^${file}:`)]);
  });

  it("is not repeated on the terminal", () => {
    const users = ["root", "daemon", "bin", "sync"];
    const yaml = users.map((name) => `${name}:$6$salt$hunter2:19000:0:99999:7:::\n`).join("");
    for (const text of [
      yaml,
      `? |\n  hunter2\n: 1\n`,
      `"hunter2\n`,
      `[1] "hunter2"\n`,
      "hunter2",
    ]) {
      const problems = problemsOf({ form: "production", yaml: text });
      expect(problems[0]).toMatch(/^trefoil\.yaml/);
      expect(problems.join()).not.toContain("hunter2");
    }
    expect(problemsOf({ form: "production", yaml })).toHaveLength(1);
    const names = "one_thing: 1\nother_thing: 2\nthird_thing: 3\n";
    expect(problemsOf({ form: "production", yaml: names })).toEqual([
      "trefoil.yaml: is no configuration file: 3 of its 3 names are like no setting",
    ]);
  });
});

describe("several problems", () => {
  it("are all named at once", () => {
    expect(
      problemsOf({
        yaml: "listen: { prot: 1 }\nlog: { level: loud }\n",
        env: { TREFOIL_PORT: "x" },
        flags: [{ flag: "--set", path: "nothing.here", text: "1" }],
      }),
    ).toHaveLength(4);
  });

  it("count a flag given twice", () => {
    expect(problemsOf({ flags: [port("1"), { ...port("2"), flag: "--set" }] })).toEqual([
      "--set: listen.port was already given by --port",
    ]);
  });
});

describe("listeners of one server", () => {
  const problems = (yaml: string) => problemsOf({ yaml });

  it("cannot share a port", () => {
    const same = (setting: string, port: number, other: string) =>
      `${setting}: ${port} is the port of ${other} too; give each a port of its own`;
    expect(problems("operations: { port: 8443 }")).toEqual([
      same("operations.port", 8443, "listen.port"),
    ]);
    expect(problems("listen: { host: '::' }\nplainText: { port: 8443 }")).toEqual([
      same("plainText.port", 8443, "listen.port"),
    ]);
    expect(problems("plainText: { port: 90 }\noperations: { port: 90 }")).toEqual([
      same("operations.port", 90, "plainText.port"),
    ]);
  });

  it("may share one on different addresses, and 0 is never the same", () => {
    load({ yaml: "listen: { host: 192.0.2.1 }\noperations: { port: 8443 }" });
    load({ yaml: "listen: { port: 0 }\noperations: { port: 0 }\nplainText: { port: 0 }" });
    // No listener with TLS at all.
    const yaml =
      "publicUrl: https://c.example.org\nplainText: { port: 8443 }\nadmin: { enabled: false }";
    load({ form: "production", yaml });
  });
});

describe("paths", () => {
  it("start from the file's directory when they stand in the file", () => {
    mkdirSync(join(cwd, "etc"));
    writeFileSync(join(cwd, "etc", "t.yaml"), "dataDir: ../var\ntls: { keyFile: key.pem }\n");
    const { config, file } = load({ file: "etc/t.yaml" });
    expect(file).toBe(join(cwd, "etc", "t.yaml"));
    expect(config.dataDir).toBe(join(cwd, "var"));
    expect(config.tls.keyFile).toBe(join(cwd, "etc", "key.pem"));
  });

  it("start from the working directory otherwise", () => {
    expect(load().config.dataDir).toBe(join(cwd, "data"));
    expect(load({ env: { TREFOIL_DATA_DIR: "d" } }).config.dataDir).toBe(join(cwd, "d"));
    expect(load({ env: { TREFOIL_DATA_DIR: "/d" } }).config.dataDir).toBe("/d");
  });
});

describe("the production form", () => {
  const complete = {
    TREFOIL_PUBLIC_URL: "https://clova.example.org",
    TREFOIL_TLS_CERTIFICATE_FILE: "c.pem",
    TREFOIL_TLS_KEY_FILE: "k.pem",
    TREFOIL_ADMIN_TOKEN_FILE: "t",
  };

  it("names all missing settings in one line", () => {
    expect(problemsOf({ form: "production" })).toEqual([
      "missing settings: publicUrl (TREFOIL_PUBLIC_URL), tls.certificateFile (TREFOIL_TLS_CERTIFICATE_FILE), tls.keyFile (TREFOIL_TLS_KEY_FILE), admin.tokenFile (TREFOIL_ADMIN_TOKEN_FILE); for a developer server add --dev",
    ]);
  });

  it("is content with the environment alone", () => {
    const { config } = load({ form: "production", env: complete });
    expect(config.tls.keyFile).toBe(join(cwd, "k.pem"));
    expect(config.auth.guests).toBe(false);
    expect(config.gateway.validation).toBe("lenient");
  });

  it("needs no admin token where the admin API is off", () => {
    const { TREFOIL_ADMIN_TOKEN_FILE: _, ...env } = complete;
    expect(problemsOf({ form: "production", env })[0]).toContain("admin.tokenFile");
    load({ form: "production", env: { ...env, TREFOIL_ADMIN_ENABLED: "false" } });
  });

  it("warns of token lifetimes that make shipped devices refresh all the time", () => {
    const env = { ...complete, TREFOIL_AUTH_ACCESS_TOKEN_LIFETIME: "3600" };
    expect(load({ form: "production", env }).warnings[0]).toContain("auth.accessTokenLifetime");
    expect(load({ form: "production", env: complete }).warnings).toEqual([]);
  });
});

describe("any file", () => {
  it("is either loaded or refused with a line of its own, never anything else", () => {
    const word = fc.constantFrom(
      "listen",
      "port",
      "tls",
      "names",
      "publicUrl",
      "x",
      "*a",
      "&a b",
      "{",
      "]",
      "1",
      "~",
    );
    const yaml = fc.oneof(
      fc.string(),
      fc
        .array(fc.tuple(fc.nat(4), word, word), { maxLength: 8 })
        .map((lines) =>
          lines.map(([indent, key, value]) => `${" ".repeat(indent)}${key}: ${value}`).join("\n"),
        ),
    );
    fc.assert(
      fc.property(yaml, (text) => {
        try {
          load({ yaml: text });
        } catch (error) {
          expect(isTrefoilError(error) && error.code).toBe("invalid_configuration");
        }
      }),
    );
  });
});

describe("the listener without TLS", () => {
  const tlsIsElsewhere = {
    form: "production",
    yaml: "publicUrl: https://clova.example.org\nadmin: { enabled: false }\nplainText: { port: 8080 }\n",
  } as const;

  it("is off unless it has a port, and on loopback", () => {
    expect(load().config.plainText).toEqual({ host: "127.0.0.1", trustedNetwork: false });
    expect(load({ env: { TREFOIL_PLAIN_TEXT_HOST: "0.0.0.0" } }).config.plainText.port).toBe(
      undefined,
    );
  });

  it.each(["0.0.0.0", "::", "10.1.2.3", "proxy.example.org"])(
    "is refused on %s, which is not loopback, unless the network is said to be trusted",
    (host) => {
      const env = { TREFOIL_PLAIN_TEXT_PORT: "8080", TREFOIL_PLAIN_TEXT_HOST: host };
      expect(problemsOf({ env })).toEqual([
        expect.stringMatching(
          /^TREFOIL_PLAIN_TEXT_HOST: plainText\.host: not a loopback address: .*plainText\.trustedNetwork \(variable: TREFOIL_PLAIN_TEXT_TRUSTED_NETWORK\), got "[^"]+"$/,
        ),
      ]);
      const trusted = { ...env, TREFOIL_PLAIN_TEXT_TRUSTED_NETWORK: "true" };
      expect(load({ env: trusted }).config.plainText).toEqual({
        host,
        port: 8080,
        trustedNetwork: true,
      });
    },
  );

  it("needs no certificate in the production form, but half of one is a mistake", () => {
    expect(load(tlsIsElsewhere).config.plainText.port).toBe(8080);
    expect(
      problemsOf({ ...tlsIsElsewhere, env: { TREFOIL_TLS_CERTIFICATE_FILE: "chain.pem" } }),
    ).toEqual([expect.stringContaining("missing settings: tls.keyFile (TREFOIL_TLS_KEY_FILE)")]);
  });

  it("takes networks of proxies, and names what is none", () => {
    const env = { TREFOIL_LISTEN_TRUSTED_PROXIES: "127.0.0.1,10.0.0.0/33" };
    expect(problemsOf({ env })).toEqual([
      'TREFOIL_LISTEN_TRUSTED_PROXIES: listen.trustedProxies[1]: not an address or a network such as 10.0.0.0/8, got "10.0.0.0/33"',
    ]);
  });
});
