// How requests reach the two endpoints: methods, encodings, sizes, HTTP Basic; and what shipped devices send.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, expectHeaders, expectOk } from "./expect-answer.js";
import { type Harness, device, openHarness } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const form = "application/x-www-form-urlencoded";
const endpoints = ["/authorize", "/token"] as const;

async function fetchRaw(path: string, init: RequestInit & { duplex?: "half" } = {}) {
  const response = await harness.server.app.fetch(
    new Request(`https://trefoil.example${path}`, init),
  );
  const text = await response.text();
  const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, headers: response.headers, text, body };
}

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetchRaw(path, { method: "POST", body, headers: { "content-type": form, ...headers } });

const encoded = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const exchange = async (more: Record<string, string> = {}) => ({
  code: await harness.code(),
  ...device,
  ...more,
});
const credentials = () => ({ client_id: harness.clientId, client_secret: harness.clientSecret });
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

describe.each(endpoints)("%s", (path) => {
  it.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("answers 405 to %s", async (method) => {
    const answer = await fetchRaw(path, { method });
    expectError(answer, 405, "invalid_request", "GET or POST");
    expect(answer.headers.get("allow")).toBe("GET, POST");
  });

  it("answers 405 to HEAD, so that none uses up a code", async () => {
    const answer = await fetchRaw(path, { method: "HEAD" });
    expect(answer.status).toBe(405);
    expectHeaders(answer);
  });

  it("answers 413 to a body of more than 64 KiB, declared or not", async () => {
    const big = `state=${"x".repeat(65_536)}`;
    const declared = await fetchRaw(path, {
      method: "POST",
      body: "state=x",
      headers: { "content-type": form, "content-length": "70000" },
    });
    expectError(declared, 413, "invalid_request", "65536 bytes");
    expectError(await post(path, big), 413, "invalid_request", "65536 bytes");
  });

  it("stops reading a body that does not end", async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1_024).fill(120));
      },
      cancel() {
        cancelled = true;
      },
    });
    const answer = await fetchRaw(path, {
      method: "POST",
      body: endless,
      duplex: "half",
      headers: { "content-type": form },
    });
    expectError(answer, 413, "invalid_request");
    expect(pulled).toBeLessThan(80);
    expect(cancelled).toBe(true);
  });

  it("answers 400 to a body that breaks off", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("connection reset"));
      },
    });
    const answer = await fetchRaw(path, {
      method: "POST",
      body: broken,
      duplex: "half",
      headers: { "content-type": form },
    });
    expectError(answer, 400, "invalid_request", "broke off");
  });

  it("answers 400 to a query of more than 64 KiB", async () => {
    const answer = await fetchRaw(`${path}?unknown=${"x".repeat(65_536)}`);
    expectError(answer, 400, "invalid_request", "The query is longer");
  });

  it.each(["application/json", "text/plain", "multipart/form-data; boundary=x", ""])(
    "answers 400 to a body of the type %j",
    async (type) => {
      const answer = await post(path, "client_id=x", { "content-type": type });
      expectError(answer, 400, "invalid_request", form);
    },
  );

  it("takes the type in any case and with parameters", async () => {
    const type = "Application/X-WWW-Form-URLEncoded; charset=UTF-8";
    const answer = await post(path, "client_id=x", { "content-type": type });
    expectError(answer, 400, "invalid_request", "is missing");
  });

  it("does not look at the type of an empty body", async () => {
    const answer = await post(path, "", { "content-type": "application/json" });
    expectError(answer, 400, "invalid_request", "is missing");
  });

  it.each(["%zz", "%", "%f", "%ff", "a%c3%28", "%ed%a0%80"])(
    "answers 400 naming the parameter where a value is %j, no UTF-8 in percent encoding",
    async (value) => {
      const why = "The parameter device_id is not form-encoded UTF-8.";
      expectError(await fetchRaw(`${path}?device_id=${value}`), 400, "invalid_request", why);
      expectError(await post(path, `device_id=${value}`), 400, "invalid_request", why);
    },
  );

  it("answers 400 to bytes in a body that are no UTF-8", async () => {
    const answer = await fetchRaw(path, {
      method: "POST",
      body: Uint8Array.of(0x64, 0x3d, 0xff),
      headers: { "content-type": form },
    });
    expectError(answer, 400, "invalid_request", "not UTF-8");
  });

  it.each(["%00", "%0a", "x%0d%0aSet-Cookie:%20x", "%7f", "%c2%85"])(
    "answers 400 naming the parameter where a value holds the control character %j",
    async (value) => {
      const answer = await fetchRaw(`${path}?model_id=${value}`);
      expectError(answer, 400, "invalid_request", "model_id contains control characters");
    },
  );

  it("answers 400 where a parameter is in the query and in the body", async () => {
    const answer = await post(`${path}?device_id=a`, "device_id=a");
    expectError(answer, 400, "invalid_request", "device_id was given twice");
  });

  it("counts an empty value as given", async () => {
    const answer = await fetchRaw(`${path}?device_id=&device_id=a`);
    expectError(answer, 400, "invalid_request", "device_id was given twice");
  });
});

