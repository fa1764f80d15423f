// Registered clients and the hashes of their secrets.

import type { Kysely } from "kysely";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { ClientTable, Schema } from "./schema.js";
import { Statement, type StatementRunner } from "./statement.js";
import { isUniqueViolation } from "./unique-violation.js";

/** A registered app or device model. */
export interface ClientRecord {
  readonly clientId: string;
  readonly name: string;
  /** Compared exactly. */
  readonly redirectUris: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When it was switched off; null while it is on. */
  readonly disabledAt: number | null;
}

/** The SHA-256 of a client secret. */
export interface ClientSecretRecord {
  readonly secretId: string;
  readonly clientId: string;
  readonly hash: Uint8Array;
  readonly createdAt: number;
  /** From then on it does not work; null while it has no end. */
  readonly expiresAt: number | null;
}

/** A client with the secrets that work at present. */
export interface ClientCredentials {
  readonly client: ClientRecord;
  readonly secretHashes: readonly Uint8Array[];
}

export interface ClientStore {
  /** @throws TrefoilError `conflict` where the id is taken */
  insert(client: ClientRecord): Promise<void>;
  get(clientId: string): Promise<ClientRecord | undefined>;
  /** All of them, oldest first. */
  list(): Promise<readonly ClientRecord[]>;
  /** @returns whether there is such a client */
  setDisabled(clientId: string, disabledAt: number | null): Promise<boolean>;
  /** @returns whether there is such a client */
  setRedirectUris(clientId: string, redirectUris: readonly string[]): Promise<boolean>;
  insertSecret(secret: ClientSecretRecord): Promise<void>;
  /** Secrets that work at `now`, newest first. */
  secrets(clientId: string, now: number): Promise<readonly ClientSecretRecord[]>;
  /** Lets a secret work no longer than until `expiresAt`. */
  expireSecret(secretId: string, expiresAt: number): Promise<void>;
  removeSecret(secretId: string): Promise<void>;
  /** What authenticating a client takes, in one question. */
  credentials(clientId: string, now: number): Promise<ClientCredentials | undefined>;
}

const findCredentials = new Statement(
  (db, { clientId, now }: { readonly clientId: string; readonly now: number }) =>
    db
      .selectFrom("clients")
      .leftJoin("client_secrets", (join) =>
        join
          .onRef("client_secrets.client_id", "=", "clients.client_id")
          .on((eb) =>
            eb.or([
              eb("client_secrets.expires_at", "is", null),
              eb("client_secrets.expires_at", ">", now),
            ]),
          ),
      )
      .select([
        "clients.client_id",
        "clients.name",
        "clients.redirect_uris",
        "clients.created_at",
        "clients.disabled_at",
        "client_secrets.secret_hash",
      ])
      .where("clients.client_id", "=", clientId),
);

/** {@link ClientStore} in SQL. */
export class SqlClientStore implements ClientStore {
  readonly #db: Kysely<Schema>;
  readonly #runner: StatementRunner;

  constructor(db: Kysely<Schema>, runner: StatementRunner) {
    this.#db = db;
    this.#runner = runner;
  }

  async insert(client: ClientRecord): Promise<void> {
    try {
      await this.#db
        .insertInto("clients")
        .values({
          client_id: client.clientId,
          name: client.name,
          redirect_uris: JSON.stringify(client.redirectUris),
          created_at: client.createdAt,
          disabled_at: client.disabledAt,
        })
        .execute();
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new TrefoilError("conflict", "There is already a client with this client_id.", {
        cause: error,
      });
    }
  }

  async get(clientId: string): Promise<ClientRecord | undefined> {
    const row = await this.#db
      .selectFrom("clients")
      .selectAll()
      .where("client_id", "=", clientId)
      .executeTakeFirst();
    return row && toClient(row);
  }

  async list(): Promise<readonly ClientRecord[]> {
    const rows = await this.#db
      .selectFrom("clients")
      .selectAll()
      .orderBy("created_at")
      .orderBy("client_id")
      .execute();
    return rows.map(toClient);
  }

  async setDisabled(clientId: string, disabledAt: number | null): Promise<boolean> {
    const result = await this.#db
      .updateTable("clients")
      .set({ disabled_at: disabledAt })
      .where("client_id", "=", clientId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async setRedirectUris(clientId: string, redirectUris: readonly string[]): Promise<boolean> {
    const result = await this.#db
      .updateTable("clients")
      .set({ redirect_uris: JSON.stringify(redirectUris) })
      .where("client_id", "=", clientId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async insertSecret(secret: ClientSecretRecord): Promise<void> {
    await this.#db
      .insertInto("client_secrets")
      .values({
        secret_id: secret.secretId,
        client_id: secret.clientId,
        secret_hash: secret.hash,
        created_at: secret.createdAt,
        expires_at: secret.expiresAt,
      })
      .execute();
  }

  async secrets(clientId: string, now: number): Promise<readonly ClientSecretRecord[]> {
    const rows = await this.#db
      .selectFrom("client_secrets")
      .selectAll()
      .where("client_id", "=", clientId)
      .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
      .orderBy("created_at", "desc")
      .orderBy("secret_id")
      .execute();
    return rows.map((row) => ({
      secretId: row.secret_id,
      clientId: row.client_id,
      hash: row.secret_hash,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }));
  }

  async expireSecret(secretId: string, expiresAt: number): Promise<void> {
    await this.#db
      .updateTable("client_secrets")
      .set({ expires_at: expiresAt })
      .where("secret_id", "=", secretId)
      .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", expiresAt)]))
      .execute();
  }

  async removeSecret(secretId: string): Promise<void> {
    await this.#db.deleteFrom("client_secrets").where("secret_id", "=", secretId).execute();
  }

  async credentials(clientId: string, now: number): Promise<ClientCredentials | undefined> {
    const { rows } = await this.#runner.run(findCredentials.with({ clientId, now }));
    const [first] = rows;
    if (first === undefined) return undefined;
    return {
      client: toClient(first),
      secretHashes: rows.flatMap(({ secret_hash }) => (secret_hash === null ? [] : [secret_hash])),
    };
  }
}

function toClient(row: ClientTable): ClientRecord {
  return {
    clientId: row.client_id,
    name: row.name,
    redirectUris: JSON.parse(row.redirect_uris) as string[],
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
  };
}
