// The OpenAPI documents: sound, and exactly what is served.

import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { authorizeParameters } from "../auth/authorize.js";
import { deviceAuthorizationParameters } from "../auth/device-flow/device-authorization.js";
import { type AuthServer, authPaths, createAuthServer } from "../auth/index.js";
import { tokenQuestionParameters } from "../auth/standards/authenticated-request.js";
import { termsParameters } from "../auth/terms/terms-request.js";
import { tokenParameters } from "../auth/token.js";
import { configSchema } from "../config/index.js";
import { Presence, PresenceFeed } from "../delivery/index.js";
import { silentLogger } from "../logging/index.js";
import { type Database, openDatabase } from "../storage/index.js";
import { describeAdminApi } from "./admin-openapi.js";
import { authorizeForm, describeAuthApi, tokenForm } from "./auth-openapi.js";
import { PresenceWatch, createAdminApp, createOpenApiApp, hashAdminToken } from "./index.js";
import type { OpenApiDocument } from "./openapi-document.js";
import { deviceAuthorizationForm, termsQuery, tokenQuestionForm } from "./standards-openapi.js";

const token = "admin-token-of-this-test-0123456789";
let database: Database;
let auth: AuthServer;
let admin: ReturnType<typeof createAdminApp>;

beforeAll(async () => {
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  await database.migrate();
  const clock = new FakeClock();
  auth = createAuthServer({ database, config: configSchema.parse({}).auth, clock });
  const presence = new Presence();
  admin = createAdminApp({
    tokenHash: hashAdminToken(token),
    accounts: auth.accounts,
    devices: auth.devices,
    clients: auth.clients,
    operators: auth.operators,
    sender: {
      send: async () => ({ kind: "written", messageId: "m" }),
      sendToAll: async () => ({
        messageId: "m",
        devices: [{ deviceKey: "k1", kind: "failed", error: new TrefoilError("internal", "x") }],
      }),
    },
    presence,
    presenceWatch: new PresenceWatch({ feed: new PresenceFeed(presence), clock }),
    log: silentLogger,
  });
});

afterAll(async () => {
  await auth.close();
  await database.close();
});

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> };
  readonly responses: Readonly<
    Record<string, { description: string; content?: Readonly<Record<string, { schema: object }>> }>
  >;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

function operationsOf(document: OpenApiDocument) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation: operation as unknown as OperationObject,
    })),
  );
}

function collectRefs(value: unknown, refs: string[] = []): string[] {
  if (typeof value !== "object" || value === null) return refs;
  for (const [key, member] of Object.entries(value)) {
    if (key === "$ref") refs.push(String(member));
    else collectRefs(member, refs);
  }
  return refs;
}

/** A schema of a document as a validator of its own. */
function validatorOf(document: OpenApiDocument, schema: object) {
  const local = JSON.parse(
    JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
      "#/components/schemas/",
      "#/$defs/",
    ),
  ) as Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(local);
}

