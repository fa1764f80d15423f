// Statements for many rows at once. How many varies, and each number would be a text of its own: so they are cut into pieces of
// a few sizes.

import type { Compilable, Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { Statement, type Step } from "./statement.js";

/** Largest number of rows in one statement: ten parameters a row stay well below SQLite's limit. */
const largestBatch = 256;

/** Cuts a list into pieces whose sizes are powers of two. */
export function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  let start = 0;
  for (let size = largestBatch; size >= 1; size /= 2) {
    while (items.length - start >= size) {
      yield items.slice(start, start + size);
      start += size;
    }
  }
}

/**
 * A statement for any number of rows.
 * @typeParam T a row's parameters by name
 * @typeParam R a row of what it answers
 */
export class BatchStatement<T extends object, R> {
  readonly #build: (db: Kysely<Schema>, rows: readonly T[]) => Compilable<R>;
  readonly #bySize = new Map<number, Statement<readonly T[], R>>();

  /** @param build as that of {@link Statement}, for as many rows as it is given */
  constructor(build: (db: Kysely<Schema>, rows: readonly T[]) => Compilable<R>) {
    this.#build = build;
  }

  /** The steps that do it for all rows, in their order. */
  *over(rows: readonly T[]): Generator<Step<R>> {
    for (const batch of batches(rows)) yield this.#ofSize(batch.length).with(batch);
  }

  #ofSize(size: number): Statement<readonly T[], R> {
    const known = this.#bySize.get(size);
    if (known !== undefined) return known;
    const statement = new Statement(this.#build, size);
    this.#bySize.set(size, statement);
    return statement;
  }
}