describe("/token", () => {
  it("takes the grant type in the query and the rest in the body, as shipped firmware sends it", async () => {
    const answer = await post(
      "/token?grant_type=authorization_code",
      encoded(await exchange(credentials())),
      { "x-device-name": "DONUT", "x-device-ruid": "123" },
    );
    expectOk(answer);
    expect(Number.isInteger(answer.body["expires_in"])).toBe(true);
  });

  it("takes all of it as a GET query, as the shipped app sends it", async () => {
    const fields = { grant_type: "authorization_code", ...(await exchange(credentials())) };
    expectOk(await fetchRaw(`/token?${encoded(fields)}`));
  });

  it("takes an unencoded = in a value, as in client_id=abc==", async () => {
    const { clientId, clientSecret } = await harness.server.clients.create({
      name: "Imported",
      clientId: "7JWI64WVIrOuTpA==",
      clientSecret: "66qo65OwnOq1rOyfgeydtCDr=",
    });
    const query = `client_id=${clientId}&client_secret=${clientSecret}`;
    const answer = await fetchRaw(
      `/token?grant_type=refresh_token&refresh_token=x&model_id=m&${query}`,
    );
    expectError(answer, 400, "invalid_grant");
  });

  it("answers 400 where grant_type is missing, and where it is none of ours", async () => {
    const fields = await exchange(credentials());
    expectError(await post("/token", encoded(fields)), 400, "invalid_request", "grant_type");
    const answer = await post("/token?grant_type=password", encoded(fields));
    expectError(
      answer,
      400,
      "unsupported_grant_type",
      /authorization_code, refresh_token, .*delete/,
    );
  });

  describe("with HTTP Basic", () => {
    const body = async (more: Record<string, string> = {}) =>
      encoded({ grant_type: "authorization_code", ...(await exchange(more)) });

    it("takes the client's credentials", async () => {
      const { clientId, clientSecret } = harness;
      expectOk(await post("/token", await body(), basic(clientId, clientSecret)));
    });

    it("decodes both halves", async () => {
      const { clientId, clientSecret } = await harness.server.clients.create({
        name: "Odd",
        clientId: "a:b c%",
        clientSecret: "s:e+c r%e&t 0123456789",
      });
      const encode = (text: string) => encodeURIComponent(text).replaceAll("%20", "+");
      const answer = await post(
        "/token?grant_type=refresh_token",
        encoded({ refresh_token: "x", model_id: "m" }),
        basic(encode(clientId), encode(clientSecret)),
      );
      expectError(answer, 400, "invalid_grant");
    });

    it("answers 401 with a challenge to a wrong secret", async () => {
      const answer = await post("/token", await body(), basic(harness.clientId, "wrong"));
      expectError(answer, 401, "invalid_client");
      expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
    });

    it("answers 400 where the credentials are parameters too", async () => {
      const { clientId, clientSecret } = harness;
      const answer = await post("/token", await body(credentials()), basic(clientId, clientSecret));
      expectError(answer, 400, "invalid_request", "given twice");
    });

    it("answers 400 where the parameter client_id names another client", async () => {
      const { clientId, clientSecret } = harness;
      const wrong = await post(
        "/token",
        await body({ client_id: "another" }),
        basic(clientId, clientSecret),
      );
      expectError(wrong, 400, "invalid_request", "different clients");
      const same = await body({ client_id: clientId });
      expectOk(await post("/token", same, basic(clientId, clientSecret)));
    });

    it.each(["Basic", "Basic ", "Basic !!!", "Basic bm9jb2xvbg==", "Basic OnNlY3JldA=="])(
      "answers 400 where the header is %j",
      async (authorization) => {
        const answer = await post("/token", await body(), { authorization });
        expectError(answer, 400, "invalid_request", "Authorization header is malformed");
      },
    );

    it("answers 400 where a half is too long", async () => {
      const answer = await post("/token", await body(), basic("x".repeat(257), "y"));
      expectError(answer, 400, "invalid_request", "too long");
      const secret = await post("/token", await body(), basic("x", "y".repeat(513)));
      expectError(secret, 400, "invalid_request", "too long");
    });

    it("is not looked for in other schemes: a device may send its bearer along", async () => {
      const answer = await post("/token", await body(credentials()), {
        authorization: "Bearer old",
      });
      expectOk(answer);
    });
  });
});

it("answers 404 to other paths, in the same form", async () => {
  expectError(await fetchRaw("/nowhere"), 404, "invalid_request");
  expectError(await fetchRaw("/token/extra"), 404, "invalid_request");
});
