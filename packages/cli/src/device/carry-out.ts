// Does what was typed.

import { resolve } from "node:path";
import type { Client } from "@trefoil/client/node";
import type { VirtualDevice } from "@trefoil/client/virtual-device";
import type { Clock } from "@trefoil/protocol/clock";
import type { Printer } from "./printer.js";
import type { Recorder } from "./recording.js";
import { readSpeech, spoken } from "./speech-file.js";
import { type TypedCommand, commandHelp } from "./typed-command.js";

/** What commands act on. */
export interface Session {
  readonly client: Client;
  readonly device: VirtualDevice;
  readonly printer: Printer;
  readonly recorder: Recorder | undefined;
  readonly clock: Clock;
  /** The working directory, absolute. */
  readonly cwd: string;
  /** Aborted when the device is to end. */
  readonly stop: AbortSignal;
}

/**
 * Carries a command out; failures are shown.
 * @returns the names of directives that answered it, in order
 */
export async function carryOut(
  command: Exclude<TypedCommand, { kind: "quit" }>,
  session: Session,
): Promise<readonly string[]> {
  const { client, device, printer } = session;
  try {
    switch (command.kind) {
      case "say":
        return await say(command.text, session);
      case "audio":
        return await sayFile(command.file, session);
      case "button":
        // The button of a device that rings is for the alert first.
        if (command.button === "stop" && device.alerts.requestStop()) return [];
        device.press(command.button);
        return [];
      case "volume":
        device.setVolume(command.value);
        return [];
      case "state":
        printer.result({ state: stateOf(session) });
        return [];
      case "show":
        printer.show(command.back);
        return [];
      case "help":
        for (const line of commandHelp) printer.say(line);
        return [];
      case "reconnect":
        await client.close();
        await client.connect({ signal: session.stop });
        return [];
    }
  } catch (error) {
    if (!session.stop.aborted) printer.failed(failureOf(command.kind), error);
    return [];
  }
}

function failureOf(kind: TypedCommand["kind"]): string {
  return kind === "reconnect" ? "not connected" : "not answered";
}

async function say(text: string, session: Session): Promise<readonly string[]> {
  const { client, printer, recorder, stop } = session;
  printer.sent("TextRecognizer.Recognize", { text });
  recorder?.event("TextRecognizer.Recognize", { text });
  const answer = await client.send("TextRecognizer.Recognize", { text }, { signal: stop });
  return namesOf(await answer.directives(), answer.status, printer);
}

async function sayFile(file: string, session: Session): Promise<readonly string[]> {
  const { client, printer, recorder, clock, stop, cwd } = session;
  const samples = await readSpeech(resolve(cwd, file));
  const seconds = (samples.length / 32_000).toFixed(1);
  printer.sent("SpeechRecognizer.Recognize", { audio: `${seconds} s` });
  recorder?.event("SpeechRecognizer.Recognize", { audio: `${seconds} s` });
  const recognition = client.recognize(spoken(samples, clock), {
    lang: "ko",
    signal: stop,
    onText: (text) => printer.say(`understood so far: ${text}`),
  });
  const end = await recognition.captured;
  if (end === "stop-capture") printer.say("the gateway has heard enough");
  const answer = await recognition.answer;
  return namesOf(await answer.directives(), answer.status, printer);
}

function namesOf(
  directives: readonly { readonly name: string }[],
  status: number,
  printer: Printer,
): readonly string[] {
  if (status === 204) printer.say("no directive in answer (204)");
  return directives.map(({ name }) => name);
}

function stateOf({ client, device }: Session): object {
  return {
    connection: client.state.phase,
    dialogRequestId: client.dialogRequestId,
    player: device.player.state(),
    alerts: device.alerts.state(),
    device: device.state,
    muted: device.muted,
    indicator: device.indicator,
    shown: device.shown,
  };
}
