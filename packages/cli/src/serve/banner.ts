// What a developer sees first: where things are, and three commands that work when pasted.

import { isAbsolute, relative } from "node:path";
import pico from "picocolors";

/** What the banner tells of. */
export interface BannerFacts {
  readonly version: string;
  /** Origin of everything, without a slash at its end. */
  readonly origin: string;
  /** Absolute paths. */
  readonly caFile: string;
  readonly dataDir: string;
  readonly cwd: string;
  readonly colour: boolean;
}

/** The banner, with its line feeds. */
export function writeBanner(facts: BannerFacts): string {
  const { bold, cyan, dim, green } = pico.createColors(facts.colour);
  const place = (path: string) => shellWord(shorten(path, facts.cwd));
  const isDefaultData = shorten(facts.dataDir, facts.cwd) === "data";
  const data = isDefaultData ? "" : ` --data ${place(facts.dataDir)}`;
  const row = (name: string, value: string) => `  ${dim(name.padEnd(24))}${value}\n`;
  const commands = tryCommands(facts, data, place);
  return [
    `\n  ${green("♣")} ${bold("Trefoil developer server")} ${dim(facts.version)}\n\n`,
    row("Sign-in and gateway", cyan(facts.origin)),
    row("Admin API", cyan(`${facts.origin}/admin/v1`)),
    row("API documents", cyan(`${facts.origin}/openapi/admin.json`)),
    row("", cyan(`${facts.origin}/openapi/auth.json`)),
    row("Certificate authority", place(facts.caFile)),
    row("All of it, for scripts", place(`${facts.dataDir}/dev.json`)),
    `\n  ${dim("Try next, in another terminal:")}\n\n`,
    ...commands.map((command) => `    ${command}\n`),
    `\n  ${dim("Ctrl-C ends the server.")}\n\n`,
  ].join("");
}

/** Three commands, each of which does something that can be seen. */
function tryCommands(
  { origin, caFile, dataDir }: BannerFacts,
  data: string,
  place: (path: string) => string,
): readonly string[] {
  const token = `$(cat ${place(`${dataDir}/admin-token`)})`;
  return [
    `npx trefoil device${data} --once "hello"`,
    `curl --cacert ${place(caFile)} -H "authorization: Bearer ${token}" ${origin}/admin/v1/devices`,
    `npx trefoil send${data} - Clova.RenderText '{"text":"hi"}'`,
  ];
}

/** A path as short as it can be typed in the working directory. */
function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" || short.startsWith("..") || isAbsolute(short) ? path : short;
}

/** A word that a POSIX shell takes as it is. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
