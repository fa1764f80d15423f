// Signing in by a code at the real authorization server: a person types it on the page, and says yes or no.
import { createClient } from "@trefoil/client";
import type { HttpExchange } from "@trefoil/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Browser } from "../authorization/browser.js";
import { type Harness, device, email, openHarness, password } from "../authorization/harness.js";
import { breathe, eventually } from "./device.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

/** Questions on their way. */
let asking = 0;

/** The server's own application in place of the network. */
const http: HttpExchange = async ({ method, url, headers, body }) => {
  const target = `https://trefoil.example${url.pathname}${url.search}`;
  asking++;
  const response = await harness.server.app.fetch(
    new Request(target, { method, headers, ...(body === undefined ? {} : { body }) }),
    { remoteAddress: "198.51.100.7" },
  );
  const text = await response.text();
  asking--;
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text,
  };
};

async function decide(decision: "allow" | "deny", userCode: string): Promise<void> {
  const person = new Browser(harness);
  const at = (path: string) => `https://trefoil.example${path}`;
  await person.submit(await person.open(at("/sign-in")), { email, password });
  const page = await person.open(at(`/activate?user_code=${encodeURIComponent(userCode)}`));
  await person.submit(page, { decision });
}

describe("signing in by a code", () => {
  it.each([
    ["allow", { kind: "signed-in" }, true],
    ["deny", { kind: "denied" }, false],
  ] as const)("ends as the person decides: %s", async (decision, outcome, signedIn) => {
    const client = createClient({
      authUrl: "https://trefoil.example",
      client: { id: harness.clientId, secret: harness.clientSecret },
      device: { id: device.device_id, model: device.model_id },
      transport: { origin: "", connect: () => Promise.reject(new Error("not needed")) },
      http,
      clock: harness.clock,
    });
    let userCode = "";
    let ended = false;
    const running = client.signInByCode({ prompt: (code) => (userCode = code.userCode) });
    void running.finally(() => (ended = true));
    await eventually(() => userCode !== "", "the code");
    harness.clock.advance(5_000);
    await breathe();
    expect(ended).toBe(false);
    await decide(decision, userCode);
    await eventually(() => {
      // Time stands still while a question is on its way.
      if (asking === 0) harness.clock.advance(1_000);
      return ended;
    }, "an outcome");
    expect(await running).toMatchObject(outcome);
    expect(await client.signedIn()).toBe(signedIn);
  });
});
