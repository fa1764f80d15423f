// Typed lines in, printed lines out, without the one tearing the other on a terminal.

import { type Interface, createInterface } from "node:readline";

/** Where typed lines come from. */
export interface Keyboard {
  readonly input: NodeJS.ReadableStream;
  /** Whether a person types. */
  readonly isInteractive: boolean;
}

/** Lines that may wait before the input is slowed. */
const backlogLimit = 64;

/** Lines between a person, or a pipe, and the command. */
export class Screen implements AsyncIterable<string> {
  readonly #lines: Interface;
  readonly #write: (text: string) => void;
  readonly #prompt: boolean;
  /** What was typed and not asked for yet: a pipe does not wait. */
  readonly #typed: string[] = [];
  #isOpen = true;
  #wake: (() => void) | undefined;

  /**
   * @param terminal where the prompt and what is typed are shown, where a person types
   * @param write writes to standard output
   */
  constructor(
    keyboard: Keyboard,
    terminal: NodeJS.WritableStream | undefined,
    write: (text: string) => void,
  ) {
    this.#prompt = keyboard.isInteractive && terminal !== undefined;
    this.#write = write;
    this.#lines = createInterface({
      input: keyboard.input,
      ...(this.#prompt && terminal !== undefined ? { output: terminal, prompt: "> " } : {}),
      terminal: this.#prompt,
      crlfDelay: Infinity,
    });
    this.#lines.on("line", (line) => {
      this.#typed.push(line);
      if (this.#typed.length >= backlogLimit) this.#lines.pause();
      this.#wake?.();
    });
    this.#lines.once("close", () => {
      this.#isOpen = false;
      this.#wake?.();
    });
  }

  /** Calls `listener` when a person presses Ctrl-C; in that mode no signal arrives. */
  onInterrupt(listener: () => void): void {
    this.#lines.on("SIGINT", listener);
  }

  /** Prints a line above what is being typed. */
  print(line: string): void {
    // Carriage return and "erase the line": the prompt with what was typed so far is drawn again below.
    this.#write(this.#prompt && this.#isOpen ? `\r\u001b[K${line}\n` : `${line}\n`);
    this.prompt();
  }

  /** Shows the prompt. */
  prompt(): void {
    if (this.#prompt && this.#isOpen) this.#lines.prompt(true);
  }

  /** Asks a question; resolves with whether the answer was the Return key rather than the end of input. */
  confirm(question: string): Promise<boolean> {
    if (!this.#prompt) return Promise.resolve(false);
    return new Promise((resolve) => {
      const closed = () => resolve(false);
      this.#lines.once("close", closed);
      this.#lines.question(question, () => {
        this.#lines.off("close", closed);
        resolve(true);
      });
    });
  }

  /** Each line that is typed, until the input ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const line = this.#typed.shift();
      if (line !== undefined) {
        if (this.#isOpen && this.#typed.length < backlogLimit) this.#lines.resume();
        yield line;
      } else if (this.#isOpen) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      } else {
        return;
      }
    }
  }

  close(): void {
    // The prompt would stand before whatever is printed next.
    if (this.#prompt && this.#isOpen) this.#write("\r\u001b[K");
    this.#lines.close();
  }
}
