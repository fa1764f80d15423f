// Every setting, with what it does, its default and a sane range: the configuration reference is printed from here.

import { z } from "zod";

const seconds = (fallback: number, what: string) =>
  z.number().int().positive().default(fallback).describe(`${what} Seconds.`);

const bytes = (fallback: number, what: string) =>
  z.number().int().positive().default(fallback).describe(`${what} Bytes.`);

const listen = z
  .strictObject({
    host: z
      .string()
      .min(1)
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
  .prefault({});

const tls = z
  .strictObject({
    certificateFile: z
      .string()
      .optional()
      .describe("PEM file with the certificate and its chain. The developer server makes its own."),
    keyFile: z
      .string()
      .optional()
      .describe("PEM file with the private key; ECDSA P-256 is fastest."),
    names: z
      .array(z.string().min(1))
      .max(64)
      .default([])
      .describe("Further host names and addresses for the developer server's certificate."),
  })
  .prefault({});

const auth = z
  .strictObject({
    guests: z
      .boolean()
      .default(false)
      .describe("Whether devices may sign in without an account (`request_vu=Y`)."),
    accessTokenLifetime: seconds(
      332_000,
      "How long an access token works. Devices that shipped refresh an hour before the end: keep it well above 3600.",
    ),
    refreshTokenLifetime: seconds(
      31_536_000,
      "How long a refresh token works after it was last used.",
    ),
    authorizationCodeLifetime: seconds(
      600,
      "How long an authorization code waits to be exchanged.",
    ),
  })
  .prefault({});

const gateway = z
  .strictObject({
    validation: z
      .enum(["lenient", "strict"])
      .default("lenient")
      .describe(
        "What a known event with a wrong payload gets: `lenient` accepts, `strict` answers 400 naming the field.",
      ),
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
    pingIntervalSeconds: seconds(
      300,
      "How often the server PINGs a connection that is otherwise idle.",
    ),
    pingTimeoutSeconds: seconds(30, "How long a PING's ACK may take."),
  })
  .prefault({});

const delivery = z
  .strictObject({
    ttlSeconds: seconds(
      86_400,
      "How long a directive waits for its device unless its sender says otherwise.",
    ),
    maxQueueLength: z
      .number()
      .int()
      .positive()
      .default(1_000)
      .describe(
        "Most directives that wait for one device; past that the oldest is dropped and counted.",
      ),
  })
  .prefault({});

const admin = z
  .strictObject({
    tokenFile: z
      .string()
      .optional()
      .describe(
        "File that holds the bearer token of the admin API. Without it the admin API is off.",
      ),
  })
  .prefault({});

const log = z
  .strictObject({
    level: z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
      .default("info")
      .describe("Least important lines that are written."),
  })
  .prefault({});

/** The whole configuration. Unknown keys are errors: a misspelt setting is not silently a default. */
export const configSchema = z.strictObject({
  listen,
  publicUrl: z
    .url()
    .optional()
    .describe(
      "How clients reach this server, as in `https://clova.example.org`. Default: from host and port.",
    ),
  dataDir: z
    .string()
    .min(1)
    .default("./data")
    .describe("Directory of the embedded database and of the developer server's files."),
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
