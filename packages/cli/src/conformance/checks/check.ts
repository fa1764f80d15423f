// One check: a sentence of the documents, and how it is put to the test.

import type { Bench } from "../bench.js";

export type { Verdict } from "../verdict.js";

/** A check. */
export interface Check {
  /** Short, stable: what `--only` and `--skip` name. */
  readonly id: string;
  /** The sentence that is judged. */
  readonly says: string;
  /** Where it stands. */
  readonly document: Document;
  readonly section: string;
  /**
   * Puts it to the test.
   * @returns something worth telling although all is well
   * @throws {Violation | Inapplicable}
   */
  run(bench: Bench): Promise<string | undefined>;
}

/** The documents that the sentences are of. */
export type Document = "docs/protocol.md" | "docs/authorization.md";

/** Makes the checks of one section. */
export function section(document: Document, name: string) {
  return (
    id: string,
    says: string,
    run: (bench: Bench) => Promise<string | undefined | void>,
  ): Check => ({
    id,
    says,
    document,
    section: name,
    run: async (bench) => (await run(bench)) ?? undefined,
  });
}
