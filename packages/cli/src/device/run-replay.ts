// `trefoil device --replay`: what was typed in a recorded session is typed again, and the answers are compared.

import { TrefoilError } from "@trefoil/protocol/errors";
import { type Session, carryOut } from "./carry-out.js";
import { type ReplayLine, differences } from "./replay.js";
import { readCommand } from "./typed-command.js";

/** How long events on their way may still take at the end, in milliseconds. */
const drain = 5_000;

/**
 * Types the lines again at the pace of the recording.
 * @throws {TrefoilError} `conflict` where other directives answer than then
 */
export async function runReplay(lines: readonly ReplayLine[], session: Session): Promise<void> {
  const { client, printer, recorder, clock, stop } = session;
  const answered: (readonly string[])[] = [];
  for (const { text, pause } of lines) {
    await new Promise<void>((resolve) => {
      const timer = clock.after(pause, resolve);
      stop.addEventListener("abort", () => (timer.cancel(), resolve()), { once: true });
    });
    if (stop.aborted) break;
    const command = readCommand(text);
    recorder?.typed(text);
    answered.push(
      command === undefined || command.kind === "quit" ? [] : await carryOut(command, session),
    );
  }
  await client.close({ drain: stop.aborted ? 0 : drain });
  if (stop.aborted) return;
  const found = differences(lines, answered);
  for (const line of found) printer.say(`different: ${line}`);
  if (found.length > 0) {
    throw new TrefoilError(
      "conflict",
      `${found.length} of ${lines.length} lines were answered otherwise than in the recording`,
    );
  }
  printer.say(`all ${lines.length} lines were answered as in the recording`);
}
