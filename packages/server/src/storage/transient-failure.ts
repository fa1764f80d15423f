// Telling failures that a second try mends from others.

/** PostgreSQL's deadlock_detected and serialization_failure. @see https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
const postgresCodes: ReadonlySet<unknown> = new Set(["40P01", "40001"]);

/** Whether a transaction failed only because of others that ran at the same time. */
export function isTransientFailure(error: unknown): boolean {
  return error instanceof Error && "code" in error && postgresCodes.has(error.code);
}
