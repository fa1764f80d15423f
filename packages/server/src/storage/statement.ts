// Statements that are kept compiled. They are written with Kysely, once for both databases, like all others; but their text
// is made once for each database and not for each run, which costs more than running them. For what many devices do often;
// everything else asks Kysely as it goes.

import type { Compilable, Kysely } from "kysely";
import type { Schema } from "./schema.js";

/** What running a statement gave. */
export interface StatementResult<R> {
  readonly rows: readonly R[];
  /** How many rows it wrote; of a statement that answers what it wrote, the rows are to be counted. */
  readonly changes: number;
}

/** Stands for a parameter's value while a statement is compiled. */
class Placeholder {
  readonly name: string;
  /** Of a statement that takes rows: which one it is a parameter of. */
  readonly row: number | undefined;

  constructor(name: string, row: number | undefined) {
    this.name = name;
    this.row = row;
  }

  /** @param parameters what the statement is run with */
  valueIn(parameters: object): unknown {
    const owner = this.row === undefined ? parameters : (parameters as readonly object[])[this.row];
    return (owner as Readonly<Record<string, unknown>>)[this.name];
  }

  /** A statement that computed with it, or chose by it, would be another one for each value. */
  [Symbol.toPrimitive](): never {
    throw new Error(`The parameter ${this.name} has no value while its statement is compiled.`);
  }
}

/** Has a placeholder for whatever parameter it is asked for. */
const placeholders = (row?: number): object =>
  new Proxy({}, { get: (_target, name) => new Placeholder(String(name), row) });

/** A statement's text for one database. */
export interface CompiledStatement {
  readonly sql: string;
  /** The values in the order of the text. */
  readonly bind: (values: object) => unknown[];
}

/**
 * A statement whose runs differ in nothing but its parameters.
 * @typeParam P the parameters by name, or a list of rows of them
 * @typeParam R a row of what it answers
 */
export class Statement<P extends object, R> {
  readonly #build: (db: Kysely<Schema>, parameters: P) => Compilable<R>;
  readonly #rows: number | undefined;

  /**
   * @param build hands the parameters on to Kysely and neither computes with them nor chooses by them: they are no values yet
   * @param rows how many rows of parameters it takes, where it takes rows
   */
  constructor(build: (db: Kysely<Schema>, parameters: P) => Compilable<R>, rows?: number) {
    this.#build = build;
    this.#rows = rows;
  }

  /** The statement with its values, to be run. */
  with(parameters: P): Step<R> {
    return new Step(this, parameters);
  }

  compile(db: Kysely<Schema>): CompiledStatement {
    const parameters =
      this.#rows === undefined
        ? placeholders()
        : Array.from({ length: this.#rows }, (_, row) => placeholders(row));
    const { sql, parameters: slots } = this.#build(db, parameters as P).compile();
    return {
      sql,
      bind: (values) =>
        slots.map((slot) => (slot instanceof Placeholder ? slot.valueIn(values) : slot)),
    };
  }
}

/** One run of a statement. In a {@link Script}, `yield*` runs it. */
export class Step<R> {
  readonly statement: Statement<never, R>;
  readonly parameters: object;

  constructor(statement: Statement<never, R>, parameters: object) {
    this.statement = statement;
    this.parameters = parameters;
  }

  *[Symbol.iterator](): Generator<Step<unknown>, StatementResult<R>, StatementResult<unknown>> {
    return (yield this) as StatementResult<R>;
  }
}

/**
 * A transaction as a list of steps, of which each may depend on the results of those before. It waits for nothing but its
 * steps, so that an embedded database can run it without a pause; and it does nothing that cannot be done twice, because it
 * is run again where others stood in its way.
 */
export type Script<T> = () => Generator<Step<unknown>, T, StatementResult<unknown>>;

/** Runs statements that are kept compiled. */
export interface StatementRunner {
  /** Runs one, as a transaction of its own or in the one that this runner belongs to. */
  run<R>(step: Step<R>): Promise<StatementResult<R>>;
  /** Runs a script in one write transaction: all of it happens, or nothing. Resolves when it is durable. */
  write<T>(script: Script<T>): Promise<T>;
}

/** The texts of the statements for one database. */
export class StatementTexts {
  readonly #db: Kysely<Schema>;
  readonly #compiled = new Map<Statement<never, unknown>, CompiledStatement>();

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  of({ statement }: Step<unknown>): CompiledStatement {
    const known = this.#compiled.get(statement);
    if (known !== undefined) return known;
    const compiled = statement.compile(this.#db);
    this.#compiled.set(statement, compiled);
    return compiled;
  }
}
