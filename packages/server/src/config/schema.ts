// Every setting, with what it does, its default and a sane range: the configuration reference is printed from here.

import { isIP } from "node:net";
import { z } from "zod";
import { isLoopback, parseNetwork } from "./addresses.js";

declare module "zod" {
  interface GlobalMeta {
    /** The value names a file or directory: relative ones are resolved where the value was written. */
    path?: boolean;
    /** The value is never printed. */
    secret?: boolean;
    /** The default of the developer server, where it differs. */
    development?: string | number | boolean;
    /** The production form does not start without it. */
    productionRequired?: boolean;
  }
}

/** Longest delay that a Node.js timer keeps (2^31 - 1 ms), rounded down to whole days. */
const longestTimer = 24 * 86_400;
const tenYears = 10 * 365 * 86_400;

const seconds = (fallback: number, what: string, longest = longestTimer) =>
  z.number().int().min(1).max(longest).default(fallback).describe(`${what} Seconds.`);

const bytes = (fallback: number, what: string) =>
  z.number().int().min(1).max(1_073_741_824).default(fallback).describe(`${what} Bytes.`);

const count = (fallback: number, what: string, fewest = 1) =>
  z.number().int().min(fewest).max(1_000_000).default(fallback).describe(what);

const listen = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .max(255)
      .default("0.0.0.0")
      .describe("Address to listen on. `0.0.0.0` is every IPv4 address, `::` every address."),
    port: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(8443)
      .describe("TCP port for everything: authorization, gateway, admin. 0 takes a free one."),
    trustedProxies: z
      .array(
        z
          .string()
          .refine(
            (text) => parseNetwork(text) !== undefined,
            "not an address or a network such as 10.0.0.0/8",
          ),
      )
      .max(64)
      .default([])
      .describe(
        "Addresses and networks (as in `10.0.0.0/8`) of the proxies in front of the server: what they say about a client's address is believed. For logs, presence and the limits of the authorization server; limits of connections hold for the proxy itself.",
      ),
    forwardedHeader: z
      .enum(["x-forwarded-for", "forwarded"])
      .default("x-forwarded-for")
      .describe(
        "The one header that those proxies write the client's address to. The other is not looked at: a client could have sent it.",
      ),
  })
  .prefault({})
  .describe("Where the server listens.");

const plainText = z
  .strictObject({
    port: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe(
        "TCP port without TLS for a terminator on the same host: HTTP/2 by prior knowledge, HTTP/1.1 for the authorization server and the pages. 0 takes a free one. Without it there is no such listener. Where it is set and `tls.certificateFile` and `tls.keyFile` are not, the production form has no listener with TLS.",
      ),
    host: z
      .string()
      .min(1)
      .max(255)
      .default("127.0.0.1")
      .describe(
        "Address to listen on. Any but a loopback address needs `plainText.trustedNetwork`.",
      ),
    trustedNetwork: z
      .boolean()
      .default(false)
      .describe(
        "Says that nobody but the terminator can reach or read the network that `plainText.host` stands in: tokens and passwords cross it in the clear.",
      ),
  })
  .refine(
    ({ port, host, trustedNetwork }) => port === undefined || trustedNetwork || isLoopback(host),
    {
      message:
        "not a loopback address: tokens would cross the network in the clear. Only where nobody but the TLS terminator can reach or read that network, say so with plainText.trustedNetwork (variable: TREFOIL_PLAIN_TEXT_TRUSTED_NETWORK)",
      path: ["host"],
    },
  )
  .prefault({})
  .describe(
    "A listener without TLS, for a TLS terminator: see [operations.md](operations.md#behind-a-tls-terminator).",
  );

