// What a simulated device shows: lines for people, or JSON lines for programs.

import type { ClientNotice, ReceivedDirective } from "@trefoil/client/node";
import type { MessageName } from "@trefoil/protocol/messages";
import pico from "picocolors";
import { printable } from "../printable.js";
import { fold } from "./fold.js";

/** Where lines go. */
export interface Output {
  /** A line of the result. */
  readonly out: (line: string) => void;
  /** A line about how it goes. */
  readonly note: (line: string) => void;
}

/** Shows what happens to a device. */
export interface Printer {
  directive(directive: ReceivedDirective): void;
  sent(name: MessageName, payload: object): void;
  failed(what: string, error: unknown): void;
  notice(notice: ClientNotice): void;
  attachment(contentId: string, bytes: number, error: unknown): void;
  say(text: string): void;
  /** Something that was asked for, as JSON. */
  result(value: object): void;
  /** A message whole. @param back 1 for the last one, 2 for the one before */
  show(back: number): void;
}

/** Messages that {@link Printer.show} can go back. */
const remembered = 99;

/** A directive as one line of JSON, as it travels: `{"directive":{"header":...,"payload":...}}`. */
export function directiveLine(directive: ReceivedDirective): string {
  return JSON.stringify({ directive });
}

/** For programs: directives on the result, everything else beside it. */
export function jsonPrinter({ out, note }: Output): Printer {
  return {
    result: (value) => out(JSON.stringify(value)),
    // Every message was printed whole.
    show: () => undefined,
    directive: (directive) => out(directiveLine(directive)),
    sent: () => undefined,
    failed: (what, error) => note(`${what}: ${messageOf(error)}`),
    notice(notice) {
      const line = describe(notice);
      if (line !== undefined) note(line.text);
    },
    attachment: (contentId, bytes, error) =>
      note(
        error === undefined
          ? `attachment cid:${printable(contentId)}: ${bytes} bytes`
          : `attachment cid:${printable(contentId)}: ${messageOf(error)}`,
      ),
    say: (text) => note(text),
  };
}

/**
 * For people.
 * @param width columns of a line, as they are at the moment
 */
export function humanPrinter(
  { out }: Output,
  colour: boolean,
  time: () => Date,
  width: () => number = () => 120,
): Printer {
  const { bold, cyan, dim, green, red, yellow } = pico.createColors(colour);
  const messages: { readonly title: string; readonly payload: object }[] = [];
  const line = (mark: string, text: string) =>
    out(`${dim(time().toTimeString().slice(0, 8))} ${mark} ${text}`);
  /** @param length of what stands before the payload, without what colours it */
  const message = (mark: string, title: string, length: number, payload: object) => {
    messages.push({ title, payload });
    if (messages.length > remembered) messages.shift();
    const left = Math.max(16, width() - "00:00:00 ← ".length - length - 3);
    const body = printable(fold(payload, left));
    line(mark, body === "{}" ? title : `${title}  ${body}`);
  };
  return {
    directive({ name, payload, header, source }) {
      const dialogue =
        header.dialogRequestId === undefined
          ? ""
          : ` #${printable(header.dialogRequestId).slice(0, 8)}`;
      const from = source === "downchannel" ? " downchannel" : "";
      const plain = printable(name);
      const title = `${bold(cyan(plain))}${dim(`${dialogue}${from}`)}`;
      message(cyan("←"), title, plain.length + dialogue.length + from.length, payload);
    },
    sent(name, payload) {
      const plain = printable(name);
      message(green("→"), bold(green(plain)), plain.length, payload);
    },
    failed: (what, error) => line(red("✗"), `${what}: ${messageOf(error)}`),
    notice(notice) {
      const described = describe(notice);
      if (described === undefined) return;
      const paint = { good: green, bad: yellow, quiet: dim }[described.mood];
      line(paint("●"), paint(described.text));
    },
    attachment(contentId, bytes, error) {
      const end = error === undefined ? `${bytes} bytes` : red(messageOf(error));
      line(cyan("♪"), `cid:${printable(contentId)}  ${end}`);
    },
    say: (text) => line(dim("●"), dim(text)),
    result: (value) => line(cyan("="), unfolded(value)),
    show(back) {
      const found = messages.at(-back);
      if (found === undefined) line(dim("●"), dim("there was no such message"));
      else line(cyan("="), `${found.title}${unfolded(found.payload)}`);
    },
  };
}

/** JSON below, indented. */
function unfolded(value: object): string {
  const lines = JSON.stringify(value, null, 2).split("\n");
  return lines.map((each) => `\n    ${printable(each)}`).join("");
}

interface Described {
  readonly mood: "good" | "bad" | "quiet";
  readonly text: string;
}

function describe(notice: ClientNotice): Described | undefined {
  switch (notice.kind) {
    case "connection":
      return describeConnection(notice.state, notice.previous);
    case "connection-contested":
      return {
        mood: "bad",
        text: "another program seems to be connected as this device; use --tokens to be another one",
      };
    case "directive-dropped": {
      const why =
        notice.reason === "stale" ? "belongs to an older request" : "came before: a repeat";
      return { mood: "quiet", text: `${printable(notice.directive.name)} dropped: ${why}` };
    }
    case "part-rejected":
      return {
        mood: "bad",
        text:
          notice.part.kind === "malformed-directive"
            ? `a directive was left out: ${messageOf(notice.part.error)}`
            : `an attachment was left out: no directive named it`,
      };
    case "event-queued":
      return { mood: "quiet", text: `${notice.name} waits for the connection` };
    case "event-given-up":
      return { mood: "bad", text: `${notice.name} given up: ${messageOf(notice.error)}` };
    case "token-store-failed":
      return { mood: "bad", text: "the tokens could not be saved" };
    case "tokens-refreshed":
      return { mood: "quiet", text: "the tokens were refreshed" };
    case "handler-failed": {
      const name = printable(notice.directive.name);
      const why = messageOf(notice.error).replace(`${name}: `, "");
      return { mood: "bad", text: `${name} was not carried out: ${why}` };
    }
    case "sign-in-needed":
    case "directive":
    case "directive-unhandled":
    case "dialogue":
    case "capture":
    case "context-failed":
      return undefined;
  }
}

type Connection = Extract<ClientNotice, { kind: "connection" }>;

function describeConnection(
  state: Connection["state"],
  previous: Connection["previous"],
): Described | undefined {
  switch (state.phase) {
    case "open":
      return previous.phase === "open" ? undefined : { mood: "good", text: "connected" };
    case "waiting": {
      const seconds = (state.delay / 1000).toFixed(1);
      const next = seconds === "0.0" ? "Trying again." : `Next try in ${seconds} s.`;
      return { mood: "bad", text: `${messageOf(state.cause)} ${next}` };
    }
    case "connecting":
    case "opening":
      return previous.phase === "open" ? { mood: "quiet", text: "reconnecting" } : undefined;
    case "closed":
    case "renewing":
    case "stopped":
      return undefined;
  }
}

function messageOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error));
}
