// The client and its virtual device against the real server: what the fakes promise is what the server does.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, httpsExchange } from "@trefoil/client/node";
import { VirtualDevice } from "@trefoil/client/virtual-device";
import { type RunningServer, startServer } from "@trefoil/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AdminConnection } from "../../packages/cli/src/admin/index.js";
import { sendDirective } from "../../packages/cli/src/send/admin-api.js";
import { configSchema } from "../../packages/server/src/config/index.js";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { eventually } from "./device.js";

interface Development {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly adminToken: string;
}

/** Names of the events that the server was sent, with their payloads. */
const received: [string, unknown][] = [];
const note: EventHandler = function* note({ event: { header, payload } }) {
  received.push([header.name, payload]);
  yield* [];
};
const of = (name: string) => received.filter(([other]) => other === name);

/** Stops the recording after 100 ms of speech, then asks back once; the answer to that is text. */
const converse: EventHandler = async function* converse(request) {
  const { speechId, explicit } = request.event.payload;
  let bytes = 0;
  for await (const { body } of request.attachments) {
    for await (const chunk of body) {
      const before = bytes;
      bytes += chunk.length;
      if (before >= 3_200 || bytes < 3_200) continue;
      yield { kind: "directive", directive: request.answer("SpeechRecognizer.StopCapture", {}) };
    }
  }
  const directive =
    speechId === undefined
      ? request.answer("SpeechRecognizer.ExpectSpeech", {
          expectSpeechId: "which",
          explicit: true,
          timeoutInMilliseconds: 5_000,
        })
      : request.answer("Clova.RenderText", {
          text: JSON.stringify([speechId, explicit, bytes >= 3_200]),
        });
  yield { kind: "directive", directive };
};

let dataDir: string;
let server: RunningServer;
let development: Development;
let admin: AdminConnection;
const clients: Client[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "trefoil-real-server-"));
  server = await startServer({
    config: configSchema.parse({
      dataDir,
      listen: { host: "127.0.0.1", port: 0 },
      auth: { guests: true },
      gateway: { validation: "strict", drainSeconds: 1 },
    }),
    dev: true,
    handlers: {
      "SpeechRecognizer.Recognize": converse,
      "Alerts.SetAlertSucceeded": note,
      "Alerts.AlertStarted": note,
      "Alerts.AlertStopped": note,
      "DeviceControl.ActionExecuted": note,
      "Settings.Report": note,
    },
  });
  development = JSON.parse(await readFile(join(dataDir, "dev.json"), "utf8")) as Development;
  const http = httpsExchange({ insecure: true });
  admin = new AdminConnection(http, new URL(server.origin), development.adminToken);
});

afterEach(async () => {
  received.length = 0;
  for (const client of clients.splice(0)) await client.close();
});

afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function made(deviceId: string): Client {
  const client = createClient({
    authUrl: server.origin,
    gatewayUrl: server.origin,
    client: { id: development.clientId, secret: development.clientSecret },
    device: { id: deviceId, model: "test" },
    tls: { insecure: true },
  });
  clients.push(client);
  return client;
}

describe("a virtual device at the real server", () => {
  it("does what is pushed to it, with events that strict validation takes", async () => {
    const client = made("virtual");
    const failures: unknown[] = [];
    const device = new VirtualDevice(client, { onFailure: (_, error) => failures.push(error) });
    await client.signIn({ kind: "guest" });
    await client.connect();
    const push = (name: `${string}.${string}`, payload: Record<string, unknown>) =>
      sendDirective(admin, "virtual", { name, payload }, true);
    const alert = { token: "a", type: "TIMER" };
    await push("Alerts.SetAlert", { ...alert, scheduledTime: new Date().toISOString() });
    await eventually(() => of("AlertStarted").length === 1, "the alert to ring");
    await push("Alerts.StopAlert", alert);
    await push("DeviceControl.SetValue", { target: "volume", value: "8" });
    await push("Settings.Update", { configuration: { VoiceTypeChange: "V002" } });
    await eventually(() => received.length === 5, "all reports");
    expect(of("AlertStopped")).toEqual([["AlertStopped", alert]]);
    expect(of("ActionExecuted")).toEqual([
      ["ActionExecuted", { target: "volume", command: "SetValue" }],
    ]);
    expect(of("Report")).toEqual([["Report", { configuration: { VoiceTypeChange: "V002" } }]]);
    expect(device.state.volume?.value).toBe(8);
    expect(failures).toEqual([]);
    device.dispose();
  });
});

describe("speech at the real server", () => {
  it("is stopped while it is uploaded, and the question back is answered with its ids", async () => {
    const client = made("speech");
    const shown: string[] = [];
    client.on("Clova.RenderText", ({ payload }) => void shown.push(payload.text));
    await client.signIn({ kind: "guest" });
    await client.connect();
    async function* microphone() {
      for (;;) {
        yield new Uint8Array(320);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    const followUps: string[] = [];
    const first = client.recognize(microphone(), {
      lang: "en",
      listen: () => microphone(),
      onFollowUp: ({ dialogRequestId }) => followUps.push(dialogRequestId),
    });
    expect(await first.captured).toBe("stop-capture");
    await eventually(() => shown.length === 1, "the answer to the answer");
    expect(shown).toEqual([JSON.stringify(["which", true, true])]);
    expect(followUps).toEqual([first.dialogRequestId]);
  });
});

describe("signing in by a code at the real server", () => {
  it("gets a code with a page to type it on, and can be given up", async () => {
    const giveUp = new AbortController();
    const client = made("by-code");
    const outcome = client.signInByCode({
      signal: giveUp.signal,
      prompt({ userCode, verificationUri, verificationUriComplete, expiresAt }) {
        expect(userCode).toMatch(/^\w{4}-\w{4}$/);
        expect(verificationUri).toBe(`${server.origin}/activate`);
        expect(verificationUriComplete).toContain(userCode);
        expect(expiresAt).toBeGreaterThan(Date.now());
        giveUp.abort(new Error("given up"));
      },
    });
    await expect(outcome).rejects.toThrow("given up");
    expect(await client.signedIn()).toBe(false);
  });
});
