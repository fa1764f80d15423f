// oidc-provider with its store in memory, for as long as a benchmark takes: the one that comes with it keeps a thousand entries,
// so that devices which rest while another one refreshes are signed out.
// @see https://github.com/panva/node-oidc-provider/blob/main/docs/README.md#adapter

interface Payload {
  readonly grantId?: string;
  readonly userCode?: string;
  readonly uid?: string;
}

interface Entry {
  payload: Payload & { readonly consumed?: number };
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

const now = (): number => Math.floor(Date.now() / 1_000);

/** oidc-provider makes an instance for each of its models. */
export class MemoryAdapter {
  readonly #entries = new Map<string, Entry>();

  async upsert(id: string, payload: Payload, expiresIn = Infinity): Promise<void> {
    this.#entries.set(id, { payload, expiresAt: now() + expiresIn });
  }

  async find(id: string) {
    const entry = this.#entries.get(id);
    return entry === undefined || entry.expiresAt < now() ? undefined : entry.payload;
  }

  async findByUid(uid: string) {
    return this.#findBy((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string) {
    return this.#findBy((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.payload = { ...entry.payload, consumed: now() };
  }

  async destroy(id: string): Promise<void> {
    this.#entries.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, { payload }] of this.#entries) {
      if (payload.grantId === grantId) this.#entries.delete(id);
    }
  }

  #findBy(fits: (payload: Payload) => boolean) {
    for (const { payload, expiresAt } of this.#entries.values()) {
      if (fits(payload) && expiresAt >= now()) return payload;
    }
    return undefined;
  }
}
