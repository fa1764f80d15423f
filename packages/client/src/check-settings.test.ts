// What a client refuses to be made with.
import { describe, expect, it } from "vitest";
import { type ClientOptions, createClient } from "./index.js";

const make = (options: Partial<ClientOptions>) =>
  createClient({
    authUrl: "https://auth.test",
    client: { id: "client", secret: "secret" },
    device: { id: "device", model: "model" },
    transport: { origin: "https://gateway.test", connect: () => Promise.reject(new Error()) },
    ...options,
  });

describe("settings", () => {
  it.each([
    [{ connection: { pingInterval: 0 } }, "connection.pingInterval must be a number from 100 on"],
    [{ connection: { pingInterval: NaN } }, "connection.pingInterval"],
    [{ connection: { backoff: { first: 0, longest: 0 } } }, "connection.backoff.first"],
    [{ connection: { drainTimeout: -1 } }, "connection.drainTimeout must be a number from 0 on"],
    [{ events: { maxConcurrent: 0 } }, "events.maxConcurrent"],
    [{ events: { waiting: { maxEvents: 0, maxBytes: 1 } } }, "events.waiting.maxEvents"],
    [{ limits: { maxDirectiveBytes: "1" as unknown as number } }, "limits.maxDirectiveBytes"],
  ])("%j are refused, by name", (options, words) => {
    expect(() => make(options)).toThrow(words);
    expect(() => make(options)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });

  it.each([
    [{}],
    [{ connection: { pingInterval: Infinity, drainTimeout: 0 } }],
    [{ events: { maxAge: 0 }, limits: { maxHeldBytes: 0 } }],
  ])("%j are taken", (options) => {
    expect(make(options).state.phase).toBe("closed");
  });
});
