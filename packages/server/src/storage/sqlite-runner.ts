// Compiled statements on the embedded database. A script runs from its first step to its last without giving the event loop
// back, and the scripts of one turn share one transaction: the disk is asked once for all of them to be durable.

import type { SqliteConnection, SqliteResult } from "./sqlite-connection.js";
import { beginWrite } from "./sqlite-dialect.js";
import type {
  Script,
  StatementResult,
  StatementRunner,
  StatementTexts,
  Step,
} from "./statement.js";

/** How many scripts share a transaction at most: for so long nothing else happens in this process. */
const largestGroup = 64;

/** A script that waits for its transaction. */
interface Waiting {
  /** Runs it, and keeps what it came to until that is durable. */
  run(): void;
  /** It is durable. */
  committed(): void;
  failed(error: unknown): void;
}

export class SqliteRunner implements StatementRunner {
  readonly #connection: SqliteConnection;
  readonly #texts: StatementTexts;
  #waiting: Waiting[] = [];

  constructor(connection: SqliteConnection, texts: StatementTexts) {
    this.#connection = connection;
    this.#texts = texts;
  }

  async run<R>(step: Step<R>): Promise<StatementResult<R>> {
    const { turnstile } = this.#connection;
    const { sql, bind } = this.#texts.of(step);
    await turnstile.enter();
    try {
      const result = await this.#connection.executeWhenFree(sql, bind(step.parameters));
      return resultOf<R>(result);
    } finally {
      turnstile.leave();
    }
  }

  write<T>(script: Script<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let value: T;
      this.#waiting.push({
        run: () => (value = this.#follow(script)),
        committed: () => resolve(value),
        failed: reject,
      });
      // The group is closed at the end of this turn of the event loop: what one burst brings goes together.
      if (this.#waiting.length === 1) setImmediate(() => void this.#writeWaiting());
    });
  }

  async #writeWaiting(): Promise<void> {
    const { turnstile } = this.#connection;
    await turnstile.enter();
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      for (let start = 0; start < waiting.length; start += largestGroup) {
        await this.#writeGroup(waiting.slice(start, start + largestGroup));
      }
    } catch (error) {
      // No lock to be had, or a disk that takes nothing back: those that are done already do not hear of it.
      for (const one of waiting) one.failed(error);
    } finally {
      turnstile.leave();
    }
  }

  /**
   * Runs scripts in one transaction. Where one of them fails none has happened, and each is run again by itself: so no
   * script ever sees what a failed one did, and none fails for another.
   */
  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    await this.#connection.executeWhenFree(beginWrite, []);
    // From here to the commit nothing waits.
    try {
      for (const one of group) one.run();
      this.#connection.execute("commit", []);
    } catch (error) {
      this.#connection.rollBack();
      if (group.length === 1) group[0]?.failed(error);
      else for (const one of group) await this.#writeGroup([one]);
      return;
    }
    for (const one of group) one.committed();
  }

  #follow<T>(script: Script<T>): T {
    const steps = script();
    let next = steps.next();
    while (next.done !== true) {
      const { sql, bind } = this.#texts.of(next.value);
      next = steps.next(resultOf(this.#connection.execute(sql, bind(next.value.parameters))));
    }
    return next.value;
  }
}

function resultOf<R>(result: SqliteResult): StatementResult<R> {
  if (!result.reads) return { rows: [], changes: result.changes };
  return { rows: result.rows as R[], changes: 0 };
}
