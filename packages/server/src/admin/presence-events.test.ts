// Presence asked and watched through the admin API.

import { FakeClock } from "@trefoil/protocol/clock";
import { beforeEach, describe, expect, it } from "vitest";
import { Presence, PresenceFeed } from "../delivery/index.js";
import { silentLogger } from "../logging/index.js";
import { PresenceWatch, createAdminApp, hashAdminToken } from "./index.js";

const token = "admin-token-of-this-test-0123456789";
const from = { remoteAddress: "192.0.2.7", userAgent: "CLOVA/X" };
let clock: FakeClock;
let presence: Presence;
let feed: PresenceFeed;
let watch: PresenceWatch;

beforeEach(() => {
  clock = new FakeClock(0);
  presence = new Presence("node-1");
  feed = new PresenceFeed(presence, "run", 100);
  watch = new PresenceWatch({ feed, clock, maxWatchers: 3, maxUnread: 20_000 });
});

const nothing = async () => {
  throw new Error("not of this test");
};

function request(path: string, headers: Record<string, string> = {}, method = "GET") {
  const app = createAdminApp({
    tokenHash: hashAdminToken(token),
    accounts: { get: nothing },
    devices: { get: nothing, list: nothing, remove: nothing },
    clients: {
      create: nothing,
      get: nothing,
      list: nothing,
      rotateSecret: nothing,
      setRedirectUris: nothing,
      disable: nothing,
      enable: nothing,
    },
    operators: {
      account: nothing,
      consentsOf: nothing,
      createAccount: nothing,
      inspectToken: nothing,
      listAccounts: nothing,
      listAudit: nothing,
      revokeTokens: nothing,
      noteRefusedToken: () => undefined,
      setPassword: nothing,
      withdrawAccount: nothing,
    },
    sender: { send: nothing, sendToAll: nothing },
    presence,
    presenceWatch: watch,
    log: silentLogger,
  });
  return app.request(`/admin/v1/presence${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

const online = (deviceKey: string, accountId = "a") =>
  presence.online(deviceKey, clock.now(), { accountId, ...from });

interface Message {
  readonly event?: string;
  readonly id?: string;
  readonly data?: Record<string, unknown>;
  readonly comment?: string;
}

/** Reads a stream of events as a browser does. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(response: Response) {
    this.#reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  }

  /** The next message; undefined at the end of the stream. */
  async next(): Promise<Message | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end !== -1) {
        const lines = this.#text.slice(0, end).split("\n");
        this.#text = this.#text.slice(end + 2);
        if (lines[0]?.startsWith("retry:")) continue;
        return messageOf(lines);
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += new TextDecoder().decode(value);
    }
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}

function messageOf(lines: readonly string[]): Message {
  const message: Record<string, unknown> = {};
  for (const line of lines) {
    const [, name = "", value = ""] = /^(\w*): (.*)$/.exec(line) ?? [];
    if (name === "") message["comment"] = value;
    else message[name] = name === "data" ? JSON.parse(value) : value;
  }
  return message;
}

async function watching(path = "", headers: Record<string, string> = {}): Promise<Reader> {
  const response = await request(`/events${path}`, headers);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  return new Reader(response);
}

describe("GET /presence", () => {
  it("lists who is on, in pages, narrowed by account", async () => {
    for (const key of ["b", "a", "c"]) online(key);
    online("d", "other");
    online("e");
    presence.offline("e", 5);
    const page = (await (await request("?limit=2")).json()) as {
      devices: { deviceKey: string }[];
      next: string;
    };
    expect(page.devices.map(({ deviceKey }) => deviceKey)).toEqual(["a", "b"]);
    const rest = (await (await request(`?after=${page.next}&accountId=a`)).json()) as object;
    expect(rest).toEqual({
      devices: [
        {
          deviceKey: "c",
          accountId: "a",
          online: true,
          since: "1970-01-01T00:00:00.000Z",
          lastSeenAt: "1970-01-01T00:00:00.000Z",
          node: "node-1",
          ...from,
        },
      ],
      next: null,
    });
  });
});

describe("GET /presence/events", () => {
  it("tells of each coming and going, with who, when, from where and on which node", async () => {
    const reader = await watching();
    expect(await reader.next()).toEqual({ event: "ready", id: "run.0", data: { resumed: false } });
    online("d");
    clock.advance(1_000);
    presence.offline("d", clock.now());
    expect(await reader.next()).toMatchObject({
      event: "presence",
      id: "run.1",
      data: { deviceKey: "d", accountId: "a", online: true, node: "node-1", ...from },
    });
    expect(await reader.next()).toMatchObject({
      id: "run.2",
      data: { online: false, since: "1970-01-01T00:00:01.000Z" },
    });
  });

  it("tells only of the account that was asked for", async () => {
    const reader = await watching("?accountId=b");
    await reader.next();
    online("x", "a");
    online("y", "b");
    expect(await reader.next()).toMatchObject({ data: { deviceKey: "y" } });
  });

  it.each([
    ["the header Last-Event-ID", "", { "last-event-id": "run.1" }],
    ["the query", "?after=run.1", {}],
    ["both, of which the header is newer", "?after=run.0", { "last-event-id": "run.1" }],
  ])("goes on after the event that %s names", async (_, query, headers) => {
    online("one");
    online("two");
    const reader = await watching(query, headers);
    expect(await reader.next()).toEqual({ event: "ready", data: { resumed: true } });
    expect(await reader.next()).toMatchObject({ id: "run.2", data: { deviceKey: "two" } });
    online("three");
    expect(await reader.next()).toMatchObject({ id: "run.3", data: { deviceKey: "three" } });
  });

  it.each([["another-run.1"], ["run.99"], ["run.x"], ["run."], ["run.1e3"]])(
    "says that changes may be missing where the id is not known: %s",
    async (after) => {
      online("one");
      const reader = await watching("", { "last-event-id": after });
      expect(await reader.next()).toEqual({
        event: "ready",
        id: "run.1",
        data: { resumed: false },
      });
    },
  );

  it("says so too where they are forgotten, or too many to send at once", async () => {
    for (let change = 0; change < 250; change++) online(`d${change}`);
    const forgotten = await watching("?after=run.1");
    expect(await forgotten.next()).toMatchObject({ data: { resumed: false } });
    const tooMany = await watching("?after=run.150");
    expect(await tooMany.next()).toMatchObject({ id: "run.250", data: { resumed: false } });
    const few = await watching("?after=run.240");
    expect(await few.next()).toMatchObject({ data: { resumed: true } });
  });

  it("shows by a comment every 15 seconds of silence that the line is alive", async () => {
    const reader = await watching();
    await reader.next();
    clock.advance(15_000);
    expect(await reader.next()).toEqual({ comment: "heartbeat" });
    clock.advance(10_000);
    online("d");
    expect(await reader.next()).toMatchObject({ event: "presence" });
    clock.advance(10_000);
    clock.advance(5_000);
    expect(await reader.next()).toEqual({ comment: "heartbeat" });
  });

  it("ends a watcher that does not read, without harm to the others", async () => {
    const slow = await watching();
    const quick = await watching();
    await quick.next();
    for (let change = 0; change < 200; change++) {
      online(`d${change}`);
      expect(await quick.next()).toMatchObject({ data: { deviceKey: `d${change}` } });
    }
    let last: Message | undefined;
    for (let message = await slow.next(); message !== undefined; message = await slow.next()) {
      last = message;
    }
    expect(last).toEqual({ event: "end", data: { reason: "overflow" } });
    expect(watch.size).toBe(1);
  });

  it("takes a bounded number of watchers, and forgets those that leave", async () => {
    const readers = [await watching(), await watching(), await watching()];
    const refused = await request("/events");
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("30");
    await readers[0]!.leave();
    expect(watch.size).toBe(2);
    expect((await request("/events")).status).toBe(200);
    await Promise.all(readers.slice(1).map((reader) => reader.leave()));
    expect(clock.pendingTimers).toBe(1);
  });

  it("ends when the server does, and takes nobody from then on", async () => {
    const reader = await watching();
    await reader.next();
    watch.close();
    expect(await reader.next()).toEqual({ event: "end", data: { reason: "draining" } });
    expect(await reader.next()).toBeUndefined();
    expect((await request("/events")).status).toBe(503);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives HEAD the headers alone, and keeps nothing for it", async () => {
    const response = await request("/events", {}, "HEAD");
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(watch.size).toBe(0);
  });
});