/** A host name or wildcard as it may stand in a certificate. @see https://www.rfc-editor.org/rfc/rfc6125#section-6.4 */
const dnsName =
  /^(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

const tls = z
  .strictObject({
    certificateFile: z
      .string()
      .min(1)
      .optional()
      .describe("PEM file with the certificate and its chain. The developer server makes its own.")
      .meta({ path: true, productionRequired: true }),
    keyFile: z
      .string()
      .min(1)
      .optional()
      .describe("PEM file with the private key; ECDSA P-256 is fastest.")
      .meta({ path: true, productionRequired: true }),
    names: z
      .array(
        z
          .string()
          .refine((name) => isIP(name) !== 0 || dnsName.test(name), "not a host name or address"),
      )
      .max(64)
      .default([])
      .describe("Further host names and addresses for the developer server's certificate."),
  })
  .prefault({})
  .describe("The certificate.");

/** A text in the languages of the pages: at least one of them. */
const localised = (text: z.ZodType<string>, what: string) =>
  z
    .strictObject({ ja: text.optional(), ko: text.optional(), en: text.optional() })
    .refine((texts) => Object.keys(texts).length > 0, `${what} is missing in every language`);

const termsDocument = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "an id has 1 to 64 of a-z, 0-9, - and _")
      .describe("Stays the same over versions."),
    version: z
      .union([z.string().trim().min(1).max(64), z.number()])
      .transform(String)
      .describe("A new one asks everybody again."),
    required: z.boolean().default(true),
    title: localised(z.string().trim().min(1).max(256), "the title"),
    text: localised(z.string().trim().min(1).max(262_144), "the text").optional(),
    url: localised(
      z.url({ protocol: /^https?$/, message: "not a web address" }).max(2_048),
      "the URL",
    ).optional(),
  })
  .refine(({ text, url }) => (text ?? url) !== undefined, "a document has a text or a url");

const webAddress = z.url({ protocol: /^https?$/, message: "not a web address" }).max(2_048);

/** An identity provider elsewhere. What is left out comes from the preset. */
const oidc = z
  .strictObject({
    preset: z
      .enum(["none", "naver", "line", "google"])
      .default("none")
      .describe("Whose endpoints and members the other settings begin with; each can be set over."),
    name: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe("How people call the provider: what the button of the sign-in says."),
    issuer: webAddress
      .optional()
      .describe("Its issuer identifier. Endpoints that are not set are discovered there."),
    authorizationEndpoint: webAddress.optional().describe("Where people sign in."),
    tokenEndpoint: webAddress.optional().describe("Where codes are exchanged."),
    userinfoEndpoint: webAddress
      .optional()
      .describe("Where an access token is shown to learn whose it is."),
    introspectionEndpoint: webAddress
      .optional()
      .describe(
        "Where an access token is asked about (RFC 7662), before or in place of the user info.",
      ),
    tokenInfoEndpoint: webAddress
      .optional()
      .describe(
        "Where an access token is asked about that has no RFC 7662: it is sent as the parameter `access_token`.",
      ),
    audienceMember: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe(
        "The member of that answer that must be one of ours: without it a token that another app was given would do.",
      ),
    audiences: z
      .array(z.string().min(1).max(256))
      .max(16)
      .default([])
      .describe("Clients besides `clientId` whose tokens are taken: the companion apps'."),
    clientId: z.string().min(1).max(256).optional().describe("Our client at the provider."),
    clientSecretFile: z
      .string()
      .min(1)
      .optional()
      .describe("File that holds its secret; without one it is a public client.")
      .meta({ path: true }),
    redirectUri: z
      .string()
      .min(1)
      .max(2_048)
      .optional()
      .describe(
        "What apps ask the provider with for the account authorization codes that they bring. Default: `/sign-in/outside/back` of this server.",
      ),
    scope: z.string().max(256).optional().describe("What is asked for when people sign in here."),
    subjectMember: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe("Where the person's id stands in the user info; dots lead into objects."),
    labelMember: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe("Where their name or e-mail address stands, for them to read."),
    cacheSeconds: z
      .number()
      .int()
      .min(0)
      .max(3_600)
      .default(60)
      .describe("How long the provider's word on an access token is good. Seconds."),
  })
  .prefault({});

