// `trefoil device`: stays connected, shows what arrives, and does what is typed.

import type { Attachment, Client } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import { type Session, carryOut } from "./carry-out.js";
import type { Printer } from "./printer.js";
import type { Screen } from "./screen.js";
import { readCommand } from "./typed-command.js";

/** How long events on their way may still take at the end, in milliseconds. */
const drain = 5_000;

/**
 * Runs until the input ends, `quit` is typed or the session is stopped.
 * @param session its client is connected
 * @throws {TrefoilError} where the server wants the device no longer
 */
export async function runInteractive(session: Session, screen: Screen): Promise<void> {
  const { client, recorder, stop } = session;
  let refused: TrefoilError | undefined;
  const unwatch = client.watch((notice) => {
    if (notice.kind === "connection" && notice.state.phase === "stopped") {
      refused = refusalOf(notice.state.reason, notice.state.cause);
      screen.close();
    }
  });
  const end = () => screen.close();
  stop.addEventListener("abort", end, { once: true });
  if (stop.aborted) end();
  try {
    screen.prompt();
    for await (const line of screen) {
      const command = readCommand(line);
      if (command?.kind === "quit") break;
      if (command !== undefined) {
        recorder?.typed(line.trim());
        // A pipe's lines are carried out one after another, as a person would.
        await carryOut(command, session);
      }
      screen.prompt();
      if (stop.aborted || refused !== undefined) break;
    }
  } finally {
    unwatch();
    stop.removeEventListener("abort", end);
  }
  await client.close({ drain: stop.aborted ? 0 : drain });
  if (refused !== undefined) throw refused;
}

/** Shows what a client gets, from now on. */
export function showDirectives(client: Client, printer: Printer): void {
  client.watch((notice) => {
    if (notice.kind === "directive") {
      printer.directive(notice.directive);
    } else if (notice.kind === "connection" && notice.state.phase === "waiting") {
      // Where a first connection is given up, the pause is over in the turn in which it began: nothing is tried again.
      queueMicrotask(() => {
        if (client.state === notice.state) printer.notice(notice);
      });
    } else {
      printer.notice(notice);
    }
  });
  client.on("*", async (directive) => {
    for (const attachment of directive.attachments.values()) {
      await showAttachment(attachment, directive.signal, printer);
    }
  });
}

async function showAttachment(
  attachment: Attachment,
  signal: AbortSignal,
  printer: Printer,
): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of attachment) bytes += chunk.length;
    if (!signal.aborted) printer.attachment(attachment.contentId, bytes, undefined);
  } catch (error) {
    printer.attachment(attachment.contentId, bytes, error);
  }
}

function refusalOf(reason: "sign-in" | "forbidden", cause: TrefoilError): TrefoilError {
  const message =
    reason === "sign-in"
      ? `the server no longer accepts this device's tokens (${cause.message}); run this again to sign in anew`
      : `the server does not want this device: ${cause.message}`;
  return new TrefoilError("access_denied", message, { cause });
}
