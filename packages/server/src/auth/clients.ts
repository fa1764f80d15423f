// Registered clients: making them, giving them new secrets, switching them off.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { ClientRecord, Database, Stores } from "../storage/index.js";
import type { AuditTrail } from "./audit-trail.js";
import { isRedirectUri, maxRedirectUriLength } from "./checks/redirect-uri.js";
import { type Actor, auditOf, operator } from "./operators/actor.js";
import { parameterBounds } from "./http/parameters.js";
import type { Revocations } from "./revocations.js";
import { type Random, hashOf, newId, newSecret } from "./secrets.js";

/** What a new client is made of. */
export interface NewClient {
  /** For people. 1 to 256 characters. */
  readonly name: string;
  /** Where its web views may be sent back to; compared exactly. Default none. */
  readonly redirectUris?: readonly string[];
  /** Default: made up. Given where firmware has one built in. */
  readonly clientId?: string;
  /** Default: made up, which is safer. Given where firmware has one built in; at least 16 characters. */
  readonly clientSecret?: string;
}

/** Shown once: only the hash is kept. */
export interface IssuedCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const visible = /^[\x20-\x7e]+$/;
const minGivenSecret = 16;
const maxRedirectUris = 32;

export interface ClientRegistryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly revocations: Revocations;
  readonly audit: AuditTrail;
}

/** The clients, for operators. */
export class ClientRegistry {
  readonly #parts: ClientRegistryParts;

  constructor(parts: ClientRegistryParts) {
    this.#parts = parts;
  }

  /**
   * @throws TrefoilError `invalid_request` where a member will not do, `conflict` where the id is taken
   */
  async create(request: NewClient, actor: Actor = operator): Promise<IssuedCredentials> {
    const { database, clock, random, audit } = this.#parts;
    const redirectUris = request.redirectUris ?? [];
    assertName(request.name);
    assertRedirectUris(redirectUris);
    if (request.clientId !== undefined) assertClientId(request.clientId);
    if (request.clientSecret !== undefined) assertSecret(request.clientSecret);
    const clientId = request.clientId ?? newId(random);
    const clientSecret = request.clientSecret ?? newSecret(random);
    const createdAt = clock.now();
    await database.write(async (stores) => {
      await stores.clients.insert({
        clientId,
        name: request.name,
        redirectUris,
        createdAt,
        disabledAt: null,
      });
      await this.#addSecret(stores, clientId, clientSecret, createdAt);
    });
    audit.record({ event: "client.create", outcome: "ok", clientId, ...auditOf(actor) });
    return { clientId, clientSecret };
  }

  get(clientId: string): Promise<ClientRecord | undefined> {
    return this.#parts.database.stores.clients.get(clientId);
  }

  /** Oldest first. */
  list(): Promise<readonly ClientRecord[]> {
    return this.#parts.database.stores.clients.list();
  }

  /**
   * Gives a client a new secret. The one before works on, so that devices can change over; older ones end.
   * @param options `overlap`: how long the one before works on, in seconds; without it, until the next rotation
   * @throws TrefoilError `not_found`
   */
  async rotateSecret(
    clientId: string,
    options: { readonly overlap?: number } = {},
    actor: Actor = operator,
  ): Promise<IssuedCredentials> {
    const { database, clock, random, audit } = this.#parts;
    const clientSecret = newSecret(random);
    const now = clock.now();
    await database.write(async (stores) => {
      if ((await stores.clients.get(clientId)) === undefined) throw unknownClient();
      const [previous, ...older] = await stores.clients.secrets(clientId, now);
      for (const { secretId } of older) {
        await stores.clients.removeSecret(secretId);
      }
      if (previous !== undefined && options.overlap !== undefined) {
        await stores.clients.expireSecret(previous.secretId, now + options.overlap * 1_000);
      }
      // Later than the one before, even within the same millisecond: the order says which is which.
      const createdAt = Math.max(now, (previous?.createdAt ?? 0) + 1);
      await this.#addSecret(stores, clientId, clientSecret, createdAt);
    });
    audit.record({ event: "client.rotate_secret", outcome: "ok", clientId, ...auditOf(actor) });
    return { clientId, clientSecret };
  }

