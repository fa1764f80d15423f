// Secrets that are typed: asked for, corrected, given up, and never shown.

import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { readTyped } from "./typed-secret.js";

/** A keyboard that a test types on; it notes which modes it was in. */
class TestKeyboard extends PassThrough {
  readonly modes: boolean[] = [];

  setRawMode(raw: boolean): void {
    this.modes.push(raw);
  }
}

async function type(...keys: (string | Buffer)[]) {
  const keyboard = new TestKeyboard();
  let shown = "";
  const reading = readTyped("Password", keyboard, (text) => void (shown += text)).catch(
    (error: unknown) => error,
  );
  for (const key of keys) keyboard.write(key);
  return { result: await reading, shown, keyboard };
}

it("asks, hides what is typed, and gives the terminal back", async () => {
  const { result, shown, keyboard } = await type("s3c", "ret\r");
  expect(result).toBe("s3cret");
  expect(shown).toBe("Password: \n");
  expect(keyboard.modes).toEqual([true, false]);
  expect(keyboard.isPaused()).toBe(true);
});

it("takes letters of more than one byte, whole or cut, and corrections", async () => {
  const [first, rest] = [Buffer.from("비밀").subarray(0, 4), Buffer.from("비밀").subarray(4)];
  expect((await type(first, rest, "\r")).result).toBe("비밀");
  expect((await type("wrong\u0015rigt\u007fht\n")).result).toBe("right");
});

it.each([
  ["Ctrl-C", "abc\u0003", "given up"],
  ["Ctrl-D", "\u0004", "given up"],
  ["nothing", "\r", "nothing was typed"],
])("is refused after %s", async (_, keys, message) => {
  const { result, keyboard } = await type(keys);
  expect(result).toMatchObject({ code: "invalid_request", message });
  expect(keyboard.modes).toEqual([true, false]);
});
