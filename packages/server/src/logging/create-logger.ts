// The logger that production uses: pino behind the Logger interface, every field redacted on its way.

import { type Clock, systemClock } from "@trefoil/protocol/clock";
import { type Logger as PinoLogger, destination as fileDescriptor, pino } from "pino";
import type { Config } from "../config/index.js";
import { formatForHumans } from "./human-format.js";
import { type LogFields, type LogLevel, type Logger, logLevels } from "./logger.js";
import { redact, redactText } from "./redact.js";

/** Where lines go; each call brings one line with its line feed. */
export interface LogDestination {
  write(line: string): void;
}

/** How to make a logger. */
export interface LoggerOptions {
  /** Least important level that is written; `silent` writes nothing. */
  readonly level: Config["log"]["level"];
  /** `json`: one object a line, for collectors. `human`: for a developer's terminal. */
  readonly format: "json" | "human";
  /** Standard output unless given. */
  readonly destination?: LogDestination;
  /** Whether `human` lines are coloured; default no. */
  readonly colour?: boolean;
  /** Where the time of a line comes from. */
  readonly clock?: Clock;
}

/** Members that pino writes itself; a field of that name gets an underscore. */
const reserved = new Set(["level", "time", "msg"]);

/**
 * Makes a logger. Lines are written synchronously, so that the last one before a crash is not lost.
 * @returns a logger whose fields and sentences pass through {@link redact}
 */
export function createLogger(options: LoggerOptions): Logger {
  const clock = options.clock ?? systemClock;
  const target = options.destination ?? fileDescriptor({ dest: 1, sync: true });
  const colour = options.colour ?? false;
  const stream: LogDestination =
    options.format === "json"
      ? target
      : { write: (line) => target.write(`${formatForHumans(line, { colour })}\n`) };
  const root = pino(
    {
      level: options.level,
      base: null,
      // Errors come here as redacted plain objects: pino's own serializer would not add to them.
      serializers: { err: (value: unknown) => value },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    },
    stream,
  );
  return wrap(root);
}

function wrap(inner: PinoLogger): Logger {
  const writers = Object.fromEntries(
    logLevels.map((level) => [
      level,
      (message: string, fields?: LogFields) => {
        if (inner.isLevelEnabled(level)) inner[level](prepare(fields), redactText(message));
      },
    ]),
  ) as Record<LogLevel, (message: string, fields?: LogFields) => void>;
  return {
    ...writers,
    child: (fields) => wrap(inner.child(prepare(fields))),
    isEnabled: (level) => inner.isLevelEnabled(level),
  };
}

function prepare(fields: LogFields = {}): Record<string, unknown> {
  const safe = { ...redact(fields) };
  for (const name of reserved) {
    if (!(name in safe)) continue;
    safe[`${name}_`] = safe[name];
    delete safe[name];
  }
  return safe;
}
