// What happened to a fleet: how much of each kind, how long it took, what went wrong, and which directives are on their way.

/** Most errors that are kept in words; the rest are counted. */
const mostWords = 20;

export class Tally {
  pings = 0;
  events = 0;
  reconnects = 0;
  /** Directives that the server has accepted. */
  accepted = 0;
  /** Directives that came for the first time. */
  received = 0;
  /** Directives that came again: a connection ended before they were acknowledged. */
  repeated = 0;
  errors = 0;
  readonly words: string[] = [];
  /** Milliseconds from an event's first byte to the end of its answer. */
  readonly eventTimes: number[] = [];
  /** Milliseconds from the sender's request to the directive's last byte at its device. */
  readonly pushTimes: number[] = [];
  /** When each directive that has not come was sent, by its number. */
  readonly #waiting = new Map<number, number>();
  readonly #came = new Set<number>();
  #lastNumber = 0;

  /** A directive is about to be sent. @returns its number */
  send(now: number): number {
    const number = ++this.#lastNumber;
    this.#waiting.set(number, now);
    return number;
  }

  /** The server has accepted a directive, which may be there before. */
  accept(): void {
    this.accepted++;
  }

  /** Nobody has promised that a directive arrives. */
  refuse(number: number, why: string): void {
    this.#waiting.delete(number);
    this.fail(`directive ${number} was not accepted: ${why}`);
  }

  /** A directive has come. */
  receive(number: number, now: number): void {
    const sentAt = this.#waiting.get(number);
    if (sentAt === undefined) {
      if (this.#came.has(number)) this.repeated++;
      else this.fail(`directive ${number} came and was never sent`);
      return;
    }
    this.#waiting.delete(number);
    this.#came.add(number);
    this.received++;
    this.pushTimes.push(now - sentAt);
  }

  fail(what: string): void {
    this.errors++;
    if (this.words.length < mostWords) this.words.push(what);
  }

  /** How many directives are on their way. */
  get waiting(): number {
    return this.#waiting.size;
  }
}