const auth = z
  .strictObject({
    identityProvider: z
      .enum(["local", "oidc"])
      .default("local")
      .describe(
        "Who knows the accounts: `local` is the embedded provider with e-mail and password, `oidc` one elsewhere, by the settings `auth.oidc`.",
      ),
    oidc,
    guests: z
      .boolean()
      .default(false)
      .describe("Whether devices may sign in without an account (`request_vu=Y`).")
      .meta({ development: true }),
    accessTokenLifetime: seconds(
      332_000,
      "How long an access token works. Devices that shipped refresh an hour before the end: keep it well above 3600.",
      tenYears,
    ),
    refreshTokenLifetime: seconds(
      31_536_000,
      "How long a refresh token works after it was last used.",
      tenYears,
    ),
    authorizationCodeLifetime: seconds(
      600,
      "How long an authorization code waits to be exchanged.",
      3_600,
    ),
    refreshRetryWindow: z
      .number()
      .int()
      .min(0)
      .max(3_600)
      .default(60)
      .describe(
        "How long a spent refresh token still answers the pair that it gave, while that pair is unused: a device whose answer was lost is not locked out. 0 turns it off. Seconds.",
      ),
    accountAccessTokenLifetime: seconds(
      3_600,
      "How long an account access token of the embedded identity provider works.",
      tenYears,
    ),
    terms: z
      .array(termsDocument)
      .max(16)
      .refine(
        (documents) => new Set(documents.map(({ id }) => id)).size === documents.length,
        "two documents have the same id",
      )
      .default([])
      .describe(
        "Terms of use that accounts agree to before their devices get in: documents with `id`, `version`, `required`, and `title` with `text` or `url` in `ja`, `ko` and `en`. In the file, or as JSON in the variable. See [authorization.md](authorization.md#terms-of-use).",
      ),
    withdrawalLock: seconds(
      2_592_000,
      "How long an account that withdrew from the service stays locked: a month.",
      tenYears,
    ),
    introspectionClients: z
      .array(z.string().min(1).max(256))
      .max(64)
      .default([])
      .describe(
        "Gateways that run apart, by their `client_id`s: `/introspect` tells them of every token, other clients of their own alone.",
      ),
    signUp: z
      .boolean()
      .default(true)
      .describe(
        "Whether people may make accounts for themselves at `/sign-up`. Off, accounts are made by operators.",
      ),
    sessionLifetime: seconds(
      1_209_600,
      "How long a browser stays signed in on the account pages: two weeks.",
      tenYears,
    ),
    deviceCodeLifetime: seconds(
      900,
      "How long a device waits for its code to be typed at `/activate`.",
      3_600,
    ),
    deviceCodeInterval: seconds(
      5,
      "How long such a device waits between two questions; longer for one that asks too often.",
      60,
    ),
    signInAttempts: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(10)
      .describe("Most tries to sign in with one e-mail address from one address per window."),
    signInAttemptsPerAddress: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(200)
      .describe(
        "Most tries to sign in from one address per window, whatever the e-mail address; many people may share one.",
      ),
    signInFailuresPerAccount: count(
      100,
      "Most wrong passwords for one e-mail address per window from all addresses together. It does not hold for addresses on which the person signed in within 30 days.",
    ),
    signInWindow: seconds(900, "The window that tries to sign in are counted in.", 86_400),
    attemptsPerDevice: count(
      120,
      "Most answers of `/token` to one device per window, and codes of `/authorize` for it: far above what a device in order needs.",
    ),
    guestsPerAddress: count(
      200,
      "Most codes of `/authorize` for guests from one address per window; many devices may share one.",
    ),
    formsPerAddress: count(
      1_000,
      "Most forms of pages from one address per window, and sign-ins of apps that begin there: each makes a row in the database.",
    ),
    failuresPerAddress: count(
      1_000,
      "Most wrong secrets, codes, tokens and credentials from one address per window. What proves itself by a live code or token is let through all the same.",
    ),
    failuresPerClient: count(
      10_000,
      "Most of them for one client per window, whatever the address. What proves itself is let through all the same.",
    ),
    attemptWindow: seconds(
      900,
      "The window that tries at `/authorize` and `/token` are counted in.",
      86_400,
    ),
    auditRetention: seconds(31_536_000, "How long the audit log is kept: a year.", tenYears),
  })
  .prefault({})
  .describe("The authorization server.");

/** A page's origin as its browser writes it: nothing else would ever be equal to what it sends. */
const pageOrigin = z
  .string()
  .max(512)
  .refine(
    isPageOrigin,
    "not an origin as a browser sends it, such as https://app.example.org or http://localhost:5173: scheme and host in lower case, the port where it is not the scheme's own, no path and no slash at the end",
  );

