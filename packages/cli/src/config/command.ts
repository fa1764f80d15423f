// `trefoil config check|print|doc`: whether a server would start, with which settings, and what settings there are.

import { Command } from "@commander-js/extra-typings";
import { systemClock } from "@trefoil/protocol/clock";
import { failureLines } from "../failure.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { type ConfigOptions, configurable, requestOf } from "./options.js";

/** The rooms of the server that these commands need; loading the whole server would make them slow. */
const configuration = () => import("@trefoil/server/config");

/** The command `config` with its three subcommands. */
export function configCommand(terminal: Terminal = processTerminal) {
  return new Command("config")
    .description("check, print or document the configuration")
    .addCommand(
      configurable("check")
        .description("say whether a server would start with this configuration")
        .action((options) => checkConfig(options, terminal)),
    )
    .addCommand(
      configurable("print")
        .description("print the effective configuration as YAML, without secrets")
        .action((options) => printConfiguration(options, terminal)),
    )
    .addCommand(
      new Command("doc")
        .description("print the reference of all settings as Markdown")
        .action(async () => terminal.out((await configuration()).writeReference())),
    );
}

async function checkConfig(options: ConfigOptions, terminal: Terminal): Promise<void> {
  const { checkDataDirectory, checkFiles, loadConfig } = await configuration();
  let warnings: readonly string[];
  let file: string | undefined;
  try {
    const loaded = loadConfig(requestOf(options, terminal));
    file = loaded.file;
    // The developer server makes its files itself.
    const found =
      options.dev === true
        ? { problems: [], warnings: [] }
        : await checkFiles(loaded.config, systemClock.now());
    warnings = [...loaded.warnings, ...found.warnings];
    if (found.problems.length > 0) return terminal.fail(found.problems);
    await checkDataDirectory(loaded.config.dataDir);
  } catch (error) {
    return terminal.fail(failureLines(error));
  }
  for (const warning of warnings) terminal.err(`warning: ${warning}\n`);
  terminal.out(`The configuration is good (${file ?? "no file"}).\n`);
}

async function printConfiguration(options: ConfigOptions, terminal: Terminal): Promise<void> {
  const { loadConfig, printConfig } = await configuration();
  try {
    terminal.out(printConfig(loadConfig(requestOf(options, terminal))));
  } catch (error) {
    terminal.fail(failureLines(error));
  }
}
