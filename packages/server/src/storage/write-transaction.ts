// Write transactions through Kysely, tried again where others stand in their way.

import type { Kysely, Transaction } from "kysely";
import type { Schema } from "./schema.js";
import { isTransientFailure } from "./transient-failure.js";

/** How often a transaction is tried that others keep standing in the way of. */
const maxTries = 4;

/** @param work run once for each try */
export async function writeTransaction<T>(
  db: Kysely<Schema>,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (tries >= maxTries || !isTransientFailure(error)) throw error;
    }
  }
}
