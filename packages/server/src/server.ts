// The composition root: the one file that knows every room. It opens the database, puts the rooms together, listens, and
// takes everything apart again in the opposite order.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { Hono } from "hono";
import {
  type AdminApp,
  PresenceWatch,
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
  LastSeenJournal,
  Presence,
  PresenceFeed,
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
  CrossOriginPolicy,
  Gateway,
  type GatewayOptions,
  builtInHandlers,
  crossOriginWeb,
  exceptionResponse,
  isGatewayPath,
} from "./gateway/index.js";
import {
  type CertificatePair,
  CertificateRenewal,
  TrustedProxies,
  type WebApplication,
  type WebEnvironment,
  listen,
} from "./listener/index.js";
import { type Logger, silentLogger } from "./logging/index.js";
import {
  LoadMonitor,
  Measures,
  type OperationsListener,
  ReadinessGate,
  createExposition,
  listenForOperations,
  publish,
  serverVersion,
} from "./observability/index.js";
import {
  type DatabaseSettings,
  type DirectoryHolder,
  claimDirectory,
  openDatabase,
} from "./storage/index.js";

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
  /** The port that it really listens on: with TLS, or without where it speaks no TLS at all. */
  readonly port: number;
  /** The port for a TLS terminator; undefined where there is none. */
  readonly plainTextPort: number | undefined;
  /** The port of `/livez`, `/readyz` and `/metrics`; undefined where there is no such listener. */
  readonly operationsPort: number | undefined;
  /** Sends directives to devices, from the program that runs the server: what the admin API does, without HTTP. */
  readonly sender: DirectiveSender;
  /**
   * Reads the certificate's files again, now; they are also read about once a minute. What is new and whole is used for
   * connections from now on, and what is not is logged. Without such files nothing happens. Never rejects.
   */
  renewCertificate(): Promise<void>;
  /** Ends it in good order: connections are sent away in waves, then the database is closed. */
  stop(): Promise<void>;
}

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
    const claim = claimDirectory(config.dataDir);
    undo.push(() => claim.release());
    if (claim.holder !== undefined) meetHolder(claim.holder, options.dev === true, config, log);
    const development =
      options.dev === true ? await prepareDevelopment(config, clock, log) : undefined;
    const database = await openDatabase(databaseOf(config));
    undo.push(() => database.close());
    await database.migrate();

    const measures = new Measures();
    const load = new LoadMonitor(clock, config.gateway.overloadMilliseconds);
    undo.push(() => load.stop());
    const readiness = new ReadinessGate(
      { database: () => database.probe(), overloaded: () => load.overloaded },
      clock,
    );
    let operations: OperationsListener | undefined;
    // Among the last to go: until then it says that the server is not ready.
    undo.push(() => operations?.close());

    const presence = new Presence();
    // The port is known once it is listened on; nobody asks before.
    let origin = developmentOrigin(config, config.listen.port);
    const auth = createAuthServer({
      database,
      config: config.auth,
      clock,
      log,
      origin: () => origin,
      externalClientSecret: await secretIn(config.auth.oidc.clientSecretFile),
      signingKeysFile: join(config.dataDir, "oidc-signing-keys.json"),
      presenceOf: (deviceKey) => presence.get(deviceKey),
      onAudit: (event, outcome) => measures.authEvents.add(event, outcome),
    });
    auth.start();
    undo.push(() => auth.close());

    const mailbox = config.delivery.durable
      ? createDurableMailbox(database, measures.delivery.commitSeconds)
      : createMemoryMailbox();
    undo.push(() => mailbox.settled());
    auth.onDeviceOwnerChanged(async ({ deviceKey, reason }, stores) => {
      // What waits for a guest's device is its new owner's too; a stranger's is not.
      if (reason === "guest_signed_in") return;
      // The database too where it is not in use: a durable mailbox of an earlier or later start reads it.
      const purged = await stores.mailbox.purge(deviceKey);
      const forgotten = config.delivery.durable ? purged : await mailbox.purge(deviceKey);
      measures.delivery.drops.add("owner_changed", forgotten);
    });
    const lastSeen = new LastSeenJournal({ presence, records: auth.devices, clock, log });
    undo.push(() => lastSeen.close());
    const delivery = new Delivery({
      mailbox,
      accounts: auth.devices,
      clock,
      config: config.delivery,
      maxQueuedBytes: config.gateway.maxQueuedBytes,
      log,
      measures: measures.delivery,
    });
    undo.push(every(clock, mailboxSweepInterval, () => delivery.sweep(), log));

    const proxies = new TrustedProxies(config.listen.trustedProxies, config.listen.forwardedHeader);
    const gateway = new Gateway({
      config: config.gateway,
      clock,
      log,
      tokens: auth.tokens,
      delivery,
      presence,
      handlers: { ...builtInHandlers, ...options.handlers },
      isOverloaded: () => load.overloaded,
      clientAddress: (stream) =>
        proxies.clientOf(stream.session.remoteAddress, (name) => stream.header(name)),
      measures: measures.gateway,
    });
    const presenceWatch = new PresenceWatch({ feed: new PresenceFeed(presence), clock });
    const adminTokenHash = await adminHash(config, development?.adminToken);
    const demo =
      development === undefined
        ? undefined
        : await prepareDemoData({ dataDir: config.dataDir, auth, clock, log });
    const certificates = development?.certificates ?? (await readCertificates(config));
    const { plainText } = config;
    const listener = await listen({
      tls: certificates && { ...certificates, ...config.listen },
      plainText:
        plainText.port === undefined ? undefined : { host: plainText.host, port: plainText.port },
      proxies,
      config,
      gateway: {
        owns: isGatewayPath,
        connect: (session) => gateway.connect(session),
        refusal: exceptionResponse,
      },
      web: crossOriginWeb(
        webApplication(
          auth,
          adminTokenHash === undefined
            ? undefined
            : createAdminApp({
                tokenHash: adminTokenHash,
                accounts: auth.accounts,
                devices: auth.devices,
                clients: auth.clients,
                operators: auth.operators,
                sender: delivery,
                presence,
                presenceWatch,
                log,
              }),
          measures,
        ),
        new CrossOriginPolicy(config.gateway.allowedOrigins),
      ),
      clock,
      log,
      onLimit: (limit) => publish("trefoil:limit:met", { limit }),
    });
    undo.push(async () => {
      readiness.close();
      listener.stopAccepting();
      presenceWatch.close();
      await gateway.drain();
      await listener.close();
    });

    const { certificateFile, keyFile } = config.tls;
    let renewal: CertificateRenewal | undefined;
    // The developer server has made its own, and uses no other.
    if (development === undefined && certificates && certificateFile && keyFile) {
      renewal = new CertificateRenewal({
        certificateFile,
        keyFile,
        current: certificates,
        use: (pair) => listener.useCertificate(pair),
        clock,
        log,
      });
      undo.push(() => renewal?.stop());
    }

    const { plainTextPort } = listener;
    const mainPort = listener.port ?? plainTextPort ?? config.listen.port;
    if (plainTextPort !== undefined) {
      log.info("The listener without TLS listens.", { host: plainText.host, port: plainTextPort });
    }
    const { host, port } = config.operations;
    if (port !== undefined) {
      const exposition = await createExposition(
        {
          measures,
          clock,
          version: serverVersion(),
          gateway,
          census: () => mailbox.census(),
          limits: () => listener.limitsMet,
          tokenChecks: () => ({ ...auth.tokenCounts().checks }),
          cachedTokens: () => auth.tokenCounts().cached,
          presenceWatchers: () => presenceWatch.size,
          overloaded: () => load.overloaded,
        },
        log,
      );
      operations = await listenForOperations({ host, port, readiness, exposition, log });
      log.info("The operations listener listens.", { host, port: operations.port });
    }

    origin = developmentOrigin(config, mainPort);
    if (development !== undefined && demo !== undefined) {
      const { adminToken } = development;
      const { caFile } = development.certificates;
      await writeDevJson({ dataDir: config.dataDir, origin, caFile, demo, adminToken });
    }
    claim.announce(origin);
    readiness.open();
    return {
      origin,
      port: mainPort,
      plainTextPort,
      operationsPort: operations?.port,
      sender: delivery,
      async renewCertificate() {
        await renewal?.look();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Which database the configuration names. */
function databaseOf({ storage, dataDir }: Config): DatabaseSettings {
  return storage.kind === "postgres"
    ? { kind: "postgres", url: storage.url ?? "" }
    : { kind: "sqlite", file: join(dataDir, "trefoil.sqlite") };
}

/**
 * Another server has the data directory. Two developer servers would write over each other's `dev.json`, so the second does
 * not start. In production the processes of one machine may share the embedded database, which is worth a word all the same:
 * a process hands out directives to its own connections only.
 * @throws {TrefoilError} `invalid_configuration` in the developer server
 */
function meetHolder(
  holder: DirectoryHolder,
  isDev: boolean,
  { dataDir }: Config,
  log: Logger,
): void {
  if (!isDev) {
    log.warn("Another server has this data directory.", { dataDir, ...holder });
    return;
  }
  const { pid, origin } = holder;
  const facts = [...(pid === undefined ? [] : [`process ${pid}`]), ...(origin ? [origin] : [])];
  const who = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  throw new TrefoilError(
    "invalid_configuration",
    `another server${who} has the data directory ${dataDir}: end it, or choose another directory with --data or TREFOIL_DATA_DIR`,
  );
}

/** What a developer server makes on its first start, before there is a database. */
async function prepareDevelopment(config: Config, clock: Clock, log: Logger) {
  const [certificates, adminToken] = await Promise.all([
    prepareCertificates({ config, clock, log }),
    prepareAdminToken(config),
  ]);
  return { certificates, adminToken };
}

/** Undefined where a TLS terminator has them. */
async function readCertificates(config: Config): Promise<CertificatePair | undefined> {
  const { certificateFile, keyFile } = config.tls;
  const isElsewhere = config.plainText.port !== undefined;
  if (isElsewhere && certificateFile === undefined && keyFile === undefined) return undefined;
  const [certificate, key] = await Promise.all([
    readFile(certificateFile ?? "", "utf8"),
    readFile(keyFile ?? "", "utf8"),
  ]);
  return { certificate, key };
}

/** The one secret in a file, without the line end that editors add. */
async function secretIn(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await readFile(file, "utf8")).trim();
}

/** Undefined where the admin API is off. */
async function adminHash(
  config: Config,
  adminToken: string | undefined,
): Promise<Uint8Array | undefined> {
  if (!config.admin.enabled) return undefined;
  if (adminToken !== undefined) return hashAdminToken(adminToken);
  const { tokenFile } = config.admin;
  return tokenFile === undefined ? undefined : readAdminToken(tokenFile);
}

/** Everything that is not the gateway's: the path decides whose it is. */
function webApplication(
  auth: AuthServer,
  admin: AdminApp | undefined,
  measures: Measures,
): WebApplication {
  const openApi = createOpenApiApp();
  const app = new Hono<{ Bindings: WebEnvironment }>();
  for (const path of authPaths) app.all(path, (c) => auth.app.fetch(c.req.raw, c.env));
  if (admin !== undefined) app.all(`${adminRoot}/*`, (c) => admin.fetch(c.req.raw, c.env));
  app.all("/openapi/*", (c) => openApi.fetch(c.req.raw));
  app.notFound((c) => auth.app.fetch(c.req.raw, c.env));
  const routes = [...auth.app.routes.map(({ path }) => path), adminRoot, "/openapi"];
  const areas = new Set(routes.map(firstSegment));
  return async (request, environment) => {
    const response = await app.fetch(request, environment);
    const area = firstSegment(new URL(request.url).pathname);
    measures.webRequests.add(areas.has(area) ? area : "other", response.status);
    return response;
  };
}

/** `/admin/v1/devices` as `/admin`. */
function firstSegment(path: string): string {
  return path.split("/", 2).join("/");
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
