// Signing in by a code: what each answer means, how often is asked, and when it ends.
import * as fc from "fast-check";
import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { describe, expect, it } from "vitest";
import type { HttpAnswer, HttpRequest } from "../http/index.js";
import { AuthorizationServer } from "./authorization-server.js";
import { type UserCode, deviceFlowAnswer, nextInterval } from "./device-flow.js";
import { deviceSignIn } from "./device-sign-in.js";

const json = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: {},
  body: JSON.stringify(body),
});

const codeAnswer = {
  device_code: "the-device-code",
  user_code: "WDJB-MJHT",
  verification_uri: "https://auth.test/device",
  verification_uri_complete: "https://auth.test/device?user_code=WDJB-MJHT",
  expires_in: 600,
  interval: 5,
};
const tokenAnswer = { access_token: "a", refresh_token: "r", expires_in: 100 };
const pending = () => json(400, { error: "authorization_pending" });

/** A sign-in against a server that answers the questions as listed, then `authorization_pending`. */
function signIn(answers: (() => HttpAnswer)[] = [], first: HttpAnswer = json(200, codeAnswer)) {
  const clock = new FakeClock();
  const start = clock.now();
  const requests: HttpRequest[] = [];
  const askedAfter: number[] = [];
  const server = new AuthorizationServer({
    baseUrl: "https://auth.test",
    client: { id: "client", secret: "secret" },
    device: { id: "device", model: "model" },
    clock,
    http: async (request) => {
      requests.push(request);
      if (request.url.pathname === "/device_authorization") return first;
      askedAfter.push((clock.now() - start) / 1000);
      return (answers.shift() ?? pending)();
    },
  });
  const codes: UserCode[] = [];
  const controller = new AbortController();
  const outcome = deviceSignIn({
    server,
    clock,
    prompt: (code) => codes.push(code),
    signal: controller.signal,
  });
  outcome.catch(() => undefined);
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed++) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1_000);
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, requests, askedAfter, codes, controller, outcome, pass };
}

describe("signing in by a code", () => {
  it("asks for a code with the client and the device, nothing secret in the address", async () => {
    const { requests, codes, pass } = signIn();
    await pass(1);
    expect(requests[0]?.url.href).toBe("https://auth.test/device_authorization");
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toEqual({
      client_id: "client",
      client_secret: "secret",
      device_id: "device",
      model_id: "model",
    });
    expect(codes).toEqual([
      {
        userCode: "WDJB-MJHT",
        verificationUri: "https://auth.test/device",
        verificationUriComplete: "https://auth.test/device?user_code=WDJB-MJHT",
        expiresAt: Date.UTC(2025, 0, 1) + 600_000,
      },
    ]);
  });

  it("asks every interval until there are tokens", async () => {
    const { requests, askedAfter, outcome, pass } = signIn([
      pending,
      pending,
      () => json(200, tokenAnswer),
    ]);
    await pass(16);
    expect(askedAfter).toEqual([5, 10, 15]);
    expect(await outcome).toMatchObject({ kind: "tokens", tokens: { accessToken: "a" } });
    expect(Object.fromEntries(new URLSearchParams(requests[1]?.body))).toMatchObject({
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: "the-device-code",
      client_id: "client",
    });
  });

  it("asks five seconds later each time that the server wants it slower", async () => {
    const slow = () => json(400, { error: "slow_down" });
    const { askedAfter, pass } = signIn([slow, slow, pending, pending]);
    await pass(70);
    expect(askedAfter).toEqual([5, 15, 30, 45, 60]);
  });

  it("asks less and less often while the server is away", async () => {
    const away = () => {
      throw new TrefoilError("unavailable", "away");
    };
    const { askedAfter, outcome, pass } = signIn([
      away,
      () => json(503, {}),
      () => json(200, tokenAnswer),
    ]);
    await pass(60);
    expect(askedAfter).toEqual([5, 15, 35]);
    expect(await outcome).toMatchObject({ kind: "tokens" });
  });

  it.each([
    ["the person says no", () => json(400, { error: "access_denied" }), { kind: "denied" }],
    ["the code has expired", () => json(400, { error: "expired_token" }), { kind: "expired" }],
    [
      "the account has to agree to the terms",
      () => json(451, { code: "pending", redirect_uri: "https://auth.test/terms" }),
      { kind: "terms", code: "pending", page: "https://auth.test/terms" },
    ],
  ])("ends when %s", async (_, answer, outcome) => {
    const running = signIn([answer]);
    await running.pass(6);
    expect(await running.outcome).toMatchObject(outcome);
    await running.pass(30);
    expect(running.askedAfter).toEqual([5]);
    expect(running.clock.pendingTimers).toBe(0);
  });

  it("ends by itself when the code's time is over", async () => {
    const { askedAfter, outcome, pass } = signIn([], json(200, { ...codeAnswer, expires_in: 12 }));
    await pass(20);
    expect(await outcome).toEqual({ kind: "expired" });
    expect(askedAfter).toEqual([5, 10]);
  });

  it("can be given up, and then asks no more", async () => {
    const { askedAfter, controller, outcome, clock, pass } = signIn();
    await pass(6);
    controller.abort(new Error("given up"));
    await expect(outcome).rejects.toThrow("given up");
    await pass(30);
    expect(askedAfter).toEqual([5]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["a server without such a page", json(404, {}), "unavailable"],
    ["an unknown client", json(400, { error: "invalid_client" }), "invalid_client"],
    ["an answer without a code", json(200, {}), "unavailable"],
  ])("throws on %s", async (_, first, code) => {
    await expect(signIn([], first).outcome).rejects.toMatchObject({ code });
  });

  it("throws when asking again is of no use", async () => {
    const { outcome, pass } = signIn([() => json(400, { error: "invalid_grant" })]);
    await pass(6);
    await expect(outcome).rejects.toMatchObject({ code: "invalid_grant" });
  });

  it("keeps to sane pauses whatever the server says", async () => {
    for (const interval of [0, -1, 1e9, "often", null]) {
      const { askedAfter, pass } = signIn([], json(200, { ...codeAnswer, interval }));
      await pass(65);
      expect(askedAfter[0]).toBeGreaterThanOrEqual(1);
      expect(askedAfter[0]).toBeLessThanOrEqual(60);
    }
  });
});

describe("an answer about the code", () => {
  it("is never taken for tokens unless it holds them, whatever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.string(), (status, body) => {
        let kind: string;
        try {
          ({ kind } = deviceFlowAnswer({ status, headers: {}, body }, 0));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TrefoilError);
          return;
        }
        expect(kind).not.toBe("tokens");
      }),
    );
  });

  it("never makes the pause shorter", () => {
    const kinds = fc.constantFrom("pending", "slow-down", "failed") as fc.Arbitrary<"pending">;
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 60_000 }), kinds, (interval, kind) => {
        const next = nextInterval(interval, kind);
        expect(next).toBeGreaterThanOrEqual(interval);
        expect(next).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});
