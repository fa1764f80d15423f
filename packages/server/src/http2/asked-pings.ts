// The PINGs of a connection that wait for their ACKs.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-6.7

interface Asked {
  readonly number: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class AskedPings {
  #asked: Asked[] = [];
  #last = 0;

  /**
   * @param send sends a PING that carries the number
   * @returns a promise of its ACK, which is rejected when the connection ends first
   */
  ask(send: (number: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const number = (this.#last = (this.#last + 1) >>> 0);
      this.#asked.push({ number, resolve, reject });
      send(number);
    });
  }

  /** @returns false where there was no such PING */
  acknowledged(number: number): boolean {
    const index = this.#asked.findIndex((asked) => asked.number === number);
    if (index === -1) return false;
    const [asked] = this.#asked.splice(index, 1);
    asked?.resolve();
    return true;
  }

  /** No ACK comes any more. */
  end(): void {
    const error = new Error("The connection ended before its PING was acknowledged.");
    for (const { reject } of this.#asked) reject(error);
    this.#asked = [];
  }
}
