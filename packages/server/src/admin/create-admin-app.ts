// The admin API: every operation of the table has its handler here, behind the check of the admin token.

import { TrefoilError } from "@trefoil/protocol/errors";
import { checkDirectivePayload } from "@trefoil/protocol/interfaces";
import type { MessageName } from "@trefoil/protocol/messages";
import { Hono } from "hono";
import type { DirectiveSender, PresenceReader } from "../delivery/index.js";
import type { Logger } from "../logging/index.js";
import { authenticateAdmin } from "./admin-token.js";
import { errorAnswer, jsonAnswer } from "./answers.js";
import { type ClientDirectory, describeClient } from "./clients.js";
import { type DeviceDirectory, describeDevice, findDevice } from "./devices.js";
import { type Operation, type OperationId, adminRoot, operations } from "./operations.js";
import { check, readJson, readQuery } from "./read-request.js";

/** What the admin API works on. */
export interface AdminOptions {
  /** What `hashAdminToken` or `readAdminToken` answered. */
  readonly tokenHash: Uint8Array;
  readonly devices: DeviceDirectory;
  readonly clients: ClientDirectory;
  readonly sender: DirectiveSender;
  readonly presence: PresenceReader;
  readonly log: Logger;
}

type Handler = (request: Request, id: string) => Promise<Response>;

/**
 * Makes the admin API as a Hono application; it answers for everything below `/admin/v1`.
 * @see docs/admin-api.md
 */
export function createAdminApp(options: AdminOptions): Hono {
  const handlers = createHandlers(options);
  const app = new Hono();
  app.onError((thrown) => {
    const error = TrefoilError.from(thrown);
    if (error.wire.http >= 500) options.log.error("An admin request failed.", { err: thrown });
    return errorAnswer(error);
  });
  app.use(`${adminRoot}/*`, async (context, next) => {
    authenticateAdmin(context.req.header("authorization"), options.tokenHash);
    await next();
  });
  for (const [operationId, { method, path }] of Object.entries<Operation>(operations)) {
    const handle = handlers[operationId as OperationId];
    app.on(method.toUpperCase(), routeOf(path), (context) =>
      handle(context.req.raw, context.req.param("id") ?? ""),
    );
  }
  for (const path of new Set(Object.values<Operation>(operations).map((each) => each.path))) {
    app.all(routeOf(path), () => {
      throw methodNotAllowed(path);
    });
  }
  app.notFound(() =>
    errorAnswer(
      new TrefoilError("not_found", "There is no such path; /openapi/admin.json lists them."),
    ),
  );
  return app;
}

function createHandlers(options: AdminOptions): Record<OperationId, Handler> {
  const { devices, clients, sender, presence } = options;
  return {
    async listDevices(request) {
      const { limit, ...filter } = readQuery(request, operations.listDevices.query);
      const page = await devices.list({ ...definedOf(filter), limit: limit + 1 });
      const shown = page.slice(0, limit);
      return jsonAnswer(200, {
        devices: shown.map((device) => describeDevice(device, presence)),
        next: page.length > limit ? (shown.at(-1)?.deviceKey ?? null) : null,
      });
    },

    async getDevice(_request, id) {
      return jsonAnswer(200, describeDevice(await deviceOf(id), presence));
    },

    async sendDirective(request, id) {
      const { validate } = readQuery(request, operations.sendDirective.query);
      const body = await readJson(request, operations.sendDirective.body);
      if (validate === "true") assertPayload(body.name, body.payload);
      const { deviceKey } = await deviceOf(id);
      const { name, payload, messageId, dialogRequestId, ttl, required } = body;
      const { kind: outcome, messageId: sentAs } = await sender.send(
        deviceKey,
        {
          name: name as MessageName,
          payload,
          ...definedOf({ messageId, dialogRequestId }),
        },
        { required, ...definedOf({ ttl }) },
      );
      return jsonAnswer(202, { outcome, messageId: sentAs, deviceKey });
    },

    async listClients() {
      const all = await clients.list();
      return jsonAnswer(200, { clients: all.map(describeClient) });
    },

    async createClient(request) {
      const body = await readJson(request, operations.createClient.body);
      const { clientId, clientSecret } = await clients.create(definedOf(body));
      options.log.info("A client was registered.", { clientId });
      const client = await clients.get(clientId);
      if (client === undefined) throw new Error("The client vanished while it was made.");
      return jsonAnswer(201, { ...describeClient(client), clientSecret });
    },
  };

  function deviceOf(id: string) {
    return findDevice(devices, check(operations.getDevice.parameters, { id }, "The path").id);
  }
}

/** @throws {TrefoilError} `invalid_payload` where the catalogue knows the directive and the payload is not as it says */
function assertPayload(name: string, payload: unknown): void {
  const result = checkDirectivePayload(name, payload);
  if (result.kind !== "invalid") return;
  throw new TrefoilError(
    "invalid_payload",
    `${name}: ${result.message}. Send it as it is with ?validate=false.`,
  );
}

function methodNotAllowed(path: string): TrefoilError {
  const methods = Object.values<Operation>(operations)
    .filter((operation) => operation.path === path)
    .flatMap(({ method }) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]));
  return new TrefoilError("method_not_allowed", `This path takes ${methods.join(", ")}.`, {
    headers: { allow: methods.join(", ") },
  });
}

/** `/devices/{id}` as Hono writes it: `/devices/:id`. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** The members that have a value. */
function definedOf<T extends object>(
  value: T,
): Partial<Defined<T>> & Pick<Defined<T>, RequiredOf<T>> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Partial<Defined<T>> & Pick<Defined<T>, RequiredOf<T>>;
}

type RequiredOf<T> = { [Key in keyof T]: undefined extends T[Key] ? never : Key }[keyof T];
