// The options that say where the configuration comes from: the same for `serve` and for `config`.

import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import type { ConfigRequest, Flag } from "@trefoil/server/config";

/** One `--set NAME=VALUE`. */
export interface Assignment {
  readonly path: string;
  readonly text: string;
}

/** A command with the options of {@link ConfigOptions}. */
export function configurable(name: string) {
  return new Command(name)
    .option("--dev", "the developer server: makes certificate, demo data and admin token")
    .option("--config <file>", "YAML file with settings (also: TREFOIL_CONFIG)")
    .option("--host <address>", "address to listen on (also: TREFOIL_HOST; default: 0.0.0.0)")
    .option(
      "--port <number>",
      "port to listen on, 0 takes a free one (also: TREFOIL_PORT; default: 8443)",
    )
    .option(
      "--data <directory>",
      "directory of the database (also: TREFOIL_DATA_DIR; default: ./data)",
    )
    .option(
      "--log-level <level>",
      "least important lines that are written (also: TREFOIL_LOG_LEVEL; default: info)",
    )
    .option(
      "--set <name=value>",
      "any other setting, as in gateway.maxParts=4; may be repeated",
      readAssignment,
      [] as readonly Assignment[],
    );
}

/** What was given on the command line. */
export type ConfigOptions = ReturnType<ReturnType<typeof configurable>["opts"]>;

function readAssignment(text: string, before: readonly Assignment[]): readonly Assignment[] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return [...before, { path: text.slice(0, equals).trim(), text: text.slice(equals + 1) }];
}

/**
 * What the loader of the configuration needs, from what was given on the command line.
 * @param context environment and working directory of the process
 */
export function requestOf(
  options: ConfigOptions,
  context: Pick<ConfigRequest, "cwd" | "env">,
): ConfigRequest {
  const named: readonly (readonly [flag: string, path: string, text: string | undefined])[] = [
    ["--host", "listen.host", options.host],
    ["--port", "listen.port", options.port],
    ["--data", "dataDir", options.data],
    ["--log-level", "log.level", options.logLevel],
  ];
  const flags: Flag[] = named.flatMap(([flag, path, text]) =>
    text === undefined ? [] : [{ flag, path, text }],
  );
  for (const { path, text } of options.set) flags.push({ flag: "--set", path, text });
  return {
    form: options.dev === true ? "development" : "production",
    file: options.config,
    flags,
    ...context,
  };
}
