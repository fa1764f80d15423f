// `trefoil device`: a simulated device against any server.

import { Command } from "@commander-js/extra-typings";
import { type NodeClientOptions, createClient } from "@trefoil/client/node";
import { adviceOn } from "../known-server/index.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { rememberDevice } from "./device-file.js";
import { humanPrinter, jsonPrinter } from "./printer.js";
import { runInteractive, showDirectives } from "./run-interactive.js";
import { runOnce } from "./run-once.js";
import { type Keyboard, Screen } from "./screen.js";
import { signInAndConnect } from "./sign-in.js";
import { type TargetOptions, findTarget } from "./target.js";

/** What a device's process is made of besides its terminal; tests bring their own. */
export interface DeviceProcess {
  readonly keyboard: () => Keyboard;
  /** Where the prompt is shown; undefined where standard output is no terminal. */
  readonly display: NodeJS.WritableStream | undefined;
  /** Calls `listener` when the process is asked to end; answers how to take the listener away. */
  readonly onStop: (listener: () => void) => () => void;
  /** Changes to the client, as for a clock that stands still. */
  readonly clientOptions: Partial<NodeClientOptions>;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const realProcess: DeviceProcess = {
  keyboard: () => ({ input: process.stdin, isInteractive: process.stdin.isTTY }),
  display: process.stdout.isTTY ? process.stdout : undefined,
  onStop(listener) {
    for (const signal of stopSignals) process.on(signal, listener);
    return () => {
      for (const signal of stopSignals) process.off(signal, listener);
    };
  },
  clientOptions: {},
  exit: (code) => process.exit(code),
};

const more = `
Without an address it talks to the developer server of the data directory. What is typed is sent as TextRecognizer.Recognize;
Ctrl-D or Ctrl-C ends. Where the output is no terminal, each directive is one line of JSON: {"directive":{"header":{},"payload":{}}}

Examples:
  trefoil device                                   the developer server, with its demo account
  trefoil device --once "what time is it"          one question, the answer as JSON lines
  trefoil device --guest --tokens second.json      another device, with no account
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
    .option("--device-id <id>", "who it is (default: a UUID that is kept)")
    .option("--model <id>", "its model")
    .option("--ca <file>", "certificate authority to trust, PEM")
    .option("--insecure", "accept any certificate")
    .addHelpText("after", more)
    .action((options) => runDevice(options, terminal, parts));
}

interface DeviceOptions extends TargetOptions {
  readonly once?: string;
  readonly json?: true;
}

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
  const forget = parts.onStop(() => {
    // Who asks twice does not want to wait.
    if (stop.signal.aborted) parts.exit(130);
    stop.abort();
  });
  let screen: Screen | undefined;
  let server: "developer" | "named" = "developer";
  try {
    const target = await findTarget(options, terminal);
    server = target.server;
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
    const write = (line: string) => terminal.out(`${line}\n`);
    if (options.once !== undefined) {
      const question = options.once;
      const once = async () => {
        await signInAndConnect(client, target, () => Promise.resolve(false));
        await runOnce(client, question, write);
      };
      await Promise.race([once(), stopped]);
      return;
    }
    const forPeople = terminal.isInteractive && options.json !== true;
    const shown = new Screen(parts.keyboard(), forPeople ? parts.display : undefined, (text) =>
      terminal.out(text),
    );
    screen = shown;
    shown.onInterrupt(() => stop.abort());
    const output = {
      out: (line: string) => shown.print(line),
      note: (line: string) => terminal.err(`${line}\n`),
    };
    const printer = forPeople
      ? humanPrinter(output, hasColour(terminal), () => new Date())
      : jsonPrinter(output);
    printer.say(`device ${id} at ${target.gatewayUrl.origin}`);
    showDirectives(client, printer);
    const connected = signInAndConnect(client, target, (page) =>
      shown.confirm(`Agree to the terms of use at ${page} and press Return. `),
    );
    await Promise.race([connected, stopped]);
    await runInteractive(client, shown, printer, stop.signal);
  } catch (error) {
    // Being ended is no failure, whatever it interrupted.
    if (!stop.signal.aborted) terminal.fail([adviceOn(error, server)]);
  } finally {
    screen?.close();
    forget();
    // A request that nobody waits for any more must not hold the process.
    if (stop.signal.aborted) parts.exit(0);
  }
}

/** Colours where a person reads, unless they asked for none. @see https://no-color.org */
function hasColour(terminal: Terminal): boolean {
  return terminal.isInteractive && !terminal.env["NO_COLOR"] && terminal.env["TERM"] !== "dumb";
}
