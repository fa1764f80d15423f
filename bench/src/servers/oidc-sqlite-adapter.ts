// oidc-provider on the same embedded database that Trefoil uses, with the same settings of durability.
// @see https://github.com/panva/node-oidc-provider/blob/main/docs/README.md#adapter

import { DatabaseSync } from "@photostructure/sqlite";

interface Payload {
  readonly grantId?: string;
  readonly userCode?: string;
  readonly uid?: string;
  readonly consumed?: unknown;
}

/** Makes the class that oidc-provider makes an instance of for each of its models. */
export function sqliteAdapter(file: string) {
  const db = new DatabaseSync(file);
  db.exec("pragma journal_mode = wal");
  db.exec("pragma synchronous = full");
  db.exec("pragma secure_delete = fast");
  db.exec(`create table if not exists models (
    model text not null, id text not null, payload text not null, grant_id text, user_code text, uid text,
    expires_at integer, consumed_at integer, primary key (model, id)
  ) without rowid`);
  db.exec("create index if not exists models_by_grant on models (grant_id)");
  db.exec("create index if not exists models_by_uid on models (uid)");
  db.exec("create index if not exists models_by_user_code on models (user_code)");
  const upsert = db.prepare(
    `insert into models (model, id, payload, grant_id, user_code, uid, expires_at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (model, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
  );
  const findById = db.prepare(
    "select payload, consumed_at, expires_at from models where model = ? and id = ?",
  );
  const findByUid = db.prepare(
    "select payload, consumed_at, expires_at from models where model = ? and uid = ?",
  );
  const findByUserCode = db.prepare(
    "select payload, consumed_at, expires_at from models where model = ? and user_code = ?",
  );
  const consume = db.prepare("update models set consumed_at = ? where model = ? and id = ?");
  const destroy = db.prepare("delete from models where model = ? and id = ?");
  const revoke = db.prepare("delete from models where grant_id = ?");

  const now = (): number => Math.floor(Date.now() / 1_000);
  const read = (row: unknown): Payload | undefined => {
    if (row === undefined) return undefined;
    const { payload, consumed_at, expires_at } = row as {
      payload: string;
      consumed_at: number | null;
      expires_at: number | null;
    };
    if (expires_at !== null && expires_at < now()) return undefined;
    const parsed = JSON.parse(payload) as Payload;
    return consumed_at === null ? parsed : { ...parsed, consumed: consumed_at };
  };

  return class SqliteAdapter {
    /** Statements alone do not keep their connection from being collected. */
    static readonly connection = db;
    readonly model: string;

    constructor(model: string) {
      this.model = model;
    }

    async upsert(id: string, payload: Payload, expiresIn: number | undefined): Promise<void> {
      upsert.run(
        this.model,
        id,
        JSON.stringify(payload),
        payload.grantId ?? null,
        payload.userCode ?? null,
        payload.uid ?? null,
        expiresIn === undefined ? null : now() + expiresIn,
      );
    }

    async find(id: string) {
      return read(findById.get(this.model, id));
    }

    async findByUid(uid: string) {
      return read(findByUid.get(this.model, uid));
    }

    async findByUserCode(userCode: string) {
      return read(findByUserCode.get(this.model, userCode));
    }

    async consume(id: string): Promise<void> {
      consume.run(now(), this.model, id);
    }

    async destroy(id: string): Promise<void> {
      destroy.run(this.model, id);
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      revoke.run(grantId);
    }
  };
}
