// Keeps what the OpenID Connect library wants kept, in our database: every id (a code, a token, a session's cookie) by its
// hash alone, so that a copy of the database lets nobody in.

import type { Clock } from "@trefoil/protocol/clock";
import type { Adapter, AdapterPayload } from "oidc-provider";
import type { Database, OidcRecord } from "../../../storage/index.js";
import { hashOf } from "../../secrets.js";

export interface RecordsAdapterParts {
  readonly database: Database;
  readonly clock: Clock;
  /** What is thrown where a code or token is used up by somebody else at the same moment. */
  readonly alreadyConsumed: () => Error;
}

/** How long what names no end is kept. Seconds. */
const longest = 365 * 86_400;

/** What is stored of an id. @param model as the library names it: `AccessToken`, `Session`, ... */
export function recordHash(model: string, id: string): Uint8Array {
  return hashOf(`trefoil oidc ${model}\0${id}`);
}

/** One model's records. */
export class RecordsAdapter implements Adapter {
  readonly #model: string;
  readonly #parts: RecordsAdapterParts;

  constructor(model: string, parts: RecordsAdapterParts) {
    this.#model = model;
    this.#parts = parts;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { database, clock } = this.#parts;
    const { grantId, uid } = payload;
    await database.stores.oidcRecords.upsert({
      model: this.#model,
      idHash: recordHash(this.#model, id),
      uid: uid ?? null,
      grantHash: grantId === undefined ? null : recordHash("Grant", grantId),
      accountId: payload.accountId ?? payload.session?.accountId ?? null,
      payload: JSON.stringify(withoutSecrets(payload, id)),
      expiresAt: clock.now() + (expiresIn ?? longest) * 1_000,
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { database, clock } = this.#parts;
    const hash = recordHash(this.#model, id);
    const record = await database.stores.oidcRecords.find(this.#model, hash, clock.now());
    return record && withId(payloadOf(record), id);
  }

  /** Without its id, which nobody but the holder of the cookie knows: the library looks at it and stores nothing back. */
  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const { database, clock } = this.#parts;
    const { oidcRecords } = database.stores;
    const record = await oidcRecords.findByUid(this.#model, uid, clock.now());
    return record && payloadOf(record);
  }

  /** Device codes are not the library's business here. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const { database, clock, alreadyConsumed } = this.#parts;
    const hash = recordHash(this.#model, id);
    const first = await database.stores.oidcRecords.consume(this.#model, hash, clock.now());
    if (!first) throw alreadyConsumed();
  }

  async destroy(id: string): Promise<void> {
    await this.#parts.database.stores.oidcRecords.remove(this.#model, recordHash(this.#model, id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    const { oidcRecords } = this.#parts.database.stores;
    await oidcRecords.removeOfGrant(this.#model, recordHash("Grant", grantId));
  }
}

/** The payload of a record, as the library gave it but for what must not be stored. */
export function payloadOf(record: OidcRecord): AdapterPayload {
  const payload = JSON.parse(record.payload) as AdapterPayload;
  const { consumedAt } = record;
  return consumedAt === null ? payload : { ...payload, consumed: Math.floor(consumedAt / 1_000) };
}

/**
 * The id is what the holder shows. An interaction has it in the address that it leads back to as well, and the session's
 * cookie besides.
 */
function withoutSecrets(payload: AdapterPayload, id: string): AdapterPayload {
  const { jti: _, returnTo, session, ...rest } = payload;
  const { cookie: __, ...plainSession } = (session ?? {}) as typeof session & { cookie?: string };
  return {
    ...rest,
    ...(returnTo === undefined ? {} : { returnTo: withoutEnding(returnTo, id) }),
    ...(session === undefined ? {} : { session: plainSession }),
  };
}

function withId(payload: AdapterPayload, id: string): AdapterPayload {
  const { returnTo } = payload;
  return {
    ...payload,
    jti: id,
    ...(returnTo?.endsWith("/") === true ? { returnTo: `${returnTo}${id}` } : {}),
  };
}

function withoutEnding(text: string, ending: string): string {
  return text.endsWith(`/${ending}`) ? text.slice(0, -ending.length) : text;
}
