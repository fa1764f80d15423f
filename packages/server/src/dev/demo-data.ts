// The demo client and the demo account: made on the first start, found again on the next. The database keeps only hashes,
// so what clients must know in plain is kept beside it, in a file for its owner alone.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "@trefoil/protocol/clock";
import { isTrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import type { Logger } from "../logging/index.js";
import { readIfThere, replaceFile } from "./private-file.js";

/** What demo data is made with; the authorization server has it. */
export interface DemoAuthority {
  readonly clients: {
    /** @throws TrefoilError `conflict` where the id is taken */
    create(client: {
      readonly name: string;
      readonly clientId: string;
    }): Promise<{ readonly clientId: string; readonly clientSecret: string }>;
    list(): Promise<readonly { readonly clientId: string }[]>;
  };
  readonly accounts: {
    /** @throws TrefoilError `conflict` where the address is taken */
    createLocal(account: {
      readonly email: string;
      readonly password: string;
    }): Promise<{ readonly accountId: string }>;
    findByEmail(email: string): Promise<{ readonly accountId: string } | undefined>;
    /** @param ttlSeconds how long the token works */
    issueAccountAccessToken(accountId: string, ttlSeconds: number): Promise<string>;
  };
}

/** What a developer's device and scripts sign in with. */
export interface DemoData {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly modelId: string;
  readonly account: { readonly email: string; readonly password: string };
  /** Works for at least 30 days from the start of the server. */
  readonly accountAccessToken: string;
}

const demoId = "trefoil-demo";
const day = 86_400;
/** Seconds that an account access token is made for, and that it must still have when it is handed out. */
const tokenLifetime = 365 * day;
const tokenRest = 30 * day;

const text = z.string().min(1).max(512);
const keptSchema = z.object({
  clientId: text,
  clientSecret: text,
  account: z.object({ email: text, password: text }),
  accountAccessToken: z.object({ token: text, accountId: text, expiresAt: z.number() }),
});
type Kept = z.infer<typeof keptSchema>;

/**
 * Makes the demo data, or finds what an earlier start made. Whatever of it the database does not know any more is made
 * anew.
 * @param options.dataDir absolute path of the data directory
 * @throws {TrefoilError} `invalid_configuration` when the file cannot be read or written
 */
export async function prepareDemoData(options: {
  readonly dataDir: string;
  readonly auth: DemoAuthority;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<DemoData> {
  const { auth, clock } = options;
  const file = join(options.dataDir, "dev-secrets.json");
  const kept = parseKept(await readIfThere(file), file, options.log);
  const client = await prepareClient(auth, kept);
  const { account, accountId } = await prepareAccount(auth, kept);
  const accountAccessToken = await prepareToken(auth, accountId, clock.now(), kept);
  const fresh: Kept = { ...client, account, accountAccessToken };
  if (JSON.stringify(fresh) !== JSON.stringify(kept)) {
    await replaceFile(file, `${JSON.stringify(fresh, null, 2)}\n`);
    options.log.info("The demo data was made.", {
      clientId: client.clientId,
      email: account.email,
    });
  }
  return { ...client, modelId: demoId, account, accountAccessToken: accountAccessToken.token };
}

function parseKept(json: string | undefined, file: string, log: Logger): Kept | undefined {
  if (json === undefined) return undefined;
  try {
    return keptSchema.parse(JSON.parse(json));
  } catch {
    log.warn("The file of the demo data is unreadable: a new demo client and account are made.", {
      file,
    });
    return undefined;
  }
}

async function prepareClient(
  auth: DemoAuthority,
  kept: Kept | undefined,
): Promise<Pick<Kept, "clientId" | "clientSecret">> {
  const known = await auth.clients.list();
  if (kept !== undefined && known.some(({ clientId }) => clientId === kept.clientId)) {
    return { clientId: kept.clientId, clientSecret: kept.clientSecret };
  }
  const { clientId, clientSecret } = await withFreshName(kept?.clientId ?? demoId, (name) =>
    auth.clients.create({ name: "Trefoil demo", clientId: name }),
  );
  return { clientId, clientSecret };
}

async function prepareAccount(
  auth: DemoAuthority,
  kept: Kept | undefined,
): Promise<{ account: Kept["account"]; accountId: string }> {
  if (kept !== undefined) {
    const { account } = kept;
    const known =
      (await auth.accounts.findByEmail(account.email)) ??
      (await auth.accounts.createLocal(account));
    return { account, accountId: known.accountId };
  }
  const password = randomBytes(12).toString("base64url");
  return withFreshName("demo", async (name) => {
    const account = { email: `${name}@example.com`, password };
    const { accountId } = await auth.accounts.createLocal(account);
    return { account, accountId };
  });
}

async function prepareToken(
  auth: DemoAuthority,
  accountId: string,
  now: number,
  kept: Kept | undefined,
): Promise<Kept["accountAccessToken"]> {
  const old = kept?.accountAccessToken;
  const isGood = old?.accountId === accountId && old.expiresAt - now >= tokenRest * 1_000;
  if (old !== undefined && isGood) return old;
  const token = await auth.accounts.issueAccountAccessToken(accountId, tokenLifetime);
  return { token, accountId, expiresAt: now + tokenLifetime * 1_000 };
}

/** Makes a thing under a name, or under a variant of it where the name is taken and its secret is lost. */
async function withFreshName<T>(name: string, make: (name: string) => Promise<T>): Promise<T> {
  try {
    return await make(name);
  } catch (error) {
    if (!isTrefoilError(error) || error.code !== "conflict") throw error;
    return make(`${name}-${randomBytes(4).toString("hex")}`);
  }
}
