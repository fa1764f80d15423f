// The lines at the bottom of the terminal that say how the device is, while messages and the prompt scroll above them.

import type { Clock, Timer } from "@trefoil/protocol/clock";

/** A terminal of some size. */
export interface Display extends NodeJS.WritableStream {
  readonly columns: number;
  readonly rows: number;
}

/** Whether a stream is a terminal that has a size. */
export function isDisplay(stream: NodeJS.WritableStream | undefined): stream is Display {
  return (
    stream !== undefined &&
    "columns" in stream &&
    "rows" in stream &&
    Number(stream.columns) > 0 &&
    Number(stream.rows) > 0
  );
}

/** Fewest rows and columns that leave room for messages. */
const least = { rows: 10, columns: 40 } as const;
/** Milliseconds between two drawings of a changing device, and of one in which only time passes. */
const pace = { changed: 50, idle: 1_000 } as const;

const escape = "\u001b[";
const saveCursor = "\u001b7";
const restoreCursor = "\u001b8";

/** Draws below the region in which everything else scrolls. */
export class LiveView {
  readonly #display: Display;
  readonly #clock: Clock;
  readonly #height: number;
  readonly #lines: (width: number) => readonly string[];
  readonly #redrawn: () => void;
  #timer: Timer | undefined;
  #due: Timer | undefined;
  #isShown = false;
  #rows = 0;
  readonly #resized = () => this.#layOut();

  /**
   * @param height lines of the view
   * @param lines what it says, each line at most so many columns wide
   * @param redrawn called when the cursor was moved to an empty line: the prompt belongs there
   */
  constructor(
    display: Display,
    clock: Clock,
    height: number,
    lines: (width: number) => readonly string[],
    redrawn: () => void,
  ) {
    this.#display = display;
    this.#clock = clock;
    this.#height = height;
    this.#lines = lines;
    this.#redrawn = redrawn;
  }

  /** Shows it. */
  open(): void {
    this.#display.on("resize", this.#resized);
    this.#layOut();
    this.#tick();
  }

  /** Something changed: it is drawn soon. */
  changed(): void {
    if (this.#due !== undefined) return;
    this.#due = this.#clock.after(pace.changed, () => {
      this.#due = undefined;
      this.#draw();
    });
  }

  /** Takes it away and gives the whole terminal back. */
  close(): void {
    this.#display.off("resize", this.#resized);
    this.#timer?.cancel();
    this.#due?.cancel();
    if (!this.#isShown) return;
    this.#isShown = false;
    const below = `${escape}${this.#rows - this.#height + 1};1H${escape}J`;
    this.#display.write(`${escape}r${below}`);
  }

  #tick(): void {
    this.#timer = this.#clock.after(pace.idle, () => {
      this.#draw();
      this.#tick();
    });
  }

  #layOut(): void {
    const { rows, columns } = this.#display;
    const wasShown = this.#isShown;
    this.#isShown = rows >= least.rows && columns >= least.columns;
    this.#rows = rows;
    if (!this.#isShown) {
      if (wasShown) this.#display.write(`${escape}r${escape}${rows};1H`);
      this.#redrawn();
      return;
    }
    const region = rows - this.#height;
    // What stands where the view will be is scrolled up. After a change of size the cursor may be anywhere, and below the
    // region it would write over the view: it goes to the region's last line, right above the view.
    const room = wasShown ? "" : `${escape}${rows};1H${"\n".repeat(this.#height)}`;
    this.#display.write(`${room}${escape}1;${region}r${escape}${region};1H${escape}J`);
    this.#draw();
    this.#redrawn();
  }

  #draw(): void {
    if (!this.#isShown) return;
    const { columns } = this.#display;
    const first = this.#rows - this.#height + 1;
    const lines = this.#lines(columns).slice(0, this.#height);
    const text = lines.map((line, index) => `${escape}${first + index};1H${escape}2K${line}`);
    this.#display.write(`${saveCursor}${text.join("")}${restoreCursor}`);
  }
}
