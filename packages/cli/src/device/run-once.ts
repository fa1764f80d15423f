// `trefoil device --once`: one question, its answer as JSON lines, and out.

import type { Client } from "@trefoil/client/node";
import { directiveLine } from "./printer.js";
import type { Recorder } from "./recording.js";
import { readCommand } from "./typed-command.js";

/** How long events on their way may still take at the end, in milliseconds. */
const drain = 2_000;

/**
 * Asks one thing on a connected client, prints every directive that answers it, on whichever way it comes, and closes.
 * @throws {TrefoilError} where the event is refused, or its answer is cut
 */
export async function runOnce(
  client: Client,
  text: string,
  out: (line: string) => void,
  recorder?: Recorder,
): Promise<void> {
  const dialogRequestId = crypto.randomUUID();
  const unwatch = client.watch((notice) => {
    if (notice.kind !== "directive") return;
    const { directive } = notice;
    const { source, header, payload } = directive;
    recorder?.directive(source, { header, payload });
    const isAnswer =
      directive.source === "response" || directive.header.dialogRequestId === dialogRequestId;
    if (isAnswer) out(directiveLine(directive));
  });
  try {
    recorder?.typed(asTyped(text));
    recorder?.event("TextRecognizer.Recognize", { text });
    const answer = await client.send("TextRecognizer.Recognize", { text }, { dialogRequestId });
    await answer.directives();
  } finally {
    unwatch();
    await client.close({ drain });
  }
}

/** What a person would type for it: words that are a command are to be said. */
function asTyped(text: string): string {
  const command = readCommand(text);
  return command?.kind === "say" && command.text === text ? text : `say ${text}`;
}
