// Prints docs/client-api.md: what each entry of @trefoil/client exports, from the declarations that `tsc -b` makes.
// `node tooling/dist/client-api.js` writes the page, `--check` fails where it is not as it would be written.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const page = "docs/client-api.md";

/** The entries in the order of the page, with what each is for. */
const entries = [
  ["@trefoil/client", "index.d.ts", "Runs anywhere that has `fetch` and Web Crypto."],
  ["@trefoil/client/node", "node/index.d.ts", "For Node.js: all of the above, and"],
  ["@trefoil/client/browser", "browser/index.d.ts", "For browsers: all of the first, and"],
  ["@trefoil/client/virtual-device", "virtual-device/index.d.ts", "A device without hardware."],
  [
    "@trefoil/client/mock-gateway",
    "mock-gateway/index.d.ts",
    "For tests of clients; Node.js only.",
  ],
] as const;

/** One exported declaration. */
export interface Declaration {
  readonly name: string;
  readonly kind: string;
  /** What its docstring says, as text. */
  readonly doc: string;
  /** Its declaration, with the docstrings of its members. */
  readonly code: string;
}

/**
 * What a declaration file exports under these names, its re-exports followed.
 * @param read answers the text of a declaration file
 */
export function declarationsOf(file: string, read: (file: string) => string): Declaration[] {
  const text = read(file);
  const found: Declaration[] = declaredIn(text);
  for (const [, all, names = "", from = ""] of text.matchAll(
    /^export (?:type )?(?:(\*)|\{([^}]*)\}) from "([^"]+)";/gm,
  )) {
    if (!from.startsWith(".")) continue;
    const declared = declarationsOf(resolve(dirname(file), from.replace(/\.js$/, ".d.ts")), read);
    const wanted = names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "");
    found.push(...declared.filter(({ name }) => all === "*" || wanted.includes(name)));
  }
  return found;
}

/** The declarations of one file: each begins at the start of a line, and ends with the first line that closes it. */
function declaredIn(text: string): Declaration[] {
  const lines = text.split("\n");
  const found: Declaration[] = [];
  for (const [index, line] of lines.entries()) {
    const head =
      /^export (?:declare )?(?:abstract )?(class|function|const|interface|type) (\w+)/.exec(line);
    if (head === null) continue;
    const [, kind = "", name = ""] = head;
    let end = index;
    while (end < lines.length - 1 && !isEnd(lines, index, end)) end++;
    const code = lines.slice(index, end + 1).join("\n");
    found.push({ name, kind, doc: docBefore(lines, index), code: publicPart(code) });
  }
  return found;
}

/** A class or an interface ends with its brace; everything else with a semicolon after which nothing goes on. */
function isEnd(lines: readonly string[], start: number, index: number): boolean {
  const line = lines[index] ?? "";
  const braced = /^export (?:declare )?(?:abstract )?(?:class|interface) /.test(lines[start] ?? "");
  if (braced) return line.startsWith("}") || (index === start && line.endsWith("}"));
  return line.endsWith(";") && !/^[\s}]/.test(lines[index + 1] ?? "");
}

/** The docstring right above a line, without its stars. */
function docBefore(lines: readonly string[], index: number): string {
  if (!(lines[index - 1] ?? "").endsWith("*/")) return "";
  let start = index - 1;
  while (start > 0 && !(lines[start] ?? "").startsWith("/**")) start--;
  return lines
    .slice(start, index)
    .map((line) => line.replace(/^\s*(?:\/\*\*|\*\/|\*)\s?/, "").replace(/\s*\*\/$/, ""))
    .join("\n")
    .trim();
}

/** Without what an application cannot use: private members, and those marked as internal. */
function publicPart(code: string): string {
  return code
    .replace(/^ {4}\/\*\* @internal(?:(?!\*\/)[\s\S])*\*\/\n.*\n/gm, "")
    .replace(/^ {4}#private;\n/gm, "")
    .replace(/^ {4}private .*\n/gm, "")
    .replace(/^export (?:declare )?/, "")
    .replace(/^( {4})+/gm, (indent) => " ".repeat(indent.length / 2));
}

/** Docstring tags as Markdown. */
function markdownOf(doc: string): string {
  return doc
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\s*@param (\w+) /g, "\n- `$1`: ")
    .replace(/\s*@returns /g, "\n- answers: ")
    .replace(/\s*@throws \{(\w+)\} /g, "\n- throws `$1`: ")
    .replace(/\s*@see (\S+)/g, "\n- see $1")
    .replace(/^((?!- ).*)\n- /m, "$1\n\n- ");
}

function text(): string {
  const dist = join(repository, "packages/client/dist");
  const read = (file: string) => readFileSync(file, "utf8");
  const told = new Set<string>();
  const chapters = entries.map(([entry, file, purpose]) => {
    const fresh = declarationsOf(join(dist, file), read)
      // What an entry has from the first one is told there; one of the same name and another code is not that.
      .filter(({ name, code }) => !told.has(`${name} ${code}`))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    for (const { name, code } of fresh) told.add(`${name} ${code}`);
    const sections = fresh.map(({ name, kind, doc, code }) =>
      [`### ${name}`, `_${kind}_`, markdownOf(doc), `\`\`\`ts\n${code.trimEnd()}\n\`\`\``]
        .filter((paragraph) => paragraph !== "")
        .join("\n\n"),
    );
    return [`## ${entry}`, purpose, ...sections].join("\n\n");
  });
  return `${[
    "# The API of `@trefoil/client`",
    "Printed from the docstrings by `npm run client-api`; do not edit. [client.md](client.md) tells how it works, [write-a-client.md](write-a-client.md) how to begin.",
    ...chapters,
  ].join("\n\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = text();
  const file = join(repository, page);
  if (!process.argv.includes("--check")) writeFileSync(file, wanted);
  else if (readFileSync(file, "utf8") !== wanted) {
    process.stderr.write(`${page} is not what the docstrings say: run npm run client-api.\n`);
    process.exitCode = 1;
  }
}
