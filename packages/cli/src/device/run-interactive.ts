// `trefoil device`: stays connected, shows what arrives, and asks what is typed.

import type { Attachment, Client } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Printer } from "./printer.js";
import type { Screen } from "./screen.js";

/** How long events on their way may still take at the end, in milliseconds. */
const drain = 5_000;

/**
 * Runs until the input ends or `stop` is aborted.
 * @param client connected
 * @throws {TrefoilError} where the server wants the device no longer
 */
export async function runInteractive(
  client: Client,
  screen: Screen,
  printer: Printer,
  stop: AbortSignal,
): Promise<void> {
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
      const text = line.trim();
      // A pipe's lines are asked one after another, as a person would.
      if (text !== "") await ask(client, text, printer, stop);
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

async function ask(
  client: Client,
  text: string,
  printer: Printer,
  signal: AbortSignal,
): Promise<void> {
  printer.sent("TextRecognizer.Recognize", JSON.stringify(text));
  try {
    const answer = await client.send("TextRecognizer.Recognize", { text }, { signal });
    await answer.directives();
    if (answer.status === 204) printer.say("no directive in answer (204)");
  } catch (error) {
    if (!signal.aborted) printer.failed("not answered", error);
  }
}

function refusalOf(reason: "sign-in" | "forbidden", cause: TrefoilError): TrefoilError {
  const message =
    reason === "sign-in"
      ? `the server no longer accepts this device's tokens (${cause.message}); run this again to sign in anew`
      : `the server does not want this device: ${cause.message}`;
  return new TrefoilError("access_denied", message, { cause });
}
