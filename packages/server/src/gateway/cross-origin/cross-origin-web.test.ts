// The authorization server for pages of other origins: four endpoints, and everything else as before.
import { describe, expect, it } from "vitest";
import { CrossOriginPolicy, crossOriginWeb } from "./index.js";

const origin = "https://app.example.org";
const server = "https://clova.example.org";

function open(allowed: string[] = [origin], answer = new Response("{}", { status: 401 })) {
  const asked: string[] = [];
  const app = crossOriginWeb((request: Request, _environment: undefined) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return answer;
  }, new CrossOriginPolicy(allowed));
  const send = async (path: string, init: RequestInit) =>
    app(new Request(`${server}${path}`, init), undefined);
  return { asked, answer, send };
}

const preflight = {
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": "POST" },
};

describe("a page that is let in", () => {
  it.each(["/authorize", "/token", "/device_authorization", "/revoke"])(
    "may ask %s, and read the answer with its status",
    async (path) => {
      const { asked, send } = open();
      const allowed = await send(path, preflight);
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get("access-control-allow-methods")).toMatch(/POST$/);
      expect(asked).toEqual([]);

      const answer = await send(`${path}?a=b`, { method: "POST", headers: { origin } });
      expect(answer.status).toBe(401);
      expect(await answer.text()).toBe("{}");
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("vary")).toBe("Origin");
      expect(asked).toEqual([`POST ${path}`]);
    },
  );

  it.each(["/account", "/account/sign-in", "/sign-in", "/introspect", "/admin/v1/devices", "/"])(
    "gets no further with %s than before",
    async (path) => {
      const { answer, asked, send } = open();
      expect(await send(path, { headers: { origin } })).toBe(answer);
      expect(await send(path, preflight)).toBe(answer);
      expect(asked).toHaveLength(2);
    },
  );

  it("reads the metadata as every page does, also where its request has to be asked for first", async () => {
    const metadata = new Response("{}", { headers: { "access-control-allow-origin": "*" } });
    const { send } = open([origin], metadata);
    const path = "/.well-known/oauth-authorization-server";
    expect(await send(path, { headers: { origin } })).toBe(metadata);
    expect((await send(path, preflight)).status).toBe(204);
  });

  it("keeps what an answer says of itself", async () => {
    const headers = { vary: "accept-language", "retry-after": "3", "content-type": "text/plain" };
    const { send } = open([origin], new Response(null, { status: 429, headers }));
    const answer = await send("/token", { method: "POST", headers: { origin } });
    expect(answer.headers.get("vary")).toBe("accept-language, Origin");
    expect(answer.headers.get("retry-after")).toBe("3");
  });
});

describe("everybody else", () => {
  it.each([
    ["no origin", [origin], {}],
    ["an origin that is not in the list", [origin], { origin: "https://b.test" }],
    ["any origin, where none is allowed", [], { origin }],
  ])("with %s gets the very answer that was made", async (_what, allowed, headers) => {
    const { answer, send } = open(allowed);
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const asks = { ...headers, "access-control-request-method": "POST" };
      expect(await send("/token", { method, headers: asks })).toBe(answer);
    }
  });
});
