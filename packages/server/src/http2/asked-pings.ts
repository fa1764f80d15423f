// The PINGs of a connection that wait for their ACKs.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-6.7

interface Asked {
  readonly number: number;
  readonly answered: (isAcknowledged: boolean) => void;
}

export class AskedPings {
  #asked: Asked[] = [];
  #last = 0;

  /**
   * @param answered called with true when the ACK is here, with false when none comes any more
   * @returns the number that the PING is to carry
   */
  ask(answered: (isAcknowledged: boolean) => void): number {
    const number = (this.#last = (this.#last + 1) >>> 0);
    this.#asked.push({ number, answered });
    return number;
  }

  /** @returns false where there was no such PING */
  acknowledged(number: number): boolean {
    const index = this.#asked.findIndex((asked) => asked.number === number);
    if (index === -1) return false;
    const [asked] = this.#asked.splice(index, 1);
    asked?.answered(true);
    return true;
  }

  /** No ACK comes any more. */
  end(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (const { answered } of asked) answered(false);
  }
}
