// docs/operations.md and the dashboard name exactly what a server serves, logs, traces and publishes.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../packages/server/src/logging/index.js";
import {
  Measures,
  channelNames,
  createExposition,
  metrics,
} from "../../packages/server/src/observability/index.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const page = read("docs/operations.md");

/** The names of all metrics that a server serves, Node's among them. */
async function servedMetrics(): Promise<Set<string>> {
  const exposition = await createExposition(
    {
      measures: new Measures(),
      clock: new FakeClock(),
      version: "0",
      gateway: { openConnections: 0, openDownchannels: 0 },
      census: async () => ({ depth: 0, oldestQueuedAt: undefined }),
      limits: () => ({}),
      tokenChecks: () => ({}),
      cachedTokens: () => 0,
      presenceWatchers: () => 0,
      overloaded: () => false,
    },
    silentLogger,
  );
  const text = await exposition.text();
  return new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name!));
}

const metricName = /\b(?:trefoil|process|nodejs)_[a-z0-9_]+\b/g;

/** `x_bucket` as the histogram `x`. */
const withoutSuffix = (name: string, known: ReadonlySet<string>) =>
  known.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");

describe("docs/operations.md", () => {
  it("explains every metric that is served, and none that is not", async () => {
    const documented = new Set([...page.matchAll(metricName)].map(([name]) => name));
    expect([...documented].sort()).toEqual([...(await servedMetrics())].sort());
  });

  it("says of each of our metrics the type that it has", () => {
    for (const { name, type } of metrics) {
      expect(page, name).toMatch(new RegExp(`\\| \`${name}\`\\s*\\| ${type}\\s*\\|`));
    }
  });

  it("names every channel, with what its messages hold, and no other", () => {
    const documented = [...page.matchAll(/^\| `(trefoil:[\w:]+)`/gm)].map(([, name]) => name!);
    expect(documented.sort()).toEqual([...channelNames].sort());
    const source = read("packages/server/src/observability/channels.ts");
    for (const name of channelNames) {
      const [, declaration = ""] = source.split(`"${name}": {`);
      const members = [...declaration.split("\n  };")[0]!.matchAll(/readonly (\w+):/g)];
      const [line] = page.split("\n").filter((text) => text.startsWith(`| \`${name}\``));
      for (const [, member] of members) expect(line, name).toContain(`\`${member}\``);
    }
  });

  it("names every span", () => {
    for (const file of [
      "delivery/delivery.ts",
      "delivery/lane.ts",
      "gateway/events/event-watch.ts",
    ]) {
      for (const [, name] of read(`packages/server/src/${file}`).matchAll(
        /beginSpan\(\s*["`](\w+)/g,
      )) {
        expect(page).toMatch(new RegExp(`^\\| \`${name}`, "m"));
      }
    }
  });

  it("explains every line that is logged at its level, and none that is not", () => {
    const logged = ["packages/server/src", "packages/cli/src/serve"].flatMap(linesLoggedBelow);
    const documented = [
      ...page.matchAll(/^\| (fatal|error|warn|info|debug|trace)\s*\| `([^`]+)`/gm),
    ];
    expect(documented.map(([, level, line]) => `${level} ${line}`).sort()).toEqual(
      [...new Set(logged)].sort(),
    );
  });
});

/** Level and sentence of every call of a logger in the sources below a directory. */
function linesLoggedBelow(directory: string): string[] {
  return readdirSync(join(repository, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.test(\.support)?\.ts$/.test(file))
    .flatMap((file) => {
      const calls = read(join(directory, file)).matchAll(
        /\blog\.(fatal|error|warn|info|debug|trace)\(\s*"((?:[^"\\]|\\.)*)"/g,
      );
      return [...calls].map(([, level, line]) => `${level} ${line}`);
    });
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
}

describe("the dashboard", () => {
  const dashboard = JSON.parse(read("docs/grafana/trefoil.json")) as {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly name: string }[] };
  };
  const expressions = dashboard.panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr),
  );

  it("asks only for metrics that are served", async () => {
    const served = await servedMetrics();
    const asked = expressions.flatMap((expression) => [...expression.matchAll(metricName)]);
    expect(asked.length).toBeGreaterThan(0);
    for (const [name] of asked) expect([...served]).toContain(withoutSuffix(name, served));
  });

  it("shows each of our metrics", () => {
    const text = expressions.join("\n");
    for (const { name } of metrics) expect(text).toMatch(new RegExp(`\\b${name}(_bucket)?\\b`));
  });

  it("takes histograms by their buckets and counters by their rates", () => {
    const text = expressions.join("\n");
    for (const { name, type } of metrics) {
      if (type === "histogram") expect(text).toContain(`${name}_bucket`);
      if (type === "counter") expect(text).toContain(`rate(${name}`);
    }
  });

  it("filters every query by its variables, which it declares", () => {
    const declared = dashboard.templating.list.map(({ name }) => name);
    expect(declared).toEqual(["datasource", "job", "instance"]);
    for (const expression of expressions) {
      expect(expression).toContain('{job=~"$job",instance=~"$instance"');
    }
  });

  it("has panels with ids of their own that lie within the grid", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
  });
});
