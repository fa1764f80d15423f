// The terms of use as the other parts of this room see them: what is in force, and who agreed to what.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { TermsDocument } from "../../config/index.js";
import type { ConsentRecord, Database, Stores } from "../../storage/index.js";
import type { AuditTrail } from "../audit-trail.js";
import type { Language } from "../pages/language.js";
import { type DocumentState, documentStates, isOutstanding, localised } from "./agreement.js";

export interface TermsRegistryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  /** As configured: `auth.terms`. */
  readonly documents: readonly TermsDocument[];
}

/** Under which circumstances documents are agreed to. */
export interface ConsentCircumstances {
  readonly accountId: string;
  /** The language of the page. */
  readonly language: Language;
  /** Whose code waits for it; null on the account's own pages. */
  readonly clientId: string | null;
}

/** Which documents are in force, and what accounts agreed to. */
export class TermsRegistry {
  readonly #parts: TermsRegistryParts;

  constructor(parts: TermsRegistryParts) {
    this.#parts = parts;
  }

  /** The documents in force, in their configured order. */
  get documents(): readonly TermsDocument[] {
    return this.#parts.documents;
  }

  /** Each document in force with the account's agreement to it. */
  async statesOf(accountId: string): Promise<readonly DocumentState[]> {
    const { documents, database } = this.#parts;
    if (documents.length === 0) return [];
    return documentStates(documents, await database.stores.consents.list(accountId));
  }

  /** Whether the account has to agree to something before its devices get in. */
  async mustAsk(accountId: string): Promise<boolean> {
    // Where nothing is required nothing is asked: that path costs no question to the database.
    if (!this.documents.some(({ required }) => required)) return false;
    return isOutstanding(await this.statesOf(accountId));
  }

  /** Everything that an account ever agreed to, newest first, versions that are no longer in force included. */
  history(accountId: string): Promise<readonly ConsentRecord[]> {
    return this.#parts.database.stores.consents.list(accountId);
  }

  /** Puts agreement on record, inside a transaction. */
  async recordIn(
    stores: Stores,
    documents: readonly TermsDocument[],
    circumstances: ConsentCircumstances,
  ): Promise<void> {
    const agreedAt = this.#parts.clock.now();
    const { accountId, clientId, language } = circumstances;
    for (const { id, version, title } of documents) {
      const shown = localised(title, language)?.language ?? language;
      await stores.consents.agree({
        accountId,
        termsId: id,
        version,
        language: shown,
        clientId,
        agreedAt,
      });
    }
  }

  /**
   * Agrees to an optional document, or takes that back, on the account's own pages. A required one is taken back by
   * withdrawing from the service alone.
   * @throws TrefoilError `not_found` where no optional document has this id
   */
  async setOptional(
    accountId: string,
    termsId: string,
    agreed: boolean,
    { language, remoteAddress }: { readonly language: Language; readonly remoteAddress: string },
  ): Promise<void> {
    const { database, clock, audit } = this.#parts;
    const document = this.documents.find(({ id, required }) => id === termsId && !required);
    if (document === undefined) {
      throw new TrefoilError("not_found", "There is no optional document of the terms of this id.");
    }
    if (agreed) {
      await this.recordIn(database.stores, [document], { accountId, language, clientId: null });
    } else {
      await database.stores.consents.withdraw(accountId, termsId, clock.now());
    }
    const event = agreed ? "terms.agree" : "terms.take_back";
    const detail = nameOf(document);
    audit.record({ event, outcome: "ok", accountId, remoteAddress, detail });
  }
}

/** A document and its version, for the audit log: `service@3`. */
export function nameOf({ id, version }: TermsDocument): string {
  return `${id}@${version}`;
}
