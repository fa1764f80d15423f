// Whether another program is connected as the same device: the gateway ends the older downchannel each time, so that both end
// each other's for ever.

/** Downchannels in a row that are ended shortly after they opened before it is said. A gateway that restarts ends one. */
const suspicious = 3;

/** Counts downchannels that the gateway ended in good order shortly after they had opened. */
export class Rivalry {
  readonly #shortly: number;
  #count = 0;
  #isSaid = false;

  /** @param shortly milliseconds after which a downchannel that stayed open is a good one */
  constructor(shortly: number) {
    this.#shortly = shortly;
  }

  /**
   * The gateway ended a downchannel in good order, and not because this client opened another one.
   * @param lasted milliseconds for which it was open
   * @returns true where another program is to be suspected, and only the first time
   */
  ended(lasted: number): boolean {
    this.#count = lasted < this.#shortly ? this.#count + 1 : 0;
    if (this.#isSaid || this.#count < suspicious) return false;
    this.#isSaid = true;
    return true;
  }
}
