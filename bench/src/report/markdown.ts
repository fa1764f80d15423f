// A run as Markdown: what was measured where, tables with medians and ratios, and which floors are met.

import { ratioTo } from "../scenarios/scenario.js";
import { type Floor, type Group, type RunResult, type ScenarioResult, isMet } from "./result.js";

/** Past this share of foreign load a run is marked as made on a busy machine. */
const busy = 0.1;

/** The whole report. Names of charts are relative to where it is written. */
export function writeMarkdown(run: RunResult): string {
  const { machine } = run;
  const warnings = [
    ...(run.quick
      ? ["This was a quick run: small counts, one round. It shows that things work, not how fast."]
      : []),
    ...(machine.foreignLoad > busy
      ? [
          `The machine was busy: other processes used ${percent(machine.foreignLoad)} of its cores before the run. Take the ratios with a grain of salt.`,
        ]
      : []),
  ];
  return [
    "# Benchmark results",
    "",
    "Written by `npm run bench`. Absolute figures are this machine's; **ratios against a peer of the same run** are the result, taken of the first column of figures, round by round. CPU is user and system time of the server's process from `/proc`, divided by the requests.",
    "",
    ...warnings.flatMap((warning) => [`> ${warning}`, ""]),
    table(
      ["machine", ""],
      [
        ["time", machine.time],
        ["CPU", `${machine.cpu}, ${machine.cores} cores`],
        ["memory", machine.memory],
        ["kernel", machine.kernel],
        ["Node.js", `${machine.node}, OpenSSL ${machine.openssl}`],
        ["commit", machine.commit],
        ["pinning", machine.pinning],
        ["others' load before the run", percent(machine.foreignLoad)],
        ...Object.entries(machine.packages).map(([name, version]) => [name, version]),
      ],
    ),
    "",
    "## Floors",
    "",
    table(
      ["scenario", "floor", "measured", ""],
      run.scenarios.flatMap(({ scenario, floors }) =>
        floors.map((floor) => [
          scenario,
          `${floor.text}: ${floor.sense} ${number(floor.bound, 2)}${unitOf(floor)}`,
          `${number(floor.value, 2)}${unitOf(floor)}`,
          isMet(floor) ? "met" : "**not met**",
        ]),
      ),
    ),
    "",
    ...run.scenarios.flatMap(writeScenario),
  ].join("\n");
}

function writeScenario(result: ScenarioResult): string[] {
  return [
    `## ${result.scenario}`,
    "",
    result.about,
    "",
    ...result.groups.flatMap((group) => [`### ${group.name}`, "", writeGroup(group), ""]),
    ...result.curves.flatMap((curve) => [
      `### ${curve.name}`,
      "",
      table(
        [curve.x, ...curve.lines.map((line) => line.subject)],
        (curve.lines[0]?.points ?? []).map(([x], index) => [
          number(x, 0),
          ...curve.lines.map((line) => number(line.points[index]?.[1] ?? Number.NaN, 1)),
        ]),
      ),
      "",
    ]),
    `![${result.scenario}](${result.scenario}.svg)`,
    "",
    ...result.notes.flatMap((note) => [`- ${note}`]),
    "",
  ];
}

function writeGroup(group: Group): string {
  const { quantities, measured, chart, baseline } = group;
  const names = Object.keys(quantities);
  const headings = names.map((name) => {
    const quantity = quantities[name];
    return `${quantity?.label}${quantity?.unit === "" ? "" : `, ${quantity?.unit}`}`;
  });
  const compared = measured.some(({ subject }) => subject === baseline) && measured.length > 1;
  return table(
    ["", ...headings, ...(compared ? [`× as good as ${baseline}`] : [])],
    measured.map(({ subject, values }) => [
      subject.startsWith("trefoil") ? `**${subject}**` : subject,
      ...names.map((name) =>
        number(values[name]?.median ?? Number.NaN, quantities[name]?.digits ?? 1),
      ),
      ...(compared ? [number(ratioTo(group, chart, subject, baseline), 2)] : []),
    ]),
  );
}

function unitOf(floor: Floor): string {
  return floor.unit === "×" ? " ×" : ` ${floor.unit}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A number with thin groups of thousands and so many digits after its point; a dash where there is none. */
export function number(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
