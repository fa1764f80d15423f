// What accounts agreed to: one row for each document of the terms and each of its versions.

import type { Kysely } from "kysely";
import type { ConsentTable, Schema } from "./schema.js";

export interface ConsentRecord {
  readonly accountId: string;
  readonly termsId: string;
  readonly version: string;
  /** In which language it was shown, as in `ja`. */
  readonly language: string;
  /** Whose code waited for it; null where it was given on the account's own pages. */
  readonly clientId: string | null;
  /** Milliseconds since the epoch. */
  readonly agreedAt: number;
  /** When it was taken back; null while it stands. */
  readonly withdrawnAt: number | null;
}

export interface ConsentStore {
  /** Notes agreement; a version that was agreed to before, or was taken back, is agreed to from now on. */
  agree(consent: Omit<ConsentRecord, "withdrawnAt">): Promise<void>;
  /** Everything that an account ever agreed to, newest first; with what was taken back. */
  list(accountId: string): Promise<readonly ConsentRecord[]>;
  /** Takes back agreement to every version of a document. @returns whether there was one to take back */
  withdraw(accountId: string, termsId: string, at: number): Promise<boolean>;
  /** Takes back everything that an account agreed to. */
  withdrawAll(accountId: string, at: number): Promise<void>;
}

/** {@link ConsentStore} in SQL. */
export class SqlConsentStore implements ConsentStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async agree(consent: Omit<ConsentRecord, "withdrawnAt">): Promise<void> {
    await this.#db
      .insertInto("consents")
      .values({
        account_id: consent.accountId,
        terms_id: consent.termsId,
        version: consent.version,
        language: consent.language,
        client_id: consent.clientId,
        agreed_at: consent.agreedAt,
        withdrawn_at: null,
      })
      .onConflict((conflict) =>
        conflict.columns(["account_id", "terms_id", "version"]).doUpdateSet((eb) => ({
          language: eb.ref("excluded.language"),
          client_id: eb.ref("excluded.client_id"),
          agreed_at: eb.ref("excluded.agreed_at"),
          withdrawn_at: null,
        })),
      )
      .execute();
  }

  async list(accountId: string): Promise<readonly ConsentRecord[]> {
    const rows = await this.#db
      .selectFrom("consents")
      .selectAll()
      .where("account_id", "=", accountId)
      .orderBy("agreed_at", "desc")
      .orderBy("terms_id")
      .orderBy("version")
      .execute();
    return rows.map(toConsent);
  }

  async withdraw(accountId: string, termsId: string, at: number): Promise<boolean> {
    const result = await this.#db
      .updateTable("consents")
      .set({ withdrawn_at: at })
      .where("account_id", "=", accountId)
      .where("terms_id", "=", termsId)
      .where("withdrawn_at", "is", null)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async withdrawAll(accountId: string, at: number): Promise<void> {
    await this.#db
      .updateTable("consents")
      .set({ withdrawn_at: at })
      .where("account_id", "=", accountId)
      .where("withdrawn_at", "is", null)
      .execute();
  }
}

function toConsent(row: ConsentTable): ConsentRecord {
  return {
    accountId: row.account_id,
    termsId: row.terms_id,
    version: row.version,
    language: row.language,
    clientId: row.client_id,
    agreedAt: row.agreed_at,
    withdrawnAt: row.withdrawn_at,
  };
}
