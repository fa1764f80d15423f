// What operators do with accounts, tokens and the audit log, over the admin API or in the program that runs the server.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type {
  AccountPage,
  AuditFilter,
  AuditRecord,
  ConsentRecord,
  Database,
  GrantSelector,
} from "../../storage/index.js";
import { type Account, type AccountRegistry, withoutPassword } from "../accounts.js";
import { normalisedEmail } from "../email-address.js";
import type { DeviceRegistry } from "../devices.js";
import type { AuditTrail } from "../audit-trail.js";
import type { AttemptLimiter } from "../limits/attempt-limiter.js";
import { isWorthNoting } from "../limits/endpoint-limits.js";
import type { Revocations } from "../revocations.js";
import { type Random, newSecret } from "../secrets.js";
import { findToken } from "../standards/find-token.js";
import type { Withdrawals } from "../withdrawal/withdrawals.js";
import { type Actor, auditOf } from "./actor.js";
import { findDevice } from "./find-device.js";
import { type TokenDescription, describeToken } from "./token-description.js";

export interface OperatorsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly accounts: AccountRegistry;
  readonly devices: DeviceRegistry;
  readonly revocations: Revocations;
  readonly withdrawals: Withdrawals;
  readonly audit: AuditTrail;
  readonly limiter: AttemptLimiter;
}

/** An account that was made, with its password where that was made up. */
export interface CreatedAccount {
  readonly account: Account;
  /** Shown once: only its hash is kept. Undefined where it was given. */
  readonly password: string | undefined;
}

/** Whose tokens end: exactly one of the members. */
export interface RevocationTarget {
  /** An access or refresh token: its grant. */
  readonly token?: string;
  readonly grantId?: string;
  /** A `deviceKey`, or a `device_id` that only one device has. */
  readonly deviceKey?: string;
  /** An account's id or e-mail address. */
  readonly accountId?: string;
  readonly clientId?: string;
}

export class Operators {
  readonly #parts: OperatorsParts;

  constructor(parts: OperatorsParts) {
    this.#parts = parts;
  }

  /**
   * Makes an account with e-mail and password.
   * @param request without a password one is made up
   * @throws TrefoilError `invalid_request` where one of them will not do, `conflict` where the address is taken
   */
  async createAccount(
    request: { readonly email: string; readonly password?: string | undefined },
    actor: Actor,
  ): Promise<CreatedAccount> {
    const { accounts, audit, random } = this.#parts;
    const madeUp = request.password === undefined ? newSecret(random).slice(0, 20) : undefined;
    const password = request.password ?? madeUp ?? "";
    const account = await accounts.createLocal({ email: request.email, password });
    const { accountId } = account;
    audit.record({ event: "account.create", outcome: "ok", accountId, ...auditOf(actor) });
    return { account, password: madeUp };
  }

  /**
   * Gives an account a new password, for a person who lost theirs and the recovery codes. Its sessions and account access
   * tokens end; its devices stay signed in.
   * @param ref an account's id or e-mail address
   * @param password by the rules of the sign-up
   * @throws TrefoilError `not_found`, or `invalid_request` where the password will not do or the account signs in without
   */
  async setPassword(ref: string, password: string, actor: Actor): Promise<Account> {
    const { accounts, audit } = this.#parts;
    const account = await this.account(ref);
    if (account.kind !== "local") throw noPassword(account.kind);
    const { accountId } = account;
    await accounts.setPassword(accountId, password);
    audit.record({ event: "account.set_password", outcome: "ok", accountId, ...auditOf(actor) });
    return account;
  }

