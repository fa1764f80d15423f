// A client in a browser, as far as it can be tried without one.
import { afterEach, expect, it, vi } from "vitest";
import type { HttpExchange } from "../http/index.js";
import { createClient } from "./create-client.js";

afterEach(() => vi.unstubAllGlobals());

const http: HttpExchange = async ({ url, body }) => ({
  status: 200,
  headers: {},
  body: JSON.stringify(
    url.pathname === "/authorize"
      ? { code: "c", state: new URLSearchParams(body).get("state") }
      : { access_token: "a", refresh_token: "r", expires_in: 3_600 },
  ),
});

it("tries at once when the browser is online again, and listens for that no longer than it is wanted", async () => {
  const page = new EventTarget();
  const listening = new Set<unknown>();
  vi.stubGlobal("addEventListener", (name: string, listener: () => void) => {
    listening.add(listener);
    page.addEventListener(name, listener);
  });
  vi.stubGlobal("removeEventListener", (name: string, listener: () => void) => {
    listening.delete(listener);
    page.removeEventListener(name, listener);
  });
  let asked = 0;
  vi.stubGlobal("fetch", () => {
    asked++;
    return Promise.reject(new TypeError("Failed to fetch"));
  });
  const client = createClient({
    authUrl: "https://auth.test",
    gatewayUrl: "https://gateway.test",
    client: { id: "client", secret: "secret" },
    device: { id: "device", model: "model" },
    http,
    // As long a wait as there can be: what follows is not its end.
    connection: { backoff: { first: 3_600_000, longest: 3_600_000 } },
    random: () => 0.999,
  });
  await client.signIn({ kind: "guest" });
  expect(listening.size).toBe(0);
  const connected = client.connect({ waitOnFirstConnect: true });
  await expect.poll(() => client.state.phase).toBe("waiting");
  expect([asked, listening.size]).toEqual([1, 1]);
  page.dispatchEvent(new Event("online"));
  await expect.poll(() => asked).toBe(2);
  await client.close();
  await expect(connected).rejects.toMatchObject({ code: "unavailable" });
  expect(listening.size).toBe(0);
});

it("says what may be wrong where the browser does not", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const client = createClient({
    authUrl: "https://auth.test",
    gatewayUrl: "https://gateway.test",
    client: { id: "client", secret: "secret" },
    device: { id: "device", model: "model" },
  });
  await expect(client.signIn({ kind: "guest" })).rejects.toMatchObject({
    code: "unavailable",
    message:
      "Cannot reach https://auth.test: the browser says no more than Failed to fetch; is it running and its certificate trusted, and does it let this page's origin in (gateway.allowedOrigins)?",
  });
});
