// Log lines for eyes: what a developer's terminal shows in the place of JSON.

import { escapeControls } from "./escape-controls.js";

/** One line as pino writes it. */
interface LogRecord {
  readonly level?: unknown;
  readonly time?: unknown;
  readonly msg?: unknown;
  readonly [field: string]: unknown;
}

const colours: Readonly<Record<string, string>> = {
  fatal: "\u001b[41m",
  error: "\u001b[31m",
  warn: "\u001b[33m",
  info: "\u001b[32m",
  debug: "\u001b[36m",
  trace: "\u001b[90m",
};
const dim = "\u001b[2m";
const reset = "\u001b[0m";

/**
 * Turns one JSON line into `12:34:56 info  sentence  field=value`. An error's stack follows on lines of its own from
 * level `error` on. Control characters in values are escaped: what a device sends cannot steer the terminal.
 * @param line one JSON object; anything else is returned with its control characters escaped
 * @param options.colour whether to use ANSI colours
 */
export function formatForHumans(line: string, options: { readonly colour: boolean }): string {
  let record: LogRecord;
  try {
    record = JSON.parse(line) as LogRecord;
  } catch {
    return escapeControls(line.trimEnd());
  }
  const paint = (code: string, text: string) => (options.colour ? `${code}${text}${reset}` : text);
  const { level, time, msg, ...fields } = record;
  const word = typeof level === "string" ? level : "info";
  const pieces = [
    paint(dim, clockTime(time)),
    paint(colours[word] ?? "", word.padEnd(5)),
    escapeControls(typeof msg === "string" ? msg : ""),
  ];
  let stack = "";
  const details: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (isErrorRecord(value)) {
      details.push(`${name}=${formatValue(value.message)}`);
      if (word === "error" || word === "fatal") stack += stackOf(value);
    } else {
      details.push(`${escapeControls(name)}=${formatValue(value)}`);
    }
  }
  if (details.length > 0) pieces.push(paint(dim, details.join(" ")));
  return `${pieces.join(" ")}${stack === "" ? "" : paint(dim, stack)}`;
}

interface ErrorRecord {
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return typeof value === "object" && value !== null && "type" in value && "message" in value;
}

function stackOf(error: ErrorRecord): string {
  const lines = (error.stack ?? error.message)
    .split("\n")
    .map((line) => `    ${escapeControls(line)}`);
  const cause = isErrorRecord(error.cause) ? `\n    caused by${stackOf(error.cause)}` : "";
  return `\n${lines.join("\n")}${cause}`;
}

function clockTime(time: unknown): string {
  const date = new Date(typeof time === "string" || typeof time === "number" ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return "--:--:--";
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

function formatValue(value: unknown): string {
  if (typeof value === "string" && /^[\w./:@+-]+$/.test(value)) return value;
  return escapeControls(JSON.stringify(value) ?? "undefined");
}
