// `trefoil device`: a simulated device against any server.

import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { attachedClock, createClient } from "@trefoil/client/node";
import { runFleet } from "../fleet/index.js";
import { type TargetOptions, adviceOn, findTarget } from "../known-server/index.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { type CombinedOptions, checkCombination } from "./combination.js";
import { rememberDevice } from "./device-file.js";
import { type DeviceProcess, realProcess } from "./device-process.js";
import { beginRecording } from "./recording.js";
import { runOnce } from "./run-once.js";
import { type SessionOptions, runSession } from "./run-session.js";
import { signInAndConnect } from "./sign-in.js";

const more = `
Without an address it talks to the developer server of the data directory. What is typed is sent as TextRecognizer.Recognize,
unless it is a command: say, play, pause, stop, next, previous, volume, audio, state, show, reconnect, help, quit. Where the output is no terminal, each directive is one line of JSON: {"directive":{"header":{},"payload":{}}}

Examples:
  trefoil device                                   the developer server, with its demo account
  trefoil device --once "what time is it"          one question, the answer as JSON lines
  trefoil device --guest --tokens second.json      another device, with no account
  trefoil device --record session.jsonl            keeps the session in a file, without secrets
  trefoil device --replay session.jsonl            types it again; exit code 1 where the answers differ
  trefoil device --fleet 50 --for 60               fifty devices for a minute, and statistics
  trefoil device --url https://clova.example.org --ca ca.pem --client-id my-app
`;

/** The command `device`. */
export function deviceCommand(
  terminal: Terminal = processTerminal,
  parts: DeviceProcess = realProcess,
) {
  return new Command("device")
    .description("a simulated device: signs in, connects, shows directives, sends what is typed")
    .option("--once <text>", "ask this, print the answer as JSON lines, end")
    .option("--json", "JSON lines, also on a terminal")
    .option("--record <file>", "keep the session in a file, without secrets")
    .option(
      "--replay <file>",
      "type what was typed in a recorded session, compare the answers, end",
    )
    .option("--fleet <count>", "run so many devices, and print statistics", readCount)
    .option("--for <seconds>", "how long the fleet runs (default: until Ctrl-C)", readCount)
    .option("--guest", "sign in without an account")
    .option(
      "--data <directory>",
      "data directory of the developer server (also: TREFOIL_DATA_DIR; default: ./data)",
    )
    .option(
      "--tokens <file>",
      "where tokens and device id are kept (default: in the data directory)",
    )
    .option("--url <address>", "another server than the developer server")
    .option("--auth-url <address>", "its authorization server, where that is apart")
    .option("--gateway-url <address>", "its gateway, where that is apart")
    .option("--client-id <id>", "registered client (also: TREFOIL_CLIENT_ID)")
    .option(
      "--client-secret <secret>",
      "its secret (better: TREFOIL_CLIENT_SECRET, which other users cannot see)",
    )
    .option(
      "--account-token <token>",
      "account access token to sign in with (better: TREFOIL_ACCOUNT_TOKEN)",
    )
    .option(
      "--device-id <id>",
      "be another device, with tokens in a file of its own beside (default: a UUID that is kept)",
      readDeviceId,
    )
    .option("--model <id>", "its model")
    .option("--ca <file>", "certificate authority to trust, PEM")
    .option("--insecure", "accept any certificate")
    .addHelpText("after", more)
    .action((options) => runDevice(options, terminal, parts));
}

type DeviceOptions = TargetOptions & SessionOptions & CombinedOptions;

async function runDevice(
  options: DeviceOptions,
  terminal: Terminal,
  parts: DeviceProcess,
): Promise<void> {
  const stop = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
  });
  stopped.catch(() => undefined);
  const interrupt = (): void => {
    // Who asks twice does not want to wait.
    if (stop.signal.aborted) parts.exit(130);
    stop.abort();
  };
  const forget = parts.onStop(interrupt);
  let server: "developer" | "named" = "developer";
  try {
    checkCombination(options, terminal.cwd);
    const target = await findTarget(options, terminal);
    server = target.server;
    if (options.fleet !== undefined) {
      await runFleet({
        target,
        count: options.fleet,
        duration: options.for,
        json: options.json === true,
        terminal,
        stop: stop.signal,
      });
      return;
    }
    const { id, store } = await rememberDevice(target);
    const client = createClient({
      authUrl: target.authUrl,
      gatewayUrl: target.gatewayUrl,
      client: target.client,
      device: { id, model: target.model },
      tls: target.tls,
      tokenStore: store,
      ...parts.clientOptions,
    });
    stop.signal.addEventListener("abort", () => void client.close(), { once: true });
    if (options.once !== undefined) {
      const question = options.once;
      const { clock = attachedClock } = parts.clientOptions;
      const recorder = await beginRecording(options.record, terminal.cwd, clock);
      const once = async () => {
        await signInAndConnect(client, target, () => Promise.resolve(false));
        await runOnce(client, question, (line) => terminal.out(`${line}\n`), recorder);
      };
      try {
        await Promise.race([once(), stopped]);
      } finally {
        await recorder?.end();
      }
      return;
    }
    const end = { signal: stop.signal, interrupt, stopped };
    await runSession({ client, id, target, options, terminal, parts, end });
  } catch (error) {
    // Being ended is no failure, whatever it interrupted.
    if (!stop.signal.aborted) terminal.fail([adviceOn(error, server)]);
  } finally {
    forget();
    // A request that nobody waits for any more must not hold the process.
    if (stop.signal.aborted) parts.exit(0);
  }
}

/** Largest id that a server takes, in bytes. @see docs/authorization.md#both-endpoints */
const maxDeviceId = 128;

function readDeviceId(text: string): string {
  const isPrintable = !/\p{Cc}/u.test(text);
  if (text !== "" && isPrintable && Buffer.byteLength(text) <= maxDeviceId) return text;
  throw new InvalidArgumentError(
    `It must have 1 to ${maxDeviceId} bytes and no control characters.`,
  );
}

function readCount(text: string): number {
  const count = Number(text);
  if (/^[1-9]\d{0,5}$/.test(text)) return count;
  throw new InvalidArgumentError("It must be a whole number from 1.");
}