  /** @throws TrefoilError `not_found`, or `invalid_request` where one will not do */
  async setRedirectUris(
    clientId: string,
    redirectUris: readonly string[],
    actor: Actor = operator,
  ): Promise<void> {
    assertRedirectUris(redirectUris);
    const { database, audit } = this.#parts;
    const { clients } = database.stores;
    if (!(await clients.setRedirectUris(clientId, redirectUris))) throw unknownClient();
    audit.record({ event: "client.redirect_uris", outcome: "ok", clientId, ...auditOf(actor) });
  }

  /**
   * Switches a client off: its devices' tokens end at once, and their refresh answers `unauthorized_client`, which sends
   * them back to their set-up. One that is off already stays as it is.
   * @throws TrefoilError `not_found`
   */
  async disable(clientId: string, actor: Actor = operator): Promise<void> {
    const { database, clock, revocations, audit } = this.#parts;
    const ended = await database.write(async (stores) => {
      const client = await stores.clients.get(clientId);
      if (client === undefined) throw unknownClient();
      // Since when it is off, not when somebody last said so.
      await stores.clients.setDisabled(clientId, client.disabledAt ?? clock.now());
      return revocations.revokeIn(stores, { clientId }, "client_disabled");
    });
    revocations.announce(ended, "client_disabled");
    audit.record({ event: "client.disable", outcome: "ok", clientId, ...auditOf(actor) });
  }

  /**
   * Switches a client on again. Its devices sign in anew.
   * @throws TrefoilError `not_found`
   */
  async enable(clientId: string, actor: Actor = operator): Promise<void> {
    const { database, audit } = this.#parts;
    if (!(await database.stores.clients.setDisabled(clientId, null))) throw unknownClient();
    audit.record({ event: "client.enable", outcome: "ok", clientId, ...auditOf(actor) });
  }

  #addSecret(stores: Stores, clientId: string, secret: string, createdAt: number): Promise<void> {
    return stores.clients.insertSecret({
      secretId: newId(this.#parts.random),
      clientId,
      hash: hashOf(secret),
      createdAt,
      expiresAt: null,
    });
  }
}

function unknownClient(): TrefoilError {
  return new TrefoilError("not_found", "There is no client with this client_id.");
}

function assertName(name: string): void {
  if (name.trim() !== "" && name.length <= 256 && !/\p{Cc}/u.test(name)) return;
  throw new TrefoilError("invalid_request", "A client's name has 1 to 256 printable characters.");
}

function assertClientId(clientId: string): void {
  if (visible.test(clientId) && clientId.length <= parameterBounds.client_id) return;
  throw new TrefoilError(
    "invalid_request",
    `A client_id has 1 to ${parameterBounds.client_id} printable ASCII characters.`,
  );
}

function assertSecret(secret: string): void {
  const { client_secret: longest } = parameterBounds;
  if (visible.test(secret) && secret.length >= minGivenSecret && secret.length <= longest) return;
  throw new TrefoilError(
    "invalid_request",
    `A client_secret has ${minGivenSecret} to ${longest} printable ASCII characters.`,
  );
}

function assertRedirectUris(redirectUris: readonly string[]): void {
  if (redirectUris.length > maxRedirectUris) {
    throw new TrefoilError(
      "invalid_request",
      `A client has at most ${maxRedirectUris} redirect URIs.`,
    );
  }
  if (redirectUris.every(isRedirectUri)) return;
  throw new TrefoilError(
    "invalid_request",
    `A redirect URI is an absolute URI without fragment and credentials, of at most ${maxRedirectUriLength} characters; http: leads to localhost, 127.0.0.1 or [::1] alone.`,
  );
}
