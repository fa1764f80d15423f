// Settings from a YAML file, each with the line that it stands on.

import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import {
  type Document,
  LineCounter,
  type Node,
  type Pair,
  isAlias,
  isMap,
  isNode,
  isScalar,
  parseDocument,
} from "yaml";
import { type Assignment, type Layer, describeUnknown } from "./assignment.js";
import { reasonOf } from "./file-errors.js";
import type { Setting } from "./settings.js";

const maxFileBytes = 1_048_576;

/**
 * Reads a configuration file.
 * @param file absolute path
 * @param shown how messages name the file
 * @returns what it assigns; an unreadable file is a single problem
 */
export function readConfigFile(file: string, shown: string, settings: readonly Setting[]): Layer {
  let text: string;
  try {
    if (statSync(file).size > maxFileBytes) return failed(`${shown}: larger than 1 MiB`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    return failed(`${shown}: ${reasonOf(error)}`);
  }
  return parseConfigText(text, shown, dirname(file), settings);
}

/** Reads a configuration file's text; see {@link readConfigFile}. */
export function parseConfigText(
  text: string,
  shown: string,
  base: string,
  settings: readonly Setting[],
): Layer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    return failed(
      `${shown}:${lines.linePos(syntax.pos[0]).line}: not YAML: ${withoutQuote(firstLine(syntax.message))}`,
    );
  }
  const root: unknown = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    return { assignments: [], problems: [], warnings: [] };
  }
  const reader = new Reader(document, lines, shown, base, settings);
  reader.section(root, "");
  // Some other file, named by mistake: its lines are nobody's business, and may be secrets.
  if (reader.strangers > 2 && reader.strangers > reader.names / 2) {
    return failed(
      `${shown}: is no configuration file: ${reader.strangers} of its ${reader.names} names are like no setting`,
    );
  }
  return reader;
}

class Reader implements Layer {
  readonly assignments: Assignment[] = [];
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  /** Names that were read, and how many of them are not even like a setting. */
  names = 0;
  strangers = 0;
  readonly #byPath: ReadonlyMap<string, Setting>;

  constructor(
    private readonly document: Document,
    private readonly lines: LineCounter,
    private readonly shown: string,
    private readonly base: string,
    private readonly settings: readonly Setting[],
  ) {
    this.#byPath = new Map(settings.map((setting) => [setting.path, setting]));
  }

  /** Reads a mapping that holds settings and further sections. */
  section(value: unknown, path: string): void {
    const node = this.resolve(value);
    if (!isMap(node)) {
      const what = path === "" ? "the file" : `"${path}"`;
      this.problems.push(`${this.at(node)}: ${what} must hold settings, one a line (name: value)`);
      return;
    }
    for (const pair of node.items) this.entry(pair, path);
  }

  private entry(pair: Pair, parent: string): void {
    const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const path = parent === "" ? name : `${parent}.${name}`;
    const value = this.resolve(pair.value);
    const setting = this.#byPath.get(path);
    this.names++;
    if (setting !== undefined) {
      // An empty value leaves the default, as a section whose lines are all commented out does.
      if (value === null || (isScalar(value) && value.value === null)) return;
      this.assign(setting, pair.key, value);
    } else if (this.settings.some((other) => other.path.startsWith(`${path}.`))) {
      if (value === null || (isScalar(value) && value.value === null)) return;
      this.section(value, path);
    } else {
      const problem = describeUnknown(path, this.settings);
      if (!problem.includes("did you mean")) this.strangers++;
      this.problems.push(`${this.at(pair.key)}: ${problem}`);
    }
  }

  private assign(setting: Setting, key: unknown, node: unknown): void {
    const source = this.at(key);
    try {
      // Throws on aliases that lead nowhere, into themselves, or that multiply without end.
      const value: unknown = isNode(node) ? node.toJS(this.document) : node;
      if (value === undefined) throw new Error("an alias without its anchor");
      this.assignments.push({ setting, value, source, base: this.base });
    } catch (error) {
      this.problems.push(`${source}: ${setting.path}: ${reasonOf(error)}`);
    }
  }

  private resolve(value: unknown): unknown {
    return isAlias(value) ? value.resolve(this.document) : value;
  }

  private at(node: unknown): string {
    const start = isNode(node) ? (node as Node).range?.[0] : undefined;
    return start === undefined ? this.shown : `${this.shown}:${this.lines.linePos(start).line}`;
  }
}

function failed(problem: string): Layer {
  return { assignments: [], problems: [problem], warnings: [], isUnread: true };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** The parser repeats what it did not expect, which may be a line of a file that was named by mistake. */
function withoutQuote(message: string): string {
  return message.replace(/: ".*$/, "");
}
