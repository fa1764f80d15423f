// `trefoil device` with one device: signs in, connects, shows what happens, and gives the terminal back at the end.

import { resolve } from "node:path";
import { type Client, attachedClock } from "@trefoil/client/node";
import type { Target } from "../known-server/index.js";
import { type Terminal, hasColour } from "../terminal.js";
import type { DeviceProcess } from "./device-process.js";
import { embody } from "./embodiment.js";
import { statusHeight, statusLines } from "./live-status.js";
import { LiveView, isDisplay } from "./live-view.js";
import { type Printer, humanPrinter, jsonPrinter } from "./printer.js";
import { beginRecording, readRecording } from "./recording.js";
import { replayLines } from "./replay.js";
import { runInteractive, showDirectives } from "./run-interactive.js";
import { runReplay } from "./run-replay.js";
import { Screen } from "./screen.js";
import { signInAndConnect } from "./sign-in.js";

/** What of the command line says how a session goes. */
export interface SessionOptions {
  readonly json?: true;
  readonly record?: string;
  readonly replay?: string;
}

/** One device, for a person, a pipe or a recording. */
export async function runSession(context: {
  readonly client: Client;
  readonly id: string;
  readonly target: Target;
  readonly options: SessionOptions;
  readonly terminal: Terminal;
  readonly parts: DeviceProcess;
  readonly end: {
    /** Aborted when the device is to end. */
    readonly signal: AbortSignal;
    /** The person asks for that. */
    readonly interrupt: () => void;
    /** Rejects then. */
    readonly stopped: Promise<never>;
  };
}): Promise<void> {
  const { client, id, target, options, terminal, parts, end } = context;
  const clock = parts.clientOptions.clock ?? attachedClock;
  const forPeople = terminal.isInteractive && options.json !== true;
  const display = forPeople ? parts.display : undefined;
  const lines =
    options.replay === undefined
      ? undefined
      : replayLines(await readRecording(resolve(terminal.cwd, options.replay)));
  const recorder = await beginRecording(options.record, terminal.cwd, clock);
  const screen = new Screen(parts.keyboard(), display, (text) => terminal.out(text));
  screen.onInterrupt(end.interrupt);
  const printer = printerFor(screen, terminal, forPeople, display);
  let view: LiveView | undefined;
  const giveTerminalBack = (): void => {
    screen.close();
    view?.close();
  };
  // However the process ends, and whatever is still being closed: a terminal must not be left with a part of it cut off.
  const forgetExit = parts.onExit(giveTerminalBack);
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
    await Promise.race([connected, end.stopped]);
    const session = {
      client,
      device,
      printer,
      recorder,
      clock,
      cwd: terminal.cwd,
      stop: end.signal,
    };
    if (lines === undefined) await runInteractive(session, screen);
    else await runReplay(lines, session);
    device.dispose();
  } finally {
    giveTerminalBack();
    forgetExit();
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
