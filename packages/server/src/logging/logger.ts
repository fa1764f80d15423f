// What the other rooms know of logging: a line has a sentence and fields, and a logger passes fields on to its children.

/** How important a line is, most important first. */
export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace"] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/**
 * What goes along with a sentence. A field called `err` or holding an `Error` is written with its stack and causes.
 * Fields whose names speak of secrets are blanked; see {@link redact} for the rules.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line, at one level. */
type Write = (message: string, fields?: LogFields) => void;

/** Where the rooms write. The message is a constant sentence; what varies goes into the fields. */
export interface Logger extends Readonly<Record<LogLevel, Write>> {
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
  /** Whether lines of a level are written at all: ask before gathering costly fields. */
  isEnabled(level: LogLevel): boolean;
}

const nothing = (): void => {};

/** A logger that writes nothing: the default of rooms that were given none, and of tests. */
export const silentLogger: Logger = {
  fatal: nothing,
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  child: () => silentLogger,
  isEnabled: () => false,
};
