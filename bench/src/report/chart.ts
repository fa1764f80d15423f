// Charts as SVG, drawn by hand: bars for what was compared, lines for what grows.

import { number } from "./markdown.js";
import type { Curve, Group, ScenarioResult } from "./result.js";

const width = 720;
const labelWidth = 210;
const barHeight = 20;
const colours = ["#1a7f5a", "#5b6b7a", "#8b9bab", "#b4bfca", "#d09a3a", "#a05a8a", "#4a7fb5"];
const ink = "#24292f";

/** One chart for a scenario: a block of bars for each of its groups, then its curves. */
export function drawScenario(result: ScenarioResult): string {
  const blocks: string[] = [];
  let y = 16;
  for (const group of result.groups) {
    const block = drawBars(group, y);
    blocks.push(block.svg);
    y = block.bottom + 18;
  }
  for (const curve of result.curves) {
    const block = drawCurve(curve, y);
    blocks.push(block.svg);
    y = block.bottom + 18;
  }
  return page(y, blocks.join("\n"));
}

function page(height: number, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${body}
</svg>
`;
}

interface Block {
  readonly svg: string;
  readonly bottom: number;
}

function drawBars(group: Group, top: number): Block {
  const quantity = group.quantities[group.chart];
  const bars = group.measured.map(({ subject, values }) => ({
    subject,
    value: values[group.chart]?.median ?? 0,
  }));
  const largest = Math.max(...bars.map(({ value }) => value), Number.EPSILON);
  const room = width - labelWidth - 90;
  const direction = quantity?.better === "higher" ? "more is better" : "less is better";
  const title = text(
    10,
    top + 12,
    `${group.name}: ${quantity?.label}${quantity?.unit === "" ? "" : `, ${quantity?.unit}`} (${direction})`,
    'font-weight="600"',
  );
  const rows = bars.map(({ subject, value }, index) => {
    const y = top + 24 + index * (barHeight + 4);
    const length = Math.max((value / largest) * room, 1);
    const colour = subject.startsWith("trefoil") ? colours[0] : colours[2];
    return [
      text(labelWidth - 8, y + 14, subject, 'text-anchor="end"'),
      `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2" fill="${colour}"/>`,
      text(labelWidth + length + 6, y + 14, number(value, quantity?.digits ?? 1)),
    ].join("\n");
  });
  return { svg: [title, ...rows].join("\n"), bottom: top + 24 + bars.length * (barHeight + 4) };
}

function drawCurve(curve: Curve, top: number): Block {
  const height = 220;
  const left = 70;
  const right = width - 150;
  const bottom = top + height - 30;
  const points = curve.lines.flatMap((line) => line.points);
  const farX = Math.max(...points.map(([x]) => x), Number.EPSILON);
  const farY = Math.max(...points.map(([, y]) => y), Number.EPSILON);
  const place = ([x, y]: readonly [number, number]): [number, number] => [
    left + (x / farX) * (right - left),
    bottom - (y / farY) * (bottom - top - 30),
  ];
  const lines = curve.lines.map(({ subject, points: own }, index) => {
    const colour = colours[subject.startsWith("trefoil") ? 0 : (index % (colours.length - 1)) + 1];
    const path = own
      .map((point) =>
        place(point)
          .map((value) => value.toFixed(1))
          .join(","),
      )
      .join(" ");
    const [endX, endY] = place(own.at(-1) ?? [0, 0]);
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...own.map((point) => {
        const [x, y] = place(point);
        return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colour}"/>`;
      }),
      text(endX + 8, endY + 4, subject, `fill="${colour}"`),
    ].join("\n");
  });
  return {
    svg: [
      text(10, top + 12, `${curve.name}: ${curve.y} over ${curve.x}`, 'font-weight="600"'),
      `<path d="M${left} ${top + 30}V${bottom}H${right}" fill="none" stroke="${ink}" stroke-width="1"/>`,
      text(left - 6, top + 34, number(farY, 0), 'text-anchor="end"'),
      text(left - 6, bottom + 4, "0", 'text-anchor="end"'),
      text(right, bottom + 16, number(farX, 0), 'text-anchor="end"'),
      ...lines,
    ].join("\n"),
    bottom: bottom + 20,
  };
}

/** One horizontal bar of shares, each with its name and value beneath: where a request's time goes. */
export function drawShares(
  title: string,
  rows: readonly {
    readonly name: string;
    readonly total: string;
    readonly shares: readonly { readonly name: string; readonly share: number }[];
  }[],
): string {
  const names = [...new Set(rows.flatMap((row) => row.shares.map((share) => share.name)))];
  const colourOf = (name: string) => palette[names.indexOf(name) % palette.length];
  const room = width - 150;
  const bars = rows.map((row, index) => {
    const y = 40 + index * 44;
    let x = 130;
    const pieces = row.shares.map(({ name, share }) => {
      const length = share * room;
      const svg = [
        `<rect x="${x.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="26" fill="${colourOf(name)}"><title>${escape(name)}: ${Math.round(share * 100)} %</title></rect>`,
        ...(share > 0.04
          ? [text(x + length / 2, y + 17, `${Math.round(share * 100)}`, 'text-anchor="middle"')]
          : []),
      ].join("\n");
      x += length;
      return svg;
    });
    return [
      text(122, y + 12, row.name, 'text-anchor="end" font-weight="600"'),
      text(122, y + 25, row.total, 'text-anchor="end" font-size="10"'),
      ...pieces,
    ].join("\n");
  });
  const legendTop = 48 + rows.length * 44;
  const legend = names.map((name, index) => {
    const x = 20 + (index % 2) * 350;
    const y = legendTop + Math.floor(index / 2) * 20;
    return `<rect x="${x}" y="${y}" width="12" height="12" fill="${colourOf(name)}"/>\n${text(x + 18, y + 10, name)}`;
  });
  const height = legendTop + Math.ceil(names.length / 2) * 20 + 10;
  return page(height, [text(10, 22, title, 'font-weight="600"'), ...bars, ...legend].join("\n"));
}

const palette = [
  "#9ecae1",
  "#c6dbef",
  "#fdd0a2",
  "#74c69d",
  "#b7e4c7",
  "#f4978e",
  "#d8bfd8",
  "#e9d8a6",
  "#cfd8dc",
  "#eeeeee",
];

function text(x: number, y: number, content: string, attributes = ""): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
  return `<text ${[place, attributes].filter(Boolean).join(" ")}>${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
