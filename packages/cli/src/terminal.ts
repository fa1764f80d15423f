// Where the command stands: its environment, its two outputs, and the exit code that it leaves. Tests bring their own.

/** The surroundings of a command. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** Whether a person reads standard output. */
  readonly isInteractive: boolean;
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** Says on standard error what went wrong, a line each, and lets the process end with exit code 1. */
  fail(problems: readonly string[]): void;
}

/** The real one. */
export const processTerminal: Terminal = {
  env: process.env,
  get cwd() {
    return process.cwd();
  },
  isInteractive: process.stdout.isTTY,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  fail(problems) {
    for (const problem of problems) process.stderr.write(`trefoil: ${problem}\n`);
    process.exitCode = 1;
  },
};

/** Colours where a person reads, unless they asked for none. @see https://no-color.org */
export function hasColour({ isInteractive, env }: Terminal): boolean {
  return isInteractive && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}
