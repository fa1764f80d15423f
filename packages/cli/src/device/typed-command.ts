// What a typed line means: one of a few commands, or something that is said to the platform.

import type { PlayerButton } from "@trefoil/client/virtual-device";

/** A line, understood. */
export type TypedCommand =
  /** Sent as TextRecognizer.Recognize. */
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "button"; readonly button: PlayerButton }
  | { readonly kind: "volume"; readonly value: number }
  /** A file of speech is uploaded. */
  | { readonly kind: "audio"; readonly file: string }
  /** Shows a message whole: 1 is the last one. */
  | { readonly kind: "show"; readonly back: number }
  | { readonly kind: "state" }
  | { readonly kind: "reconnect" }
  | { readonly kind: "help" }
  | { readonly kind: "quit" };

const buttons: ReadonlySet<string> = new Set(["play", "pause", "stop", "next", "previous"]);
const plain: ReadonlySet<string> = new Set(["state", "reconnect", "help", "quit"]);

/** What can be typed, a line each. */
export const commandHelp: readonly string[] = [
  "say TEXT      to the platform, as does any line that is no command",
  "play, pause, stop, next, previous    a button; stop silences an alert first",
  "volume 5      turns the knob",
  "audio FILE    uploads speech: WAV, 16 bit, one channel, 16 kHz",
  "state         what the device is doing, as JSON",
  "show [N]      the last message, or the one N before, unfolded",
  "reconnect     drops the connection and makes a new one",
  "quit          ends, as do Ctrl-D and Ctrl-C",
];

/**
 * Reads a line. A command is a command only as a whole: `play some jazz` is something that is said, and so is `say play`.
 * @returns undefined where nothing was typed
 */
export function readCommand(line: string): TypedCommand | undefined {
  const text = line.trim();
  if (text === "") return undefined;
  const [word = "", ...rest] = text.split(/\s+/);
  const argument = rest.join(" ");
  if (argument === "") {
    if (buttons.has(word)) return { kind: "button", button: word as PlayerButton };
    if (plain.has(word)) return { kind: word as "state" };
    if (word === "show") return { kind: "show", back: 1 };
  } else {
    if (word === "say") return { kind: "say", text: text.slice("say".length).trim() };
    if (word === "volume" && /^\d{1,3}$/.test(argument)) {
      return { kind: "volume", value: Number(argument) };
    }
    if (word === "audio") return { kind: "audio", file: text.slice("audio".length).trim() };
    if (word === "show" && /^[1-9]\d?$/.test(argument)) {
      return { kind: "show", back: Number(argument) };
    }
  }
  return { kind: "say", text };
}
