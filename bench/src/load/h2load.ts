// h2load as the load of request scenarios: it costs a tenth of what a client in JavaScript does.

import { once } from "node:events";
import { startProgram } from "../measure/child.js";

/** What is to be sent. Always a fixed count of requests: with a duration h2load sometimes never ends. */
export interface H2Load {
  readonly url: string;
  readonly requests: number;
  readonly connections: number;
  /** Most streams open on one connection. */
  readonly streams: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** File that every request posts. */
  readonly body?: string;
  readonly core: number | undefined;
}

/** What came of it. */
export interface H2LoadResult {
  /** Requests per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly meanTime: number;
}

/** After so long without an end it hangs. Milliseconds. */
const patience = 180_000;

/** @throws where a single request was not answered 2xx: figures of failures are worth nothing */
export async function h2load(load: H2Load): Promise<H2LoadResult> {
  const args = [
    `-n${load.requests}`,
    `-c${load.connections}`,
    `-m${load.streams}`,
    "-t1",
    ...Object.entries(load.headers ?? {}).map(([name, value]) => `-H${name}: ${value}`),
    ...(load.body === undefined ? [] : [`-d${load.body}`]),
    load.url,
  ];
  const child = startProgram("h2load", args, { core: load.core });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const timer = setTimeout(() => child.kill("SIGKILL"), patience);
  await once(child, "close");
  clearTimeout(timer);
  return parseH2Load(output, load.requests);
}

/** @throws as {@link h2load} */
export function parseH2Load(output: string, requests: number): H2LoadResult {
  const rate = /finished in [^,]+, ([\d.]+) req\/s/.exec(output)?.[1];
  const succeeded = /status codes: (\d+) 2xx/.exec(output)?.[1];
  if (rate === undefined || Number(succeeded) !== requests) {
    throw new Error(
      `h2load: ${succeeded ?? 0} of ${requests} requests succeeded\n${output.slice(-2_000)}`,
    );
  }
  const mean = /time for request:\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)/.exec(output);
  const unit = { us: 0.001, ms: 1, s: 1_000 }[mean?.[2] ?? "ms"] ?? 1;
  return { rate: Number(rate), meanTime: Number(mean?.[1] ?? 0) * unit };
}
