// An authorization server in memory, with a client and an account, and requests in each shape that devices send.

import { FakeClock } from "@trefoil/protocol/clock";
import {
  type AuthServer,
  type AuthServerParts,
  createAuthServer,
} from "../../packages/server/src/auth/index.js";
import { type AuthConfig, configSchema } from "../../packages/server/src/config/index.js";
import { type Database, openDatabase } from "../../packages/server/src/storage/index.js";

/** How parameters travel. `split` puts the first into the query and the rest into the body, as shipped firmware does. */
export const shapes = ["GET query", "POST query", "POST body", "POST split"] as const;
export type Shape = (typeof shapes)[number];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export type Fields = Readonly<Record<string, string | undefined>>;
export type Pairs = readonly (readonly [name: string, value: string])[];

export const email = "person@example.org";
export const password = "correct horse battery staple";

export interface Harness {
  readonly database: Database;
  readonly server: AuthServer;
  readonly clock: FakeClock;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accountId: string;
  readonly accountAccessToken: string;
  /** Every line that was logged, as JSON. */
  readonly logged: string[];
  send(path: string, fields: Fields | Pairs, options?: SendOptions): Promise<Answer>;
  authorize(fields?: Fields, options?: SendOptions): Promise<Answer>;
  token(fields: Fields, options?: SendOptions): Promise<Answer>;
  /** A code for the device, or for another one. */
  code(fields?: Fields, options?: SendOptions): Promise<string>;
  /** A pair of tokens. */
  pair(fields?: Fields, options?: SendOptions): Promise<Pair>;
  refresh(refreshToken: string, fields?: Fields, options?: SendOptions): Promise<Answer>;
  deleteToken(accessToken: string, fields?: Fields, options?: SendOptions): Promise<Answer>;
  /** Whether an access token works. */
  works(accessToken: string): Promise<boolean>;
  /** What the audit log says, newest first, as `event outcome`. */
  audit(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly shape?: Shape;
  readonly headers?: Readonly<Record<string, string>>;
  readonly remoteAddress?: string;
}

export interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

export const device = { device_id: "8c:85:90:01:02:03", model_id: "test_model" } as const;

/** One hash for all: argon2 takes its time, and what is tested here is not argon2. */
const passwordHashes = new Map<string, string>();

export async function openHarness(
  settings: {
    readonly config?: Partial<AuthConfig>;
    readonly database?: Database;
    /** Where the clock begins; the year 2025 unless told. Milliseconds since the epoch. */
    readonly startAt?: number;
    readonly parts?: Partial<AuthServerParts>;
  } = {},
): Promise<Harness> {
  const clock = new FakeClock(settings.startAt);
  const database = settings.database ?? (await openDatabase({ kind: "sqlite", file: ":memory:" }));
  await database.migrate();
  const config: AuthConfig = { ...configSchema.parse({}).auth, guests: true, ...settings.config };
  const logged: string[] = [];
  const write = (message: string, fields: unknown = {}) =>
    void logged.push(JSON.stringify([message, fields, String((fields as { err?: unknown }).err)]));
  const log = {
    fatal: write,
    error: write,
    warn: write,
    info: write,
    debug: write,
    trace: write,
    child: () => log,
    isEnabled: () => true,
  };
  const server = createAuthServer({ database, config, clock, log, ...settings.parts });
  const { clientId, clientSecret } = await server.clients.create({ name: "Speaker" });
  const accountId = await accountWithPassword(server, database);
  const accountAccessToken = await server.accounts.issueAccountAccessToken(accountId, 31_536_000);

  const send: Harness["send"] = async (path, fields, options = {}) => {
    const request = requestOf(path, pairsOf(fields), options);
    const response = await server.app.fetch(request, {
      remoteAddress: options.remoteAddress ?? "192.0.2.1",
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: JSON.parse(text) as Answer["body"],
      text,
    };
  };
  const credentials = { client_id: clientId, client_secret: clientSecret };
  const harness: Harness = {
    database,
    server,
    clock,
    clientId,
    clientSecret,
    accountId,
    accountAccessToken,
    logged,
    send,
    authorize: (fields = {}, options = {}) =>
      send(
        "/authorize",
        { client_id: clientId, ...device, response_type: "code", state: "s1", ...fields },
        {
          ...options,
          headers: options.headers ?? { authorization: `Bearer ${accountAccessToken}` },
        },
      ),
    token: (fields, options = {}) =>
      send("/token", { ...fields, ...without(credentials, fields) }, options),
    async code(fields = {}, options = {}) {
      const { body, status, text } = await harness.authorize(fields, options);
      if (status !== 200) throw new Error(`No code: ${text}`);
      return String(body["code"]);
    },
    async pair(fields = {}, options = {}) {
      const code = await harness.code(fields, options);
      const { body, status, text } = await harness.token({
        grant_type: "authorization_code",
        code,
        ...device,
        ...fields,
      });
      if (status !== 200) throw new Error(`No tokens: ${text}`);
      return pairOf(body);
    },
    refresh: (refreshToken, fields = {}, options = {}) =>
      harness.token(
        { grant_type: "refresh_token", refresh_token: refreshToken, ...device, ...fields },
        options,
      ),
    deleteToken: (accessToken, fields = {}, options = {}) =>
      harness.token(
        { grant_type: "delete", access_token: accessToken, ...device, ...fields },
        options,
      ),
    works: async (accessToken) => (await server.tokens.verify(accessToken)) !== undefined,
    async audit() {
      await server.flushAudit();
      const records = await database.stores.auditLog.list({ limit: 1_000 });
      return records.map(({ event, outcome }) => `${event} ${outcome}`);
    },
    async close() {
      await server.close();
      if (settings.database === undefined) await database.close();
    },
  };
  return harness;
}

export function pairOf(body: Answer["body"]): Pair {
  return {
    accessToken: String(body["access_token"]),
    refreshToken: String(body["refresh_token"]),
    expiresIn: Number(body["expires_in"]),
  };
}

async function accountWithPassword(server: AuthServer, database: Database): Promise<string> {
  const known = passwordHashes.get(password);
  if (known === undefined) {
    const { accountId } = await server.accounts.createLocal({ email, password });
    const stored = await database.stores.accounts.get(accountId);
    passwordHashes.set(password, stored?.passwordHash ?? "");
    return accountId;
  }
  const found = await server.accounts.findByEmail(email);
  if (found !== undefined) return found.accountId;
  const accountId = crypto.randomUUID();
  await database.stores.accounts.insert({
    accountId,
    kind: "local",
    email,
    passwordHash: known,
    createdAt: 0,
  });
  return accountId;
}

function without(credentials: Fields, fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(credentials).filter(([name]) => !Object.hasOwn(fields, name)),
  );
}

function pairsOf(fields: Fields | Pairs): Pairs {
  if (Array.isArray(fields)) return fields as Pairs;
  return Object.entries(fields as Fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

function requestOf(path: string, pairs: Pairs, options: SendOptions): Request {
  const shape = options.shape ?? "POST split";
  const encode = (some: Pairs) =>
    some
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join("&");
  const inQuery = shape === "POST body" ? 0 : shape === "POST split" ? 1 : pairs.length;
  const query = encode(pairs.slice(0, inQuery));
  const url = `https://trefoil.example${path}${query === "" ? "" : `?${query}`}`;
  if (shape === "GET query") return new Request(url, { headers: { ...options.headers } });
  const body = encode(pairs.slice(inQuery));
  return new Request(url, {
    method: "POST",
    headers: {
      ...(body === "" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...options.headers,
    },
    ...(body === "" ? {} : { body }),
  });
}
