// What was sent to a device, what the server accepted, and what arrived: the promise of docs/delivery.md, checked.

/** What a test run comes to. */
export interface Tally {
  /** Directives that were sent, accepted or not. */
  readonly sent: number;
  /** Those that the server said it has. */
  readonly accepted: number;
  /** Different directives that arrived. */
  readonly received: number;
  /** Arrivals of directives that had arrived before. */
  readonly repeated: number;
  /** Accepted and never arrived. */
  readonly lost: number;
  /** Breaches of order and of identity, in words. */
  readonly breaches: readonly string[];
}

/** The directives of one device. Their numbers rise in the order in which they were sent, and may leave some out. */
export class Ledger {
  readonly device: string;
  readonly breaches: string[] = [];
  readonly #idOf: (number: number) => string;
  readonly #accepted = new Set<number>();
  readonly #received = new Map<number, string>();
  #sent = 0;
  #repeated = 0;
  /** The greatest number that has arrived. */
  #newest = 0;

  /** @param idOf the `messageId` that the directive of a number goes by */
  constructor(device: string, idOf: (number: number) => string) {
    this.device = device;
    this.#idOf = idOf;
  }

  /** One more is being sent. */
  send(): void {
    this.#sent++;
  }

  /** The server says that it has it. */
  accept(number: number): void {
    this.#accepted.add(number);
  }

  /**
   * A directive arrived.
   * @param last the number that came before it on the same downchannel, 0 where it is the first
   * @returns whether it had not arrived before
   */
  receive(number: number, messageId: string, last: number): boolean {
    const earlier = this.#received.get(number);
    if (earlier !== undefined) {
      this.#repeated++;
      if (earlier !== messageId) this.#breach(`${number} came again as ${messageId}`);
    } else {
      if (messageId !== this.#idOf(number)) this.#breach(`${number} came as ${messageId}`);
      if (number < this.#newest) this.#breach(`${number} came first after ${this.#newest}`);
      this.#received.set(number, messageId);
    }
    if (number <= last) this.#breach(`${number} came after ${last} on one downchannel`);
    this.#newest = Math.max(this.#newest, number);
    return earlier === undefined;
  }

  /** Accepted and not arrived yet. */
  get missing(): readonly number[] {
    return [...this.#accepted].filter((number) => !this.#received.has(number));
  }

  tally(): Tally {
    return {
      sent: this.#sent,
      accepted: this.#accepted.size,
      received: this.#received.size,
      repeated: this.#repeated,
      lost: this.missing.length,
      breaches: this.breaches,
    };
  }

  #breach(what: string): void {
    this.breaches.push(`${this.device}: ${what}`);
  }
}

/** All devices together. */
export function total(ledgers: readonly Ledger[]): Tally {
  const tallies = ledgers.map((ledger) => ledger.tally());
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((all, tally) => all + of(tally), 0);
  return {
    sent: sum(({ sent }) => sent),
    accepted: sum(({ accepted }) => accepted),
    received: sum(({ received }) => received),
    repeated: sum(({ repeated }) => repeated),
    lost: sum(({ lost }) => lost),
    breaches: tallies.flatMap(({ breaches }) => breaches),
  };
}
