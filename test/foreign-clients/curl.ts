// Real curl: one process for one transfer or for several on one connection, and what each of them got.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foreignCommand } from "../harness/foreign-commands.js";

/** What a transfer got. */
export interface CurlAnswer {
  readonly status: number;
  /** As curl names it: `1.1` or `2`. */
  readonly httpVersion: string;
  /** How many connections were made for it: none where it went on one that was there. */
  readonly connections: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A process that runs, each transfer in the order of its arguments. */
export interface RunningCurl {
  /** The transfers that are over; `undefined` for those that are not. */
  readonly answers: () => readonly (CurlAnswer | undefined)[];
  /** The body of a transfer so far. */
  readonly body: (transfer: number) => Buffer;
  /** The response's headers of a transfer so far. */
  readonly headers: (transfer: number) => Readonly<Record<string, string>>;
  readonly stdin: NodeJS.WritableStream;
  /** Waits until a condition holds; it is asked again and again while the process runs. */
  until(condition: (curl: RunningCurl) => boolean, what: string): Promise<void>;
  /** Its exit code, once it has ended; null where it was killed. */
  readonly ended: Promise<number | null>;
  /** Ends it if need be, and forgets what it wrote. */
  remove(): Promise<void>;
}

/** Milliseconds between two looks at what curl has written: it tells nobody. */
const lookEvery = 10;
const patience = 15_000;

/**
 * Starts curl.
 * @param transfers the arguments of each; several share a connection where that speaks HTTP/2
 */
export async function startCurl(
  caFile: string,
  ...transfers: readonly (readonly string[])[]
): Promise<RunningCurl> {
  const program = await foreignCommand("curl");
  const directory = mkdtempSync(join(tmpdir(), "trefoil-curl-"));
  const file = (transfer: number, kind: "body" | "headers" | "report") =>
    join(directory, `${transfer}.${kind}`);
  const args = transfers.flatMap((own, transfer) => [
    ...(transfer === 0 ? [] : ["--next"]),
    "--no-progress-meter",
    "--no-buffer",
    "--cacert",
    caFile,
    "--output",
    file(transfer, "body"),
    "--dump-header",
    file(transfer, "headers"),
    // Its standard output would be buffered until it ends.
    "--write-out",
    `%{stderr}${transfer} %{http_code} %{http_version} %{num_connects}\\n`,
    ...own,
  ]);
  // --disable comes first: whoever runs the tests may have a ~/.curlrc.
  const child = spawn(program, ["--disable", ...(transfers.length > 1 ? ["-Z"] : []), ...args], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdin.on("error", () => undefined);
  // When all that it said has been read; that it has gone may be known before.
  let isClosed = false;
  const ended = once(child, "close").then(([code]) => {
    isClosed = true;
    return code as number | null;
  });

  const read = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch {
      // curl makes the file with the first byte.
      return Buffer.alloc(0);
    }
  };
  const curl: RunningCurl = {
    answers: () =>
      transfers.map((_own, transfer) => {
        const report = new RegExp(`^${transfer} (\\d+) (\\S+) (\\d+)$`, "m").exec(said);
        if (report === null) return undefined;
        return {
          status: Number(report[1]),
          httpVersion: report[2] ?? "",
          connections: Number(report[3]),
          headers: curl.headers(transfer),
          body: curl.body(transfer),
        };
      }),
    body: (transfer) => read(file(transfer, "body")),
    headers: (transfer) => parseHeaders(read(file(transfer, "headers")).toString("latin1")),
    stdin: child.stdin,
    async until(condition, what) {
      const deadline = performance.now() + patience;
      while (!condition(curl)) {
        if (performance.now() > deadline || isClosed) {
          if (condition(curl)) return;
          throw new Error(`never came: ${what}; curl said: ${said}`);
        }
        await new Promise((resolve) => setTimeout(resolve, lookEvery));
      }
    },
    ended,
    async remove() {
      if (!hasEnded(child)) child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return curl;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Runs one transfer to its end. @throws where curl itself fails */
export async function curl(caFile: string, ...args: readonly string[]): Promise<CurlAnswer> {
  const running = await startCurl(caFile, args);
  try {
    await running.until(({ answers }) => answers()[0] !== undefined, `an answer to ${args.at(-1)}`);
    const code = await running.ended;
    const [answer] = running.answers();
    if (answer === undefined || code !== 0) throw new Error(`curl ended with ${code}`);
    return answer;
  } finally {
    await running.remove();
  }
}

/** Those of the last response: there may have been a 100 Continue before it. */
function parseHeaders(text: string): Record<string, string> {
  const last = text.trimEnd().split("\r\n\r\n").at(-1) ?? "";
  return Object.fromEntries(
    last
      .split("\r\n")
      .slice(1)
      .map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
  );
}
