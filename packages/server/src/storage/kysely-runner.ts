// Compiled statements run through Kysely: on PostgreSQL, and inside the transactions that Kysely holds on either database.

import { CompiledQuery, type Kysely } from "kysely";
import type { Schema } from "./schema.js";
import type {
  Script,
  StatementResult,
  StatementRunner,
  StatementTexts,
  Step,
} from "./statement.js";
import { writeTransaction } from "./write-transaction.js";

export class KyselyRunner implements StatementRunner {
  readonly #db: Kysely<Schema>;
  readonly #texts: StatementTexts;

  /** @param db the database, or a transaction: then scripts are part of it */
  constructor(db: Kysely<Schema>, texts: StatementTexts) {
    this.#db = db;
    this.#texts = texts;
  }

  async run<R>(step: Step<R>): Promise<StatementResult<R>> {
    const { sql, bind } = this.#texts.of(step);
    const query = CompiledQuery.raw(sql, bind(step.parameters)) as CompiledQuery<R>;
    const { rows, numAffectedRows } = await this.#db.executeQuery(query);
    return { rows, changes: Number(numAffectedRows ?? 0n) };
  }

  write<T>(script: Script<T>): Promise<T> {
    if (this.#db.isTransaction) return this.#follow(script);
    return writeTransaction(this.#db, (transaction) =>
      new KyselyRunner(transaction, this.#texts).#follow(script),
    );
  }

  async #follow<T>(script: Script<T>): Promise<T> {
    const steps = script();
    let next = steps.next();
    while (next.done !== true) {
      next = steps.next(await this.run(next.value));
    }
    return next.value;
  }
}
