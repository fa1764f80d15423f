// Devices without a companion app (RFC 8628): two codes, a page, and questions until somebody said yes or no.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Browser, type Shown } from "./browser.js";
import { expectError, expectOk } from "./expect-answer.js";
import {
  type Answer,
  type Fields,
  type Harness,
  device,
  email,
  openHarness,
  pairOf,
  password,
} from "./harness.js";

const grantType = "urn:ietf:params:oauth:grant-type:device_code";
const at = (path: string) => `https://trefoil.example${path}`;

let harness: Harness;
let browser: Browser;
beforeEach(async () => {
  harness = await openHarness();
  browser = await signedIn(harness);
});
afterEach(() => harness.close());

async function signedIn(where: Harness): Promise<Browser> {
  const who = new Browser(where);
  await who.submit(await who.open(at("/sign-in")), { email, password });
  return who;
}

const start = (fields: Fields = {}, where = harness) =>
  where.send(
    "/device_authorization",
    { client_id: where.clientId, client_secret: where.clientSecret, ...device, ...fields },
    { shape: "POST body", headers: { "x-device-name": "Kitchen" }, remoteAddress: "198.51.100.7" },
  );

interface Codes {
  readonly deviceCode: string;
  readonly userCode: string;
}
async function codes(fields: Fields = {}, where = harness): Promise<Codes> {
  const { body } = await start(fields, where);
  return { deviceCode: String(body["device_code"]), userCode: String(body["user_code"]) };
}

const poll = (deviceCode: string, fields: Fields = {}, where = harness) =>
  where.token({ grant_type: grantType, device_code: deviceCode, ...fields });

const open = (userCode: string, who = browser) =>
  who.open(at(`/activate?user_code=${encodeURIComponent(userCode)}`));

async function answer(decision: "allow" | "deny", userCode: string, who = browser): Promise<Shown> {
  return who.submit(await open(userCode, who), { decision });
}

describe("/device_authorization", () => {
  it("gives a code to keep and one to show, of letters that do not look alike", async () => {
    const started = await start();
    expectOk(started);
    const userCode = String(started.body["user_code"]);
    expect(started.body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/) as string,
      user_code: expect.stringMatching(
        /^[ACEFHJKLMNPRTUVWXY3479]{4}-[ACEFHJKLMNPRTUVWXY3479]{4}$/,
      ) as string,
      verification_uri: "https://localhost/activate",
      verification_uri_complete: `https://localhost/activate?user_code=${userCode}`,
      expires_in: 900,
      interval: 5,
    });
  });

  it.each(["device_id", "model_id", "client_id", "client_secret"])(
    "answers 400 where %s is missing",
    async (name) => {
      const refused = await start({ [name]: undefined });
      expectError(refused, 400, "invalid_request", `The parameter ${name} is missing.`);
    },
  );

  it("answers 401 to a wrong secret and an unknown client, and 400 to one that was switched off", async () => {
    expectError(await start({ client_secret: "wrong" }), 401, "invalid_client");
    expectError(await start({ client_id: "nobody" }), 401, "invalid_client");
    await harness.server.clients.disable(harness.clientId);
    expectError(await start(), 400, "unauthorized_client");
  });

  it("answers 405 to GET, and reads no secret from the address", async () => {
    const wrongMethod = await harness.send("/device_authorization", {}, { shape: "GET query" });
    expectError(wrongMethod, 405, "invalid_request");
  });

  it("slows a client that makes codes without end, for one device", async () => {
    let refused: Answer | undefined;
    for (let tries = 0; tries < 1_000 && refused === undefined; tries++) {
      const started = await start();
      if (started.status !== 200) refused = started;
    }
    expect(refused?.status).toBe(429);
  });
});

