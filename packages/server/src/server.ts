// The composition root: the one file that knows every room. It opens the database, puts the rooms together, listens, and
// takes everything apart again in the opposite order.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "@trefoil/protocol/clock";
import { Hono } from "hono";
import {
  adminRoot,
  createAdminApp,
  createOpenApiApp,
  hashAdminToken,
  readAdminToken,
} from "./admin/index.js";
import { type AuthServer, authPaths, createAuthServer } from "./auth/index.js";
import type { Config } from "./config/index.js";
import {
  Delivery,
  type DirectiveSender,
  Presence,
  createDurableMailbox,
  createMemoryMailbox,
} from "./delivery/index.js";
import {
  developmentOrigin,
  prepareAdminToken,
  prepareCertificates,
  prepareDemoData,
  writeDevJson,
} from "./dev/index.js";
import {
  Gateway,
  type GatewayOptions,
  answerWithText,
  exceptionResponse,
  isGatewayPath,
} from "./gateway/index.js";
import { type WebApplication, type WebEnvironment, listen } from "./listener/index.js";
import { type Logger, silentLogger } from "./logging/index.js";
import { openDatabase } from "./storage/index.js";

/** What a server is started with. */
export interface ServerOptions {
  readonly config: Config;
  /** Whether this is the developer server, which makes what it lacks: certificates, demo data, an admin token. */
  readonly dev?: boolean;
  readonly log?: Logger;
  readonly clock?: Clock;
  /** Who handles which event, over the built-in ones. */
  readonly handlers?: GatewayOptions["handlers"];
}

/** A server that listens. */
export interface RunningServer {
  /** Where clients reach it, without a slash at its end. */
  readonly origin: string;
  /** The port that it really listens on. */
  readonly port: number;
  /** Sends directives to devices, from the program that runs the server: what the admin API does, without HTTP. */
  readonly sender: DirectiveSender;
  /** Ends it in good order: connections are sent away in waves, then the database is closed. */
  stop(): Promise<void>;
}

/**
 * The nghttp2 library's own bounds, beside the settings: pairs in a header list, and megabytes that one connection may hold.
 */
const engineBounds = { maxHeaderPairs: 100, maxSessionMemory: 10 };

/** How often directives that nobody can get any more are swept out of the mailbox. Milliseconds. */
const mailboxSweepInterval = 60_000;

/**
 * Starts the authorization server, the gateway and the admin API on one port.
 * @throws {TrefoilError} where the configuration or the database is unusable; the socket's error where the port cannot be
 * had
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config } = options;
  const log = options.log ?? silentLogger;
  const clock = options.clock ?? systemClock;
  /** What has to be undone, last first: also where the start fails half-way. */
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };

  try {
    const development =
      options.dev === true ? await prepareDevelopment(config, clock, log) : undefined;
    const database = await openDatabase({
      kind: "sqlite",
      file: join(config.dataDir, "trefoil.sqlite"),
    });
    undo.push(() => database.close());
    await database.migrate();

    const auth = createAuthServer({ database, config: config.auth, clock, log });
    auth.start();
    undo.push(() => auth.close());

    const mailbox = config.delivery.durable
      ? createDurableMailbox(database)
      : createMemoryMailbox();
    auth.onDeviceOwnerChanged(async ({ deviceKey, reason }, stores) => {
      // What waits for a guest's device is its new owner's too; a stranger's is not.
      if (reason === "guest_signed_in") return;
      // The database too where it is not in use: a durable mailbox of an earlier or later start reads it.
      await stores.mailbox.purge(deviceKey);
      if (!config.delivery.durable) await mailbox.purge(deviceKey);
    });
    const presence = new Presence();
    const delivery = new Delivery({
      mailbox,
      clock,
      config: config.delivery,
      maxQueuedBytes: config.gateway.maxQueuedBytes,
    });
    undo.push(every(clock, mailboxSweepInterval, () => mailbox.sweep(clock.now()), log));

    const gateway = new Gateway({
      config: config.gateway,
      clock,
      log,
      tokens: auth.tokens,
      delivery,
      presence,
      handlers: { "TextRecognizer.Recognize": answerWithText, ...options.handlers },
    });
    const adminTokenHash = await adminHash(config, development?.adminToken);
    const demo =
      development === undefined
        ? undefined
        : await prepareDemoData({ dataDir: config.dataDir, auth, clock, log });
    const listener = await listen({
      host: config.listen.host,
      port: config.listen.port,
      tls: development?.certificates ?? (await readCertificates(config)),
      limits: {
        maxConcurrentStreams: config.gateway.maxConcurrentStreams,
        maxHeaderListSize: config.gateway.maxHeaderBytes,
        ...engineBounds,
      },
      gateway: {
        owns: isGatewayPath,
        connect: (session) => gateway.connect(session),
        refusal: exceptionResponse,
      },
      web: webApplication(
        auth,
        adminTokenHash === undefined
          ? undefined
          : createAdminApp({
              tokenHash: adminTokenHash,
              devices: auth.devices,
              clients: auth.clients,
              sender: delivery,
              presence,
              log,
            }),
      ),
      log,
    });
    undo.push(async () => {
      listener.stopAccepting();
      await gateway.drain();
      await listener.close();
    });

    const origin = developmentOrigin(config, listener.port);
    if (development !== undefined && demo !== undefined) {
      const { adminToken } = development;
      const { caFile } = development.certificates;
      await writeDevJson({ dataDir: config.dataDir, origin, caFile, demo, adminToken });
    }
    return { origin, port: listener.port, sender: delivery, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a developer server makes on its first start, before there is a database. */
async function prepareDevelopment(config: Config, clock: Clock, log: Logger) {
  const [certificates, adminToken] = await Promise.all([
    prepareCertificates({ config, clock, log }),
    prepareAdminToken(config),
  ]);
  return { certificates, adminToken };
}

async function readCertificates(
  config: Config,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const { certificateFile, keyFile } = config.tls;
  const [certificate, key] = await Promise.all([
    readFile(certificateFile ?? "", "utf8"),
    readFile(keyFile ?? "", "utf8"),
  ]);
  return { certificate, key };
}

/** Undefined where the admin API is off. */
async function adminHash(
  config: Config,
  adminToken: string | undefined,
): Promise<Uint8Array | undefined> {
  if (adminToken !== undefined) return hashAdminToken(adminToken);
  const { tokenFile } = config.admin;
  return tokenFile === undefined ? undefined : readAdminToken(tokenFile);
}

/** Everything that is not the gateway's: the path decides whose it is. */
function webApplication(auth: AuthServer, admin: Hono | undefined): WebApplication {
  const openApi = createOpenApiApp();
  const app = new Hono<{ Bindings: WebEnvironment }>();
  for (const path of authPaths) app.all(path, (c) => auth.app.fetch(c.req.raw, c.env));
  if (admin !== undefined) app.all(`${adminRoot}/*`, (c) => admin.fetch(c.req.raw));
  app.all("/openapi/*", (c) => openApi.fetch(c.req.raw));
  app.notFound((c) => auth.app.fetch(c.req.raw, c.env));
  return (request, environment) => app.fetch(request, environment);
}

/** Does something again and again, and logs when it fails. @returns how to end it */
function every(
  clock: Clock,
  interval: number,
  work: () => Promise<unknown>,
  log: Logger,
): () => void {
  const run = (): void => {
    work().catch((error: unknown) => log.error("A regular task failed.", { err: error }));
    timer = clock.after(interval, run);
  };
  let timer = clock.after(interval, run);
  return () => timer.cancel();
}
