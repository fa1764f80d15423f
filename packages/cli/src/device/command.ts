// `trefoil device`: a simulated device against any server.

import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import {
  type Client,
  type NodeClientOptions,
  attachedClock,
  createClient,
} from "@trefoil/client/node";
import { runFleet } from "../fleet/index.js";
import { type Target, type TargetOptions, adviceOn, findTarget } from "../known-server/index.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { rememberDevice } from "./device-file.js";
import { embody } from "./embodiment.js";
import { statusHeight, statusLines } from "./live-status.js";
import { LiveView, isDisplay } from "./live-view.js";
import { type Printer, humanPrinter, jsonPrinter } from "./printer.js";
import { Recorder, readRecording } from "./recording.js";
import { replayLines } from "./replay.js";
import { runInteractive, showDirectives } from "./run-interactive.js";
import { runOnce } from "./run-once.js";
import { runReplay } from "./run-replay.js";
import { type Keyboard, Screen } from "./screen.js";
import { signInAndConnect } from "./sign-in.js";

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
  readonly record?: string;
  readonly replay?: string;
  readonly fleet?: number;
  readonly for?: number;
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
  let server: "developer" | "named" = "developer";
  try {
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
      const once = async () => {
        await signInAndConnect(client, target, () => Promise.resolve(false));
        await runOnce(client, question, (line) => terminal.out(`${line}\n`));
      };
      await Promise.race([once(), stopped]);
      return;
    }
    await runSession({ client, id, target, options, terminal, parts, stop, stopped });
  } catch (error) {
    // Being ended is no failure, whatever it interrupted.
    if (!stop.signal.aborted) terminal.fail([adviceOn(error, server)]);
  } finally {
    forget();
    // A request that nobody waits for any more must not hold the process.
    if (stop.signal.aborted) parts.exit(0);
  }
}

/** One device, for a person, a pipe or a recording. */
async function runSession(context: {
  readonly client: Client;
  readonly id: string;
  readonly target: Target;
  readonly options: DeviceOptions;
  readonly terminal: Terminal;
  readonly parts: DeviceProcess;
  readonly stop: AbortController;
  readonly stopped: Promise<never>;
}): Promise<void> {
  const { client, id, target, options, terminal, parts, stop, stopped } = context;
  const clock = parts.clientOptions.clock ?? attachedClock;
  const forPeople = terminal.isInteractive && options.json !== true;
  const display = forPeople ? parts.display : undefined;
  const lines =
    options.replay === undefined
      ? undefined
      : replayLines(await readRecording(resolve(terminal.cwd, options.replay)));
  const recorder =
    options.record === undefined
      ? undefined
      : await Recorder.begin(resolve(terminal.cwd, options.record), () => clock.now());
  const screen = new Screen(parts.keyboard(), display, (text) => terminal.out(text));
  screen.onInterrupt(() => stop.abort());
  const printer = printerFor(screen, terminal, forPeople, display);
  let view: LiveView | undefined;
  try {
    const device = embody(client, printer, recorder, clock, () => view?.changed());
    let since = clock.now();
    client.watch((notice) => {
      if (notice.kind === "directive") {
        const { source, header, payload } = notice.directive;
        recorder?.directive(source, { header, payload });
      }
      if (notice.kind !== "connection") return;
      if (notice.state.phase !== notice.previous.phase) {
        since = clock.now();
        recorder?.connection(notice.state.phase);
      }
      view?.changed();
    });
    showDirectives(client, printer);
    if (isDisplay(display)) {
      const colour = hasColour(terminal);
      view = new LiveView(
        display,
        clock,
        statusHeight,
        (width) => {
          const { state: connection, dialogRequestId: dialogue } = client;
          const at = target.gatewayUrl.host;
          const status = { server: at, deviceId: id, connection, since, dialogue, device };
          return statusLines(status, clock.now(), width, colour);
        },
        () => screen.prompt(),
      );
      view.open();
    }
    printer.say(
      `device ${id} at ${target.gatewayUrl.origin}${forPeople ? "; help lists commands" : ""}`,
    );
    const connected = signInAndConnect(client, target, (page) =>
      screen.confirm(`Agree to the terms of use at ${page} and press Return. `),
    );
    await Promise.race([connected, stopped]);
    const session = {
      client,
      device,
      printer,
      recorder,
      clock,
      cwd: terminal.cwd,
      stop: stop.signal,
    };
    if (lines === undefined) await runInteractive(session, screen);
    else await runReplay(lines, session);
    device.dispose();
  } finally {
    screen.close();
    view?.close();
    await recorder?.end();
  }
}

function printerFor(
  screen: Screen,
  terminal: Terminal,
  forPeople: boolean,
  display: NodeJS.WritableStream | undefined,
): Printer {
  const output = {
    out: (line: string) => screen.print(line),
    note: (line: string) => terminal.err(`${line}\n`),
  };
  if (!forPeople) return jsonPrinter(output);
  const width = () => (isDisplay(display) ? display.columns : 120);
  return humanPrinter(output, hasColour(terminal), () => new Date(), width);
}

function readCount(text: string): number {
  const count = Number(text);
  if (/^[1-9]\d{0,5}$/.test(text)) return count;
  throw new InvalidArgumentError("It must be a whole number from 1.");
}

/** Colours where a person reads, unless they asked for none. @see https://no-color.org */
function hasColour(terminal: Terminal): boolean {
  return terminal.isInteractive && !terminal.env["NO_COLOR"] && terminal.env["TERM"] !== "dumb";
}
