// Telling "that is already there" from other failures, for both databases.

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY. @see https://www.sqlite.org/rescode.html */
const sqliteCodes: ReadonlySet<unknown> = new Set([2067, 1555]);

/** PostgreSQL's unique_violation. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const postgresCode = "23505";

/** Whether a statement failed because a unique value was taken. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("errcode" in error && sqliteCodes.has(error.errcode)) return true;
  return "code" in error && error.code === postgresCode;
}