const gateway = z
  .strictObject({
    validation: z
      .enum(["lenient", "strict"])
      .default("lenient")
      .describe(
        "What a known event with a wrong payload gets: `lenient` accepts, `strict` answers 400 naming the field.",
      )
      .meta({ development: "strict" }),
    connectionAffinity: z
      .enum(["same-connection", "same-device"])
      .default("same-connection")
      .describe(
        "Whether an event must come on the connection that holds the device's downchannel, or only while the device has one anywhere (behind an HTTP/2 proxy that reuses connections).",
      ),
    userAgentPolicy: z
      .enum(["ignore", "reject"])
      .default("ignore")
      .describe("Whether a User-Agent outside the grammar of the guides is answered 403."),
    allowedOrigins: z
      .array(pageOrigin)
      .max(256)
      .refine(
        (origins) => !origins.includes("*") || origins.length === 1,
        '"*" lets every page in: it stands alone or not at all',
      )
      .refine(
        (origins) => new Set(origins).size === origins.length,
        "an origin is there more than once",
      )
      .default([])
      .describe(
        'Pages of other origins that may use the client in a browser (CORS), by their exact origins, as in `https://app.example.org`. `"*"` alone lets every page in. It holds for the gateway and for `/authorize`, `/token`, `/device_authorization` and `/revoke`. See [client.md](client.md#from-a-page-of-another-origin).',
      ),
    maxBodyBytes: bytes(16_777_216, "Largest body of one event, all parts together."),
    maxMetadataBytes: bytes(262_144, "Largest `metadata` part."),
    maxAttachmentBytes: bytes(10_485_760, "Largest single attachment of an event."),
    maxParts: z.number().int().min(1).max(64).default(8).describe("Most parts of one event."),
    maxBodySeconds: seconds(60, "How long the body of an event may stay open."),
    maxConcurrentStreams: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe("Most streams open at once on one connection."),
    maxHeaderBytes: bytes(16_384, "Largest header list of a request."),
    maxQueuedBytes: bytes(262_144, "Most bytes of directives that wait in memory for one device."),
    slowReaderSeconds: seconds(60, "How long a device may leave queued bytes untouched."),
    drainSeconds: seconds(
      20,
      "How long a stopping server takes to send its connections away, in waves.",
      3_600,
    ).meta({ development: 2 }),
    overloadMilliseconds: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(2_000)
      .describe(
        "How late the process may be for its own work before new downchannels and events are answered 503. 0 turns it off. Milliseconds.",
      ),
    pingIntervalSeconds: seconds(
      300,
      "How often the server PINGs a connection that is otherwise idle.",
    ),
    pingTimeoutSeconds: seconds(30, "How long a PING's ACK may take."),
  })
  .prefault({})
  .describe("The gateway: downchannels and events.");

const limits = z
  .strictObject({
    maxConnections: count(20_000, "Most connections open at once; a further one is refused."),
    maxConnectionsPerAddress: count(
      1_000,
      "Most connections open at once from one IPv4 address or IPv6 /64. 0 turns it off, as behind a load balancer that hides the addresses.",
      0,
    ),
    newConnectionsPerAddress: count(
      500,
      "Most connections that one address opens in a burst. 0 turns it off.",
      0,
    ),
    newConnectionsPerAddressPerSecond: count(
      50,
      "How many new connections a second an address may open in the long run.",
    ),
    handshakeSeconds: seconds(
      10,
      "How long a TLS handshake may take; without TLS, how long a connection may take to its first bytes.",
    ),
    firstRequestSeconds: seconds(
      10,
      "How long a connection may take to the headers of its first request; over HTTP/1.1 to those of each request.",
    ),
    requestSeconds: seconds(
      30,
      "How long a request to the authorization server or the admin API may take to arrive, body and all.",
    ),
    idleSeconds: seconds(
      600,
      "How long an HTTP/2 connection is kept on which no request is open and the peer sends no PING.",
    ),
    keepAliveSeconds: seconds(
      5,
      "How long an HTTP/1.1 connection is kept between two requests.",
      3_600,
    ),
    resetBurst: count(
      200,
      "Most requests that the peer of one connection breaks off in a burst. Devices break off a request when they are interrupted, so keep it well above that.",
    ),
    resetsPerSecond: count(10, "How many more it may break off each second in the long run."),
    controlFrameBurst: count(
      200,
      "Most HTTP/2 PING and SETTINGS frames of the peer of one connection in a burst.",
    ),
    controlFramesPerSecond: count(20, "How many more it may send each second in the long run."),
    maxConnectionQueuedBytes: bytes(
      8_388_608,
      "Most bytes that wait to be read by the peer of one connection, all its requests together.",
    ),
  })
  .prefault({})
  .describe(
    "What one peer may take. Past a limit a connection is refused or ended with ENHANCE_YOUR_CALM, and counted: see [hardening.md](hardening.md).",
  );

