// The admin API: every operation of the table has its handler here, behind the check of the admin token.

import { TrefoilError } from "@trefoil/protocol/errors";
import { Hono } from "hono";
import { findDevice } from "../auth/index.js";
import type { DirectiveSender, PresenceReader } from "../delivery/index.js";
import type { Logger } from "../logging/index.js";
import { authenticateAdmin } from "./admin-token.js";
import { errorAnswer, jsonAnswer } from "./answers.js";
import { type ClientDirectory, describeClient } from "./clients.js";
import { definedOf } from "./defined.js";
import { type DeviceDirectory, describeConnection, describeDevice } from "./devices.js";
import { assertDirective } from "./directive-check.js";
import type { Handler } from "./operation.js";
import { type Operation, type OperationId, adminRoot, operations } from "./operations.js";
import { type OperatorHandlersOptions, createOperatorHandlers } from "./operator-handlers.js";
import type { PresenceWatch } from "./presence-events.js";
import { check, readJson, readQuery } from "./read-request.js";
import {
  type AccountDirectory,
  describeOutcomes,
  outgoingOf,
  recipientsOfAccount,
  sendToList,
} from "./sending.js";

/** What the admin API works on. */
export interface AdminOptions {
  /** What `hashAdminToken` or `readAdminToken` answered. */
  readonly tokenHash: Uint8Array;
  readonly devices: DeviceDirectory & OperatorHandlersOptions["devices"];
  readonly clients: ClientDirectory & OperatorHandlersOptions["clients"];
  readonly operators: OperatorHandlersOptions["operators"];
  readonly accounts: AccountDirectory;
  readonly sender: DirectiveSender;
  readonly presence: PresenceReader;
  readonly presenceWatch: PresenceWatch;
  readonly log: Logger;
}

/** What the listener hands to the app along with a request. */
export interface AdminBindings {
  readonly remoteAddress?: string;
}

/** The app; its bindings carry the peer's address. */
export type AdminApp = Hono<{ Bindings: AdminBindings }>;

/**
 * Makes the admin API as a Hono application; it answers for everything below `/admin/v1`.
 * @see docs/admin-api.md
 */
export function createAdminApp(options: AdminOptions): AdminApp {
  const handlers = createHandlers(options);
  const app: AdminApp = new Hono();
  app.onError((thrown) => {
    const error = TrefoilError.from(thrown);
    if (error.wire.http >= 500) options.log.error("An admin request failed.", { err: thrown });
    return errorAnswer(error);
  });
  app.use(`${adminRoot}/*`, async (context, next) => {
    const header = context.req.header("authorization");
    try {
      authenticateAdmin(header, options.tokenHash);
    } catch (thrown) {
      if (header !== undefined) options.operators.noteRefusedToken(addressOf(context.env));
      throw thrown;
    }
    await next();
  });
  for (const [operationId, { method, path }] of Object.entries<Operation>(operations)) {
    const handle = handlers[operationId as OperationId];
    app.on(method.toUpperCase(), routeOf(path), (context) =>
      handle(context.req.raw, context.req.param(), addressOf(context.env)),
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
    ...createOperatorHandlers(options),

    async listDevices(request) {
      const { limit, ...filter } = readQuery(request, operations.listDevices.query);
      const page = await devices.list({ ...definedOf(filter), limit: limit + 1 });
      const shown = page.slice(0, limit);
      return jsonAnswer(200, {
        devices: shown.map((device) => describeDevice(device, presence)),
        next: page.length > limit ? (shown.at(-1)?.deviceKey ?? null) : null,
      });
    },

    async getDevice(_request, parameters) {
      return jsonAnswer(200, describeDevice(await deviceOf(parameters), presence));
    },

    async sendDirective(request, parameters) {
      const { validate } = readQuery(request, operations.sendDirective.query);
      const body = await readJson(request, operations.sendDirective.body);
      if (validate === "true") assertDirective(body.name, body.payload);
      const { deviceKey } = await deviceOf(parameters);
      const { directive, options } = outgoingOf(body);
      const { kind: outcome, messageId } = await sender.send(deviceKey, directive, options);
      return jsonAnswer(202, { outcome, messageId, deviceKey });
    },

    async sendToAccount(request, parameters) {
      const { validate } = readQuery(request, operations.sendToAccount.query);
      const body = await readJson(request, operations.sendToAccount.body);
      if (validate === "true") assertDirective(body.name, body.payload);
      const { accountId } = check(operations.sendToAccount.parameters, parameters, "The path");
      const recipients = await recipientsOfAccount(options, accountId, [body.except].flat());
      const { directive, options: sending } = outgoingOf(body);
      return jsonAnswer(
        202,
        describeOutcomes(await sender.sendToAll(recipients, directive, sending)),
      );
    },

    async sendToList(request) {
      const { validate } = readQuery(request, operations.sendToList.query);
      const body = await readJson(request, operations.sendToList.body);
      if (validate === "true") assertDirective(body.name, body.payload);
      const { directive, options: sending } = outgoingOf(body);
      return jsonAnswer(202, await sendToList(options, body.devices, directive, sending));
    },

    async listPresence(request) {
      const { limit, after = "", accountId } = readQuery(request, operations.listPresence.query);
      const page = presence
        .list()
        .filter(
          (device) =>
            device.online &&
            device.deviceKey > after &&
            (accountId === undefined || device.accountId === accountId),
        )
        .sort((a, b) => (a.deviceKey < b.deviceKey ? -1 : 1));
      const shown = page.slice(0, limit);
      return jsonAnswer(200, {
        devices: shown.map(describeConnection),
        next: page.length > limit ? (shown.at(-1)?.deviceKey ?? null) : null,
      });
    },

    watchPresence(request) {
      const query = readQuery(request, operations.watchPresence.query);
      // What a browser sends by itself when it comes back is newer than what the address says.
      const after = request.headers.get("last-event-id") || query.after;
      const filter = definedOf({ accountId: query.accountId, after });
      return options.presenceWatch.answer(filter, request.method === "HEAD");
    },

    async listClients() {
      const all = await clients.list();
      return jsonAnswer(200, { clients: all.map(describeClient) });
    },

    async createClient(request, _parameters, remoteAddress) {
      const body = await readJson(request, operations.createClient.body);
      const { clientId, clientSecret } = await clients.create(definedOf(body), {
        by: "administrator",
        remoteAddress,
      });
      options.log.info("A client was registered.", { clientId });
      const client = await clients.get(clientId);
      if (client === undefined) throw new Error("The client vanished while it was made.");
      return jsonAnswer(201, { ...describeClient(client), clientSecret });
    },
  };

  function deviceOf(parameters: Readonly<Record<string, string>>) {
    const { id } = check(operations.getDevice.parameters, parameters, "The path");
    return findDevice(devices, id);
  }
}

function methodNotAllowed(path: string): TrefoilError {
  const methods = Object.values<Operation>(operations)
    .filter((operation) => operation.path === path)
    .flatMap(({ method }) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]));
  return new TrefoilError("method_not_allowed", `This path takes ${methods.join(", ")}.`, {
    headers: { allow: methods.join(", ") },
  });
}

/** Without bindings (in tests) the application is asked by nobody in particular. */
function addressOf(bindings: AdminBindings | undefined): string {
  return bindings?.remoteAddress ?? "unknown";
}

/** `/devices/{id}` as Hono writes it: `/devices/:id`. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