describe("the device's questions", () => {
  it("are answered authorization_pending until somebody allowed it, then with tokens", async () => {
    const { deviceCode, userCode } = await codes();
    expectError(await poll(deviceCode), 400, "authorization_pending");
    expect((await answer("allow", userCode)).location).toBe("/account?done=activated");
    harness.clock.advance(5_000);
    const given = await poll(deviceCode);
    expectOk(given);
    const pair = pairOf(given.body);
    expect(await harness.works(pair.accessToken)).toBe(true);
    expectOk(await harness.refresh(pair.refreshToken));
    const [found] = await harness.server.devices.list({ accountId: harness.accountId });
    expect(found).toMatchObject({
      deviceId: device.device_id,
      modelId: device.model_id,
      reportedName: "Kitchen",
    });
    await harness.server.flushAudit();
    const { auditLog } = harness.database.stores;
    expect(await auditLog.list({ event: "device.activate" })).toMatchObject([
      { accountId: harness.accountId, clientId: harness.clientId, remoteAddress: "192.0.2.1" },
    ]);
    expect(await harness.audit()).toEqual(
      expect.arrayContaining(["device.authorize ok", "device.activate ok", "token.issue ok"]),
    );
  });

  it("are answered slow_down where they come too soon, and the pause grows", async () => {
    const { deviceCode } = await codes();
    expectError(await poll(deviceCode), 400, "authorization_pending");
    harness.clock.advance(4_000);
    expectError(await poll(deviceCode), 400, "slow_down", "wait 10 seconds");
    harness.clock.advance(6_000);
    expectError(await poll(deviceCode), 400, "slow_down", "wait 15 seconds");
    harness.clock.advance(15_000);
    expectError(await poll(deviceCode), 400, "authorization_pending");
  });

  it("may come a little early, as networks have it", async () => {
    const { deviceCode } = await codes();
    await poll(deviceCode);
    harness.clock.advance(4_600);
    expectError(await poll(deviceCode), 400, "authorization_pending");
  });

  it("fill no audit log, and count as no guesses", async () => {
    const { deviceCode } = await codes();
    for (let tries = 0; tries < 300; tries++) {
      harness.clock.advance(1_000);
      expect((await poll(deviceCode)).status).toBe(400);
    }
    const audit = await harness.audit();
    expect(audit).toContain("device.authorize ok");
    expect(audit.filter((line) => line.startsWith("token."))).toEqual([]);
  });

  it("are answered access_denied where the person said no", async () => {
    const { deviceCode, userCode } = await codes();
    const page = await answer("deny", userCode);
    expect(page.html).toContain("The device was not let in");
    expectError(await poll(deviceCode), 400, "access_denied");
    expect((await open(userCode)).status).toBe(404);
  });

  it("are answered expired_token after a quarter of an hour, also where somebody allowed it before", async () => {
    const waiting = await codes();
    const allowed = await codes({ device_id: "another" });
    await answer("allow", allowed.userCode);
    harness.clock.advance(900_000);
    expectError(await poll(waiting.deviceCode), 400, "expired_token", "device_code has expired");
    expectError(await poll(allowed.deviceCode), 400, "expired_token");
    expect((await open(waiting.userCode)).status).toBe(404);
  });

  it("give nothing with a code that is unknown, of another client, or of another device", async () => {
    const { deviceCode, userCode } = await codes();
    await answer("allow", userCode);
    expectError(await poll("unknown"), 400, "invalid_grant");
    const other = await harness.server.clients.create({ name: "Other" });
    const id = { client_id: other.clientId, client_secret: other.clientSecret };
    expectError(await poll(deviceCode, id), 400, "invalid_grant");
    expectError(await poll(deviceCode, { device_id: "x" }), 400, "invalid_grant");
    expectError(await poll(deviceCode, { model_id: "x" }), 400, "invalid_grant");
    expectOk(await poll(deviceCode, device));
  });

  it("get the same tokens again where the answer was lost, and no more once they were used", async () => {
    const { deviceCode, userCode } = await codes();
    await answer("allow", userCode);
    const first = pairOf((await poll(deviceCode)).body);
    harness.clock.advance(10_000);
    const again = pairOf((await poll(deviceCode)).body);
    expect({ ...again, expiresIn: 0 }).toEqual({ ...first, expiresIn: 0 });
    expect(await harness.works(first.accessToken)).toBe(true);
    await harness.server.tokens.verify(first.accessToken);
    await new Promise(setImmediate);
    expectError(await poll(deviceCode), 400, "invalid_grant", "has been used");
    expect(await harness.works(first.accessToken)).toBe(false);
  });

  it("with a code that was used a while ago revoke what it gave (attack: a stolen device code)", async () => {
    const { deviceCode, userCode } = await codes();
    await answer("allow", userCode);
    const pair = pairOf((await poll(deviceCode)).body);
    harness.clock.advance(60_001);
    expectError(await poll(deviceCode), 400, "invalid_grant");
    expectError(await harness.refresh(pair.refreshToken), 400, "invalid_grant");
  });

  it("that come at the same time get one pair", async () => {
    const { deviceCode, userCode } = await codes();
    await answer("allow", userCode);
    const answers = await Promise.all(Array.from({ length: 6 }, () => poll(deviceCode)));
    const tokens = answers.map(({ body }) => body["access_token"]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(new Set(tokens).size).toBe(1);
  });

  it("of a device whose client was switched off are refused", async () => {
    const { deviceCode, userCode } = await codes();
    await answer("allow", userCode);
    await harness.server.clients.disable(harness.clientId);
    expectError(await poll(deviceCode), 400, "unauthorized_client");
  });
});

describe("/activate", () => {
  it("leads through the sign-in, and keeps the code on the way", async () => {
    const sent = await new Browser(harness).open(at("/activate?user_code=ACEF-HJKL"));
    expect(sent.location).toBe("/sign-in?continue=%2Factivate%3Fuser_code%3DACEF-HJKL");
  });

  it("shows which device it is, and where it asked from, before anything is allowed", async () => {
    const { userCode } = await codes();
    const { html } = await open(userCode);
    for (const text of [userCode, "Kitchen", "Speaker", device.model_id, "198.51.100.7"]) {
      expect(html).toContain(text);
    }
    expect(html).toContain("Allow it only if the device is in front of you");
  });

  it("knows the code however it is typed", async () => {
    const { userCode } = await codes();
    const wide = Array.from(userCode).map((c) =>
      String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0),
    );
    for (const typed of [userCode.toLowerCase(), userCode.replace("-", " "), wide.join("")]) {
      expect((await open(typed)).html).toContain("Let this device use your account?");
    }
  });

  it("says what is wrong with a code that is none, or that nobody waits for", async () => {
    expect((await browser.open(at("/activate"))).status).toBe(200);
    for (const empty of ["", "+"]) {
      for (const [language, words] of [
        ["en", "Enter the code of your device."],
        ["ja", "デバイスのコードを入力してください。"],
        ["ko", "기기의 코드를 입력해 주세요."],
      ]) {
        const missing = await browser.open(at(`/activate?user_code=${empty}&lang=${language}`));
        expect(missing.status).toBe(422);
        expect(missing.html).toContain(words);
      }
    }
    await browser.open(at("/activate?lang=en"));
    for (const typed of ["ACEF-HJK0", "BCDF-GHJK", "ACEF"]) {
      const malformed = await open(typed);
      expect(malformed.status).toBe(422);
      expect(malformed.html).toContain("only these occur: ACEFHJKLMNPRTUVWXY3479.");
    }
    const unknown = await open("ACEF-HJKL");
    expect(unknown.status).toBe(404);
    expect(unknown.html).toContain("This code is unknown or has expired.");
  });

  it("lets one account decide, once", async () => {
    const { userCode } = await codes();
    await harness.server.accounts.createLocal({ email: "second@example.org", password });
    const second = new Browser(harness);
    await second.submit(await second.open(at("/sign-in")), {
      email: "second@example.org",
      password,
    });
    const [mine, theirs] = [await open(userCode), await open(userCode, second)];
    expect((await browser.submit(mine, { decision: "allow" })).status).toBe(303);
    const late = await second.submit(theirs, { decision: "allow" });
    expect(late.status).toBe(409);
    expect(late.html).toContain("Meanwhile the code has expired, or was used.");
  });

  it("takes a decision for the device that was shown, and no other (attack: a form for another code)", async () => {
    const shown = await codes();
    const other = await codes({ device_id: "another" });
    const page = await open(shown.userCode);
    const moved = { ...page, url: at(`/activate?user_code=${other.userCode}`) };
    expect((await browser.submit(moved, { decision: "allow" })).status).toBe(403);
    expectError(await poll(other.deviceCode), 400, "authorization_pending");
  });

  it("is not decided by a foreign page", async () => {
    const { userCode, deviceCode } = await codes();
    const url = at(`/activate?user_code=${userCode}`);
    expect((await browser.post(url, { decision: "allow" })).status).toBe(403);
    expectError(await poll(deviceCode), 400, "authorization_pending");
  });

  it("makes no difference between a form without a decision and a no", async () => {
    const { userCode, deviceCode } = await codes();
    await browser.submit(await open(userCode), {});
    expectError(await poll(deviceCode), 400, "access_denied");
  });

  describe("slows guessing (attack: trying user codes)", () => {
    const spend = async (times: number, who = browser) => {
      for (let tries = 0; tries < times; tries++) {
        expect((await open("ACEF-HJKL", who)).status).toBe(404);
      }
    };

    it("after 20 codes, the right one too, and not for good", async () => {
      const { userCode } = await codes();
      await spend(20);
      const refused = await open(userCode);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      harness.clock.advance(45_000);
      expect((await open(userCode)).status).toBe(200);
    });

    it("however the same code is typed: it is normalised before it is counted", async () => {
      for (const typed of ["ACEF-HJKL", "acefhjkl", "ACEF HJKL", "ACEF--HJKL"]) {
        for (let tries = 0; tries < 5; tries++) await open(typed);
      }
      expect((await open("ACEFHJKM")).status).toBe(429);
    });

    it("and a success gives no tries back", async () => {
      await spend(19);
      const { userCode } = await codes();
      expect((await answer("allow", userCode)).status).toBe(303);
      expect((await open("ACEF-HJKM")).status).toBe(429);
    });

    it("of one network, whatever the account", async () => {
      for (let number = 0; number < 6; number++) {
        const name = `guesser${number}@example.org`;
        await harness.server.accounts.createLocal({ email: name, password });
        const who = new Browser(harness);
        await who.submit(await who.open(at("/sign-in")), { email: name, password });
        await spend(20, who);
      }
      expect((await open("ACEF-HJKL")).status).toBe(429);
    });
  });

  describe("with terms of use", () => {
    const terms = [
      {
        id: "service",
        version: "1",
        required: true,
        title: { en: "Service" },
        text: { en: "..." },
      },
      { id: "news", version: "1", required: false, title: { en: "News" }, text: { en: "..." } },
    ];
    let withTerms: Harness;
    beforeEach(async () => {
      withTerms = await openHarness({ config: { terms } });
    });
    afterEach(() => withTerms.close());

    it("asks for agreement along with the decision, and not again", async () => {
      const who = await signedIn(withTerms);
      const first = await codes({}, withTerms);
      const page = await open(first.userCode, who);
      expect(page.html).toContain("Please read and agree first");
      const unticked = await who.submit(page, { decision: "allow" });
      expect(unticked.status).toBe(422);
      expect(unticked.html).toContain("once you agree to the required documents");
      expectError(await poll(first.deviceCode, {}, withTerms), 400, "authorization_pending");
      const ticked = await who.submit(unticked, { decision: "allow", "agree-service": "on" });
      expect(ticked.status).toBe(303);
      expectOk(await poll(first.deviceCode, {}, withTerms));
      expect(await withTerms.server.terms.mustAsk(withTerms.accountId)).toBe(false);
      const second = await codes({ device_id: "another" }, withTerms);
      expect((await answer("allow", second.userCode, who)).status).toBe(303);
    });
  });
});
