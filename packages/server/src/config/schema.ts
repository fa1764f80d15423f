// Every setting, with what it does, its default and a sane range: the configuration reference is printed from here.

import { isIP } from "node:net";
import { z } from "zod";

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
  })
  .prefault({})
  .describe("Where the server listens.");

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

const auth = z
  .strictObject({
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
    signInWindow: seconds(900, "The window that tries to sign in are counted in.", 86_400),
  })
  .prefault({})
  .describe("The authorization server.");

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
    ),
    pingIntervalSeconds: seconds(
      300,
      "How often the server PINGs a connection that is otherwise idle.",
    ),
    pingTimeoutSeconds: seconds(30, "How long a PING's ACK may take."),
  })
  .prefault({})
  .describe("The gateway: downchannels and events.");

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

const log = z
  .strictObject({
    level: z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
      .default("info")
      .describe("Least important lines that are written."),
  })
  .prefault({})
  .describe("Logs.");

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
  tls,
  auth,
  gateway,
  delivery,
  admin,
  log,
});

/** A checked configuration with every default filled in. */
export type Config = z.infer<typeof configSchema>;
export type AuthConfig = Config["auth"];
export type GatewayConfig = Config["gateway"];
export type DeliveryConfig = Config["delivery"];