  /** Accounts ordered by their ids; the next page is `after` the last one. */
  async listAccounts(page: AccountPage): Promise<readonly Account[]> {
    const records = await this.#parts.database.stores.accounts.page({
      ...page,
      ...(page.email === undefined ? {} : { email: normalisedEmail(page.email) }),
    });
    return records.map(withoutPassword);
  }

  /**
   * @param ref an account's id or e-mail address
   * @throws TrefoilError `not_found`
   */
  async account(ref: string): Promise<Account> {
    const { accounts } = this.#parts;
    const found = ref.includes("@") ? await accounts.findByEmail(ref) : await accounts.get(ref);
    if (found !== undefined) return found;
    throw new TrefoilError("not_found", "There is no account of this id or e-mail address.");
  }

  /** What an account agreed to, newest first. */
  consentsOf(accountId: string): Promise<readonly ConsentRecord[]> {
    return this.#parts.database.stores.consents.list(accountId);
  }

  /**
   * Withdraws an account from the service on behalf of its person.
   * @param ref an account's id or e-mail address
   * @returns the account as it is then
   * @throws TrefoilError `not_found`, or `invalid_request` for a guest
   */
  async withdrawAccount(ref: string, actor: Actor): Promise<Account> {
    const { accountId } = await this.account(ref);
    await this.#parts.withdrawals.withdraw(accountId, actor);
    return this.account(accountId);
  }

  /**
   * Says whose an access or refresh token is and whether it works.
   * @throws TrefoilError `not_found`
   */
  async inspectToken(token: string): Promise<TokenDescription> {
    const { database, clock } = this.#parts;
    const found = await findToken(database.stores, token, undefined);
    if (found === undefined) throw unknownToken();
    const grant = await database.stores.grants.get(found.record.grantId);
    return describeToken(found, grant, clock.now());
  }

  /**
   * Ends grants with all their tokens; downchannels close within a second. The devices sign in anew.
   * @returns how many grants ended; 0 where whoever is named has none that lives
   * @throws TrefoilError `not_found` where there is nobody and nothing of that name, `conflict` where several devices have
   *   the `device_id`, `invalid_request` where not exactly one of the members is given
   */
  async revokeTokens(target: RevocationTarget, actor: Actor): Promise<number> {
    const { revocations, audit } = this.#parts;
    const { remoteAddress, detail } = auditOf(actor);
    const event = "token.revoke";
    const [named, ...others] = Object.entries(target) as [keyof RevocationTarget, string][];
    if (named === undefined || others.length > 0) {
      throw new TrefoilError("invalid_request", "Exactly one of the members must be given.");
    }
    const [member, value] = named;
    let selector: GrantSelector;
    try {
      selector = await this.#selectorOf(member, value);
    } catch (thrown) {
      const { code } = TrefoilError.from(thrown);
      // Without the value: it may be a token that was given in the wrong place.
      const why = code === "not_found" ? `unknown ${member}` : member;
      audit.record({ event, outcome: code, remoteAddress, detail: `${detail}: ${why}` });
      throw thrown;
    }
    const ended = await revocations.revoke(selector, "administrator");
    audit.record({
      event,
      outcome: "ok",
      ...selector,
      remoteAddress,
      detail: `${detail}: ${ended} ended`,
    });
    return ended;
  }

  /** Notes that somebody came with a wrong admin token; of one address only so many. */
  noteRefusedToken(remoteAddress: string): void {
    const { audit } = this.#parts;
    if (!isWorthNoting(this.#parts, remoteAddress)) return;
    audit.record({ event: "admin.authenticate", outcome: "invalid_token", remoteAddress });
  }

  /** Newest first; with what was noted up to this moment. */
  async listAudit(filter: AuditFilter): Promise<readonly AuditRecord[]> {
    const { audit, database } = this.#parts;
    await audit.flush();
    return database.stores.auditLog.list(filter);
  }

  /** The grants of what is named, which must be there: a misspelt name would end nothing, and look as if it had. */
  async #selectorOf(member: keyof RevocationTarget, value: string): Promise<GrantSelector> {
    const { devices, database } = this.#parts;
    const { stores } = database;
    switch (member) {
      case "token": {
        const found = await findToken(stores, value, undefined);
        if (found === undefined) throw unknownToken();
        return { grantId: found.record.grantId };
      }
      case "grantId":
        if ((await stores.grants.get(value)) !== undefined) return { grantId: value };
        throw new TrefoilError("not_found", "There is no grant of this id.");
      case "deviceKey": {
        // One that was removed is known by its key still: it has no tokens, and that is no mistake.
        const { deviceKey } = (await devices.get(value)) ?? (await findDevice(devices, value));
        return { deviceKey };
      }
      case "accountId":
        return { accountId: (await this.account(value)).accountId };
      case "clientId":
        if ((await stores.clients.get(value)) !== undefined) return { clientId: value };
        throw new TrefoilError("not_found", "There is no client with this client_id.");
    }
  }
}

function unknownToken(): TrefoilError {
  return new TrefoilError("not_found", "There is no such access or refresh token.");
}

function noPassword(kind: Exclude<Account["kind"], "local">): TrefoilError {
  return new TrefoilError(
    "invalid_request",
    kind === "guest"
      ? "A guest has no password: it is the account of a device."
      : "This account has no password here: it signs in at another identity provider.",
  );
}
