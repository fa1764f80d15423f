// A secret that a person types: asked for, and never shown on the screen.

import { TrefoilError } from "@trefoil/protocol/errors";

/** The keyboard: the part of a terminal's input stream that is needed here. */
export interface Keyboard {
  /** Raw: what is typed comes key by key, and the terminal does not show it. */
  setRawMode(raw: boolean): unknown;
  on(event: "data", listener: (typed: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (typed: Buffer) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Keys that a terminal in raw mode does not act on: this does. */
const interrupt = "\u0003";
const endOfInput = "\u0004";
const eraseLine = "\u0015";
const backspaces: ReadonlySet<string> = new Set(["\b", "\u007f"]);

const maxLength = 8_192;

/**
 * Asks for a secret and reads one line of it. The keyboard is given back as it was however that ends.
 * @param what what to ask for, as in `Password`
 * @param write where the question is shown: standard error, since standard output may go to a file
 * @throws {TrefoilError} `invalid_request` where nothing is typed, or the person gives up with Ctrl-C or Ctrl-D
 */
export async function readTyped(
  what: string,
  keyboard: Keyboard,
  write: (text: string) => void,
): Promise<string> {
  write(`${what}: `);
  keyboard.setRawMode(true);
  let secret: string | undefined;
  try {
    secret = await typedLine(keyboard);
  } finally {
    keyboard.setRawMode(false);
    keyboard.pause();
    write("\n");
  }
  if (secret === undefined) throw new TrefoilError("invalid_request", "given up");
  if (secret !== "") return secret;
  throw new TrefoilError("invalid_request", "nothing was typed");
}

/** @returns undefined where the person gave up */
function typedLine(keyboard: Keyboard): Promise<string | undefined> {
  return new Promise((resolve) => {
    const decoder = new TextDecoder();
    let line: string[] = [];
    const finish = (result: string | undefined) => {
      keyboard.off("data", onData);
      keyboard.off("end", onEnd);
      resolve(result);
    };
    const onEnd = () => finish(undefined);
    const onData = (typed: Buffer) => {
      for (const character of decoder.decode(typed, { stream: true })) {
        if (character === "\r" || character === "\n") return finish(line.join(""));
        if (character === interrupt || character === endOfInput) return finish(undefined);
        if (backspaces.has(character)) line.pop();
        else if (character === eraseLine) line = [];
        else if (line.length < maxLength) line.push(character);
      }
    };
    keyboard.on("data", onData);
    keyboard.on("end", onEnd);
    keyboard.resume();
  });
}