describe.each([
  ["admin", describeAdminApi()],
  ["auth", describeAuthApi()],
])("the %s document", (_, document) => {
  it("has the members that OpenAPI 3.1 asks for", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(document["info"]).toMatchObject({
      title: expect.any(String),
      version: expect.any(String),
    });
    const methods = /^(GET|PUT|POST|DELETE|PATCH)$/;
    for (const { path, method, operation } of operationsOf(document)) {
      expect(path).toMatch(/^\//);
      expect(method).toMatch(methods);
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(response.description).not.toBe("");
      }
    }
  });

  it("gives each operation an id of its own", () => {
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("declares the variables of each path, and no parameter twice", () => {
    for (const { path, operation } of operationsOf(document)) {
      const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters ?? [];
      expect(declared.filter((each) => each.in === "path").map(({ name }) => name)).toEqual(
        variables,
      );
      expect(declared.filter((each) => each.in === "path").every(({ required }) => required)).toBe(
        true,
      );
      expect(new Set(declared.map(({ name }) => name)).size).toBe(declared.length);
    }
  });

  it("refers only to what is there, and holds nothing that nobody refers to", () => {
    const refs = new Set(collectRefs(document));
    const there = Object.keys(document.components.schemas).map(
      (id) => `#/components/schemas/${id}`,
    );
    expect([...refs].sort()).toEqual(there.sort());
    const schemes = Object.keys(document.components["securitySchemes"] ?? {});
    for (const { operation } of operationsOf(document)) {
      for (const requirement of operation.security ?? []) {
        for (const scheme of Object.keys(requirement)) expect(schemes).toContain(scheme);
      }
    }
  });

  it("has schemas that a JSON Schema reader takes", () => {
    for (const { operation } of operationsOf(document)) {
      const contents = [
        ...Object.values(operation.requestBody?.content ?? {}),
        ...Object.values(operation.responses).flatMap((each) => Object.values(each.content ?? {})),
      ];
      for (const { schema } of contents) expect(() => validatorOf(document, schema)).not.toThrow();
      for (const { schema } of operation.parameters ?? []) {
        expect(() => validatorOf(document, schema)).not.toThrow();
      }
    }
  });

  it("holds no secret and no path of this machine", () => {
    expect(JSON.stringify(document)).not.toMatch(/\/work\/|\/home\/|[\w-]{43}/);
  });
});

describe("the admin API", () => {
  it("serves exactly what its document says", () => {
    const served = admin.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const described = operationsOf(describeAdminApi()).map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(served.sort()).toEqual(described.sort());
  });

  it("answers as its document says", async () => {
    const document = describeAdminApi();
    await auth.clients.create({ name: "c", clientId: "c1" });
    await database.stores.accounts.insert({
      accountId: "a1",
      kind: "local",
      email: "a1@example.org",
      passwordHash: null,
      createdAt: 0,
    });
    await database.stores.devices.upsert({
      deviceKey: "k1",
      deviceId: "d1",
      modelId: "m1",
      clientId: "c1",
      accountId: "a1",
      name: null,
      reportedName: null,
      reportedRuid: null,
      createdAt: 0,
      lastSeenAt: 0,
      lastSeenAddress: null,
      removedAt: null,
    });
    const bodies: Record<string, unknown> = {
      sendDirective: { name: "My.Own", payload: { x: 1 } },
      sendToAccount: { name: "My.Own", except: "k1" },
      sendToList: { name: "My.Own", devices: ["k1", "unknown"] },
      createClient: { name: "Another" },
      createAccount: { email: "another@example.org" },
      rotateClientSecret: { overlap: 60 },
      setClientRedirectUris: { redirectUris: ["app://back"] },
      inspectToken: { token: "unknown" },
      setAccountPassword: { password: "a long password" },
      revokeTokens: { deviceKey: "k1" },
    };
    const answered = new Set<string>();
    for (const { path, method, operation } of operationsOf(document)) {
      for (const id of ["k1", "unknown"]) {
        for (const body of [bodies[operation.operationId], {}]) {
          const account = id === "k1" ? "a1" : id;
          const target = path
            .replace("{id}", id)
            .replace("{accountId}", account)
            .replace("{clientId}", id === "k1" ? "c1" : id);
          const response = await admin.request(target, {
            method,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
          });
          const described = operation.responses[String(response.status)];
          expect(described, `${method} ${path} answered ${response.status}`).toBeDefined();
          answered.add(`${operation.operationId} ${response.status}`);
          const stream = described?.content?.["text/event-stream"];
          if (stream !== undefined) {
            expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
            await response.body?.cancel();
            continue;
          }
          const schema = described?.content?.["application/json"]?.schema ?? {};
          expect(validatorOf(document, schema).safeParse(await response.json()).success).toBe(true);
        }
      }
    }
    expect([...answered].sort()).toEqual([
      "createAccount 201",
      "createAccount 400",
      "createAccount 409",
      "createClient 201",
      "createClient 400",
      "disableClient 200",
      "disableClient 404",
      "enableClient 200",
      "enableClient 404",
      "getAccount 200",
      "getAccount 404",
      "getClient 200",
      "getClient 404",
      "getDevice 200",
      "getDevice 404",
      "inspectToken 400",
      "inspectToken 404",
      "listAccounts 200",
      "listAudit 200",
      "listClients 200",
      "listDevices 200",
      "listPresence 200",
      "removeDevice 200",
      "removeDevice 404",
      "revokeTokens 200",
      "revokeTokens 400",
      "rotateClientSecret 201",
      "rotateClientSecret 404",
      "sendDirective 202",
      "sendDirective 400",
      "sendDirective 404",
      "sendToAccount 202",
      "sendToAccount 400",
      "sendToAccount 404",
      "sendToList 202",
      "sendToList 400",
      "setAccountPassword 200",
      "setAccountPassword 400",
      "setAccountPassword 404",
      "setClientRedirectUris 200",
      "setClientRedirectUris 400",
      "setClientRedirectUris 404",
      "watchPresence 200",
      "withdrawAccount 200",
      "withdrawAccount 404",
    ]);
  });
});

describe("the authorization API", () => {
  it("serves exactly the paths of its document, by exactly its methods", async () => {
    const document = describeAuthApi();
    const pages = ["/activate", "/terms"];
    expect(Object.keys(document.paths).sort()).toEqual([...authPaths, ...pages].sort());
    for (const path of authPaths) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
        const { status } = await auth.app.request(path, { method });
        const isDescribed = method.toLowerCase() in (document.paths[path] ?? {});
        expect(status === 405, `${method} ${path}: ${status}`).toBe(!isDescribed);
      }
    }
  });

  it("serves nothing else but pages of people, and what the OpenID Connect provider describes itself", () => {
    const described = new Set(Object.keys(describeAuthApi().paths));
    const others = auth.app.routes.map(({ path }) => path).filter((path) => !described.has(path));
    const people =
      /^\/(account|account-closed|account\/.+|assets\/.+|recover|sign-in|sign-out|sign-up)$/;
    expect(others.filter((path) => !people.test(path) && !path.startsWith("/oidc/"))).toEqual([
      "/.well-known/change-password",
    ]);
  });

  it("knows exactly the parameters of its document", () => {
    expect(Object.keys(tokenQuestionForm.shape).sort()).toEqual(
      [...tokenQuestionParameters].sort(),
    );
    expect(Object.keys(deviceAuthorizationForm.shape).sort()).toEqual(
      [...deviceAuthorizationParameters].sort(),
    );
    expect(Object.keys(termsQuery.shape).sort()).toEqual([...termsParameters].sort());
    expect(Object.keys(authorizeForm.shape).sort()).toEqual([...authorizeParameters].sort());
    expect(Object.keys(tokenForm.shape).sort()).toEqual([...tokenParameters].sort());
  });

  it("answers as its document says", async () => {
    const document = describeAuthApi();
    const { clientId, clientSecret } = await auth.clients.create({ name: "x" });
    const { accountId } = await auth.accounts.createLocal({
      email: "a@example.com",
      password: "correct horse",
    });
    const accountToken = await auth.accounts.issueAccountAccessToken(accountId);
    const check = async (path: string, method: string, init: RequestInit = {}) => {
      const response = await auth.app.request(path, { method: method.toUpperCase(), ...init });
      const [bare = ""] = path.split("?");
      const operation = document.paths[bare]?.[method] as unknown as OperationObject;
      const schema =
        operation.responses[String(response.status)]?.content?.["application/json"]?.schema;
      expect(schema, `${method} ${bare} answered ${response.status}`).toBeDefined();
      const body = (await response.json()) as Record<string, string>;
      expect(validatorOf(document, schema ?? {}).safeParse(body).success).toBe(true);
      return { status: response.status, body };
    };
    const client = `client_id=${clientId}&device_id=d&model_id=m`;
    const authorization = `Bearer ${accountToken}`;
    const granted = await check(`/authorize?${client}&response_type=code&state=s`, "get", {
      headers: { authorization },
    });
    expect(granted.status).toBe(200);
    expect((await check("/authorize", "get")).status).toBe(400);
    expect((await check(`/authorize?${client}&response_type=code&state=s`, "get")).status).toBe(
      403,
    );
    const exchanged = await check("/token", "post", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `grant_type=authorization_code&code=${granted.body["code"]}&${client}&client_secret=${clientSecret}`,
    });
    expect(exchanged.status).toBe(200);
    const ended = await check(
      `/token?grant_type=delete&access_token=${exchanged.body["access_token"]}&${client}&client_secret=${clientSecret}`,
      "get",
    );
    expect(ended.status).toBe(200);
    const byForm = (path: string, body: string) =>
      check(path, "post", {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `${client}&client_secret=${clientSecret}&${body}`,
      });
    expect((await check("/.well-known/oauth-authorization-server", "get")).status).toBe(200);
    const again = await check(`/authorize?${client}&response_type=code&state=s`, "get", {
      headers: { authorization },
    });
    const live = await byForm("/token", `grant_type=authorization_code&code=${again.body["code"]}`);
    const token = `token=${live.body["access_token"]}`;
    expect((await byForm("/introspect", token)).body).toMatchObject({ active: true });
    expect((await byForm("/revoke", token)).status).toBe(200);
    expect((await byForm("/introspect", token)).body).toEqual({ active: false });
    expect((await byForm("/device_authorization", "")).status).toBe(200);
    for (const path of ["/introspect", "/revoke", "/device_authorization"]) {
      expect((await check(path, "post")).status).toBe(400);
      const wrong = `client_id=x&client_secret=y&device_id=d&model_id=m&token=t`;
      const init = {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: wrong,
      };
      expect((await check(path, "post", init)).status).toBe(401);
    }
    const signedIn = await check("/account/sign-in", "post", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "a@example.com", password: "correct horse" }),
    });
    expect(signedIn.status).toBe(200);
  });
});

describe("the documents", () => {
  const app = createOpenApiApp();

  it("are served to everyone, as JSON", async () => {
    for (const [path, document] of [
      ["/openapi/admin.json", describeAdminApi()],
      ["/openapi/auth.json", describeAuthApi()],
    ] as const) {
      const response = await app.request(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
      expect((await app.request(path, { method: "POST" })).status).toBe(405);
    }
    expect((await app.request("/openapi/none.json")).status).toBe(404);
  });
});