const delivery = z
  .strictObject({
    durable: z
      .boolean()
      .default(true)
      .describe(
        "Whether directives wait in the database, so that what was accepted survives the process. `false` keeps them in memory: cheaper, and lost with the process.",
      ),
    ttlSeconds: seconds(
      86_400,
      "How long a directive waits for its device unless its sender says otherwise.",
      tenYears,
    ),
    maxQueueLength: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1_000)
      .describe(
        "Most directives that wait for one device; past that the oldest is dropped and counted.",
      ),
  })
  .prefault({})
  .describe("Directives on their way to devices.");

const storage = z
  .strictObject({
    kind: z
      .enum(["sqlite", "postgres"])
      .default("sqlite")
      .describe(
        "Where accounts, tokens and waiting directives are kept: `sqlite`, a file in `dataDir`, for the processes of one machine; `postgres`, for those of several. Devices connect to one process, whichever it is: [operations.md](operations.md#several-processes).",
      ),
    url: z
      .string()
      .max(2_048)
      .refine(isPostgresUrl, "not of the form postgres://user:password@host:5432/database")
      .optional()
      .describe(
        "The PostgreSQL database, as in `postgres://user:password@host:5432/database?sslmode=verify-full`. Better in its variable than in a file or flag: it may hold a password.",
      )
      .meta({ secret: true }),
  })
  .refine(({ kind, url }) => kind !== "postgres" || url !== undefined, {
    message: "missing: storage.kind is postgres (variable: TREFOIL_STORAGE_URL)",
    path: ["url"],
  })
  .prefault({})
  .describe("The database.");

const admin = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Whether there is an admin API at all."),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        "File that holds the bearer token of the admin API: 32 characters or more. The developer server makes its own.",
      )
      .meta({ path: true, productionRequired: true }),
  })
  .prefault({})
  .describe("The admin API.");

const operations = z
  .strictObject({
    port: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe(
        "TCP port for `/livez`, `/readyz` and `/metrics`, over plain HTTP and without a token. 0 takes a free one. Without it there is no such listener.",
      ),
    host: z
      .string()
      .min(1)
      .max(255)
      .default("127.0.0.1")
      .describe("Address to listen on; keep it where only those who run the server get."),
  })
  .prefault({})
  .describe("For those who run the server: see [operations.md](operations.md).");

const log = z
  .strictObject({
    level: z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
      .default("info")
      .describe("Least important lines that are written."),
  })
  .prefault({})
  .describe("Logs.");

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text);
}

/**
 * Whether a browser may send a text as the origin of a page. Apps that show pages of their own have schemes of their own, as
 * `capacitor://localhost`. `null`, the origin of sandboxed pages, is everybody's and so nobody's.
 */
function isPageOrigin(text: string): boolean {
  if (text === "*") return true;
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  if (/^https?:$/.test(protocol)) return origin === text && !text.includes("*");
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:\d{1,5})?$/.test(text);
}

/** Whether a text is a URL of scheme, host and port alone. */
function isWebOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  const rest = [search, hash, username, password].join("");
  return /^https?:$/.test(protocol) && pathname === "/" && rest === "";
}

/** The whole configuration. Unknown keys are errors: a misspelt setting is not silently a default. */
export const configSchema = z.strictObject({
  publicUrl: z
    .string()
    .refine(isWebOrigin, "not an origin such as https://clova.example.org (no path)")
    .transform((text) => new URL(text).origin)
    .optional()
    .describe(
      "How clients reach this server, as in `https://clova.example.org`: scheme, host and, where it is not 443, port. The developer server's default: `https://localhost` with its port.",
    )
    .meta({ productionRequired: true }),
  dataDir: z
    .string()
    .min(1)
    .default("./data")
    .describe("Directory of the embedded database and of the developer server's files.")
    .meta({ path: true }),
  listen,
  plainText,
  tls,
  auth,
  gateway,
  limits,
  delivery,
  storage,
  admin,
  operations,
  log,
});

/** A checked configuration with every default filled in. */
export type Config = z.infer<typeof configSchema>;
export type AuthConfig = Config["auth"];
export type TermsDocument = AuthConfig["terms"][number];
export type GatewayConfig = Config["gateway"];
export type LimitsConfig = Config["limits"];
export type DeliveryConfig = Config["delivery"];
