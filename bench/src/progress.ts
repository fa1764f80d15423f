// Progress while the suite runs: one line that is rewritten on a terminal, plain lines elsewhere.

export interface Progress {
  /** Says what is being done now. */
  step(text: string): void;
  /** A line that stays. */
  line(text: string): void;
}

/** Least time between plain lines of steps that differ only in their numbers. Milliseconds. */
const plainInterval = 5_000;

export function createProgress(
  stream: Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns"> = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  if (stream.isTTY) {
    return {
      step: (text) => void stream.write(`\r\x1b[K${text.slice(0, (stream.columns || 80) - 1)}`),
      line: (text) => void stream.write(`\r\x1b[K${text}\n`),
    };
  }
  let last = { shape: "", time: -Infinity };
  return {
    step(text) {
      const shape = text.replaceAll(/\d+/g, "#");
      if (shape === last.shape && now() - last.time < plainInterval) return;
      last = { shape, time: now() };
      stream.write(`${text}\n`);
    },
    line: (text) => void stream.write(`${text}\n`),
  };
}
