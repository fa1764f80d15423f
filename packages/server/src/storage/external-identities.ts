// Who is who at an identity provider elsewhere: its name of the person, and the account that stands for them here.

import type { Kysely } from "kysely";
import type { NewAccount } from "./accounts.js";
import type { Schema } from "./schema.js";

/** What names a person: the provider, and the provider's name for them. */
export interface ExternalSubject {
  /** The issuer, or the configured name of the provider. */
  readonly provider: string;
  readonly subject: string;
}

export interface ExternalIdentityRecord extends ExternalSubject {
  readonly accountId: string;
  /** How they are called there, for people to read: an e-mail address or a name. */
  readonly label: string | null;
}

export interface ExternalIdentityStore {
  /** The account of somebody: the one that is there, or `fresh` from now on. To be called in a transaction. @returns its id */
  findOrInsert(subject: ExternalSubject, label: string | null, fresh: NewAccount): Promise<string>;
  /** How an account is known elsewhere. */
  ofAccount(accountId: string): Promise<ExternalIdentityRecord | undefined>;
}

/** {@link ExternalIdentityStore} in SQL. */
export class SqlExternalIdentityStore implements ExternalIdentityStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async findOrInsert(
    subject: ExternalSubject,
    label: string | null,
    fresh: NewAccount,
  ): Promise<string> {
    const known = await this.#find(subject);
    if (known !== undefined) {
      if (label !== null && label !== known.label) await this.#relabel(subject, label);
      return known.accountId;
    }
    await this.#db
      .insertInto("accounts")
      .values({
        account_id: fresh.accountId,
        kind: fresh.kind,
        email: fresh.email,
        password_hash: fresh.passwordHash,
        created_at: fresh.createdAt,
        withdrawn_at: null,
        locked_until: null,
      })
      .execute();
    const inserted = await this.#db
      .insertInto("external_identities")
      .values({
        provider: subject.provider,
        subject: subject.subject,
        account_id: fresh.accountId,
        label,
        created_at: fresh.createdAt,
      })
      .onConflict((conflict) => conflict.columns(["provider", "subject"]).doNothing())
      .executeTakeFirst();
    if ((inserted.numInsertedOrUpdatedRows ?? 0n) > 0n) return fresh.accountId;
    // Another process made the account in between: that one is it.
    await this.#db.deleteFrom("accounts").where("account_id", "=", fresh.accountId).execute();
    const winner = await this.#find(subject);
    if (winner === undefined) throw new Error("The identity vanished while it was made.");
    return winner.accountId;
  }

  async ofAccount(accountId: string): Promise<ExternalIdentityRecord | undefined> {
    const row = await this.#db
      .selectFrom("external_identities")
      .selectAll()
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    return (
      row && {
        provider: row.provider,
        subject: row.subject,
        accountId: row.account_id,
        label: row.label,
      }
    );
  }

  async #find(subject: ExternalSubject) {
    const row = await this.#db
      .selectFrom("external_identities")
      .select(["account_id", "label"])
      .where("provider", "=", subject.provider)
      .where("subject", "=", subject.subject)
      .executeTakeFirst();
    return row && { accountId: row.account_id, label: row.label };
  }

  async #relabel(subject: ExternalSubject, label: string): Promise<void> {
    await this.#db
      .updateTable("external_identities")
      .set({ label })
      .where("provider", "=", subject.provider)
      .where("subject", "=", subject.subject)
      .execute();
  }
}
