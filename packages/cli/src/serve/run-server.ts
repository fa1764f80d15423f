// The life of a server process: configuration, start, a word to whoever started it, and an end in good order.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@trefoil/protocol/clock";
import type { LoadedConfig } from "@trefoil/server/config";
import type { Logger } from "@trefoil/server/logging";
import { type ConfigOptions, requestOf } from "../config/index.js";
import { failureLine, failureLines } from "../failure.js";
import { type Terminal, hasColour } from "../terminal.js";
import { packageVersion } from "../version.js";
import { writeBanner } from "./banner.js";
import { describeStartupFailure } from "./startup-failure.js";
import { type SignalSource, type StopSignal, exitCodeOf, onStopSignals } from "./stop-signals.js";

/** A server that runs. */
export interface RunningServer {
  /** Where clients reach it, without a slash at its end. */
  readonly origin: string;
  /** The port that it really listens on. */
  readonly port: number;
  /** Reads the certificate's files again; never rejects. */
  renewCertificate(): Promise<void>;
  /** Ends it in good order; resolves when nothing is left open. */
  stop(): Promise<void>;
}

/** What a server process is made of; tests bring their own. */
export interface ServerProcess {
  readonly clock: Clock;
  readonly signals: SignalSource;
  /** Ends the process. */
  exit(code: number): void;
  /** Calls `listener` with what nobody caught. */
  onCrash(listener: (error: unknown) => void): void;
  /** Starts the server: `startServer` of @trefoil/server. */
  start(options: {
    readonly config: LoadedConfig["config"];
    readonly dev: boolean;
    readonly log: Logger;
    readonly clock: Clock;
  }): Promise<RunningServer>;
}

/** Milliseconds that a server may take to end, beyond the time that it takes to send its connections away. */
const stopPatience = 30_000;

/**
 * Starts a server and returns when it runs; from then on signals end the process. What keeps it from starting is one line
 * on standard error and exit code 1.
 */
export async function runServer(
  options: ConfigOptions,
  terminal: Terminal,
  parts: ServerProcess,
): Promise<void> {
  const isDev = options.dev === true;
  // Both at once: loading the server takes as long as everything else before it listens.
  const [{ checkFiles, loadConfig, prepareDataDirectory }, { createLogger }] = await Promise.all([
    import("@trefoil/server/config"),
    import("@trefoil/server/logging"),
  ]);
  let loaded: LoadedConfig;
  let warnings: readonly string[];
  try {
    loaded = loadConfig(requestOf(options, terminal));
    const { config } = loaded;
    const files = isDev
      ? { problems: [], warnings: [] }
      : await checkFiles(config, parts.clock.now());
    if (files.problems.length > 0) return terminal.fail([failureLine(files.problems)]);
    await prepareDataDirectory(config.dataDir);
    warnings = [...loaded.warnings, ...files.warnings];
  } catch (error) {
    return terminal.fail([failureLine(failureLines(error))]);
  }

  const { config } = loaded;
  const isForPeople = isDev && terminal.isInteractive;
  const log = createLogger({
    level: config.log.level,
    format: isForPeople ? "human" : "json",
    destination: { write: (line) => terminal.out(line) },
    colour: hasColour(terminal),
    clock: parts.clock,
  });
  for (const warning of warnings) log.warn("The configuration is doubtful.", { warning });

  parts.onCrash((error) => {
    log.fatal("Trefoil crashed.", { err: error });
    parts.exit(1);
  });
  let server: RunningServer | undefined;
  // Also while the server starts: a hook that comes too early must not end it.
  if (!isDev) parts.signals.on("SIGHUP", () => void server?.renewCertificate());
  try {
    server = await parts.start({ config, dev: isDev, log, clock: parts.clock });
  } catch (error) {
    log.debug("The server did not start.", { err: error });
    terminal.fail([describeStartupFailure(error, config.listen)]);
    // What was opened before the failure must not keep the process.
    return parts.exit(1);
  }
  // A developer server belongs to its terminal and goes with it. In production the same signal is a request.
  const signals = isDev ? stopSignals : stopSignals.filter((signal) => signal !== "SIGHUP");
  endOnSignals(server, signals, config.gateway.drainSeconds, log, parts);
  if (isForPeople) {
    terminal.out(
      writeBanner({
        version: packageVersion(),
        origin: server.origin,
        caFile: await authorityOf(config.dataDir),
        dataDir: config.dataDir,
        cwd: terminal.cwd,
        colour: hasColour(terminal),
      }),
    );
  } else {
    log.info("Trefoil listens.", {
      origin: server.origin,
      port: server.port,
      form: isDev ? "development" : "production",
      version: packageVersion(),
      node: process.version,
    });
  }
}

const stopSignals: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

function endOnSignals(
  server: RunningServer,
  signals: readonly StopSignal[],
  drainSeconds: number,
  log: Logger,
  parts: ServerProcess,
): void {
  const end = (code: number): void => {
    forget();
    parts.exit(code);
  };
  const forget = onStopSignals(parts.signals, signals, parts.clock, {
    stop(signal: StopSignal) {
      log.info("Trefoil ends.", { signal });
      parts.clock.after(drainSeconds * 1_000 + stopPatience, () => {
        log.error("The server did not end in time.");
        end(1);
      });
      server.stop().then(
        () => end(0),
        (error: unknown) => {
          log.error("The server did not end in good order.", { err: error });
          end(1);
        },
      );
    },
    force(signal: StopSignal) {
      log.warn("Trefoil is made to end at once.", { signal });
      end(exitCodeOf(signal));
    },
  });
}

/** The certificate authority that the developer server says is to be trusted. */
async function authorityOf(dataDir: string): Promise<string> {
  const content: unknown = JSON.parse(await readFile(join(dataDir, "dev.json"), "utf8"));
  return String((content as { readonly caFile?: unknown }).caFile);
}
