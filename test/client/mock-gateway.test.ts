// The mock gateway as a client developer uses it, and a virtual device whose whole life it plays the gateway for.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, createClient } from "@trefoil/client/node";
import { MockAuthorization, MockGateway } from "@trefoil/client/mock-gateway";
import { VirtualDevice } from "@trefoil/client/virtual-device";
import { FakeClock } from "@trefoil/protocol/clock";
import { breathe, eventually } from "./device.js";

let gateway: MockGateway;
let auth: MockAuthorization;
let clock: FakeClock;
let clients: Client[];

beforeEach(async () => {
  gateway = await MockGateway.start({ accepts: (token) => token !== "access-0" });
  auth = new MockAuthorization();
  clock = new FakeClock();
  clients = [];
});

afterEach(async () => {
  for (const client of clients) await client.close();
  await gateway.close();
});

async function connected(before: (client: Client) => void = () => undefined): Promise<Client> {
  const client = createClient({
    authUrl: "https://auth.test",
    gatewayUrl: gateway.url,
    client: { id: "client", secret: "secret" },
    device: { id: "device", model: "model" },
    http: auth.http,
    clock,
    random: () => 0,
  });
  clients.push(client);
  before(client);
  await client.signIn({ kind: "guest" });
  await client.connect();
  return client;
}

describe("the mock gateway", () => {
  it("answers as it is told, with attachments, and remembers what it got", async () => {
    gateway.on("TextRecognizer.Recognize", (event) => [
      event.reply("SpeechSynthesizer.Speak", {
        format: "AUDIO_MPEG",
        token: "t",
        url: "cid:speech",
      }),
      { contentId: "speech", bytes: new Uint8Array([1, 2, 3]) },
    ]);
    const client = await connected();
    client.context.provide("Speaker.VolumeState", () => ({ volume: 3, muted: false }));
    const answer = await client.send("TextRecognizer.Recognize", { text: "hello" });
    const [directive] = await answer.directives();
    expect(await directive?.attachment()?.bytes()).toEqual(new Uint8Array([1, 2, 3]));
    const event = await gateway.received("TextRecognizer.Recognize");
    expect(event.payload).toEqual({ text: "hello" });
    expect(event.dialogRequestId).toBe(answer.dialogRequestId);
    expect(event.contextOf("Speaker.VolumeState")).toEqual({ volume: 3, muted: false });
    expect(event.headers.authorization).toBe("Bearer access-1");
    expect(gateway.requests["/v1/events"]).toBe(1);
  });

  it("hears speech as it comes, and can stop it", async () => {
    gateway.on("SpeechRecognizer.Recognize", async function* (event) {
      let bytes = 0;
      for await (const chunk of event.speech) {
        bytes += chunk.length;
        if (bytes >= 3_200) break;
      }
      yield event.reply("SpeechRecognizer.StopCapture", {});
      await event.ended;
      yield event.reply("Clova.RenderText", { text: `${bytes} bytes` });
    });
    const client = await connected();
    async function* speech() {
      for (;;) {
        await breathe();
        yield new Uint8Array(320);
      }
    }
    const recognition = client.recognize(speech(), { lang: "en" });
    expect(await recognition.captured).toBe("stop-capture");
    const directives = await (await recognition.answer).directives();
    expect(directives.map(({ payload }) => payload)).toContainEqual({ text: "3200 bytes" });
  });

  it("fails as it is told, and the client comes back each time", async () => {
    const client = await connected();
    gateway.failNext("/v1/events", { kind: "refuse", status: 401 });
    await client.send("Test.Event", {});
    expect(auth.requests.at(-1)?.grantType).toBe("refresh_token");
    gateway.failNext("/v1/events", { kind: "reset", refused: true });
    await client.send("Test.Event", {});
    gateway.failNext("/v1/events", { kind: "raw", contentType: "text/html", body: "<html>" });
    const garbage = await client.send("Test.Event", {});
    await expect(garbage.directives()).rejects.toMatchObject({ code: "unsupported_media_type" });
    for (const disturb of [
      () => gateway.cut(),
      () => gateway.goaway(),
      () => gateway.endDownchannel(),
    ]) {
      const before = gateway.requests["/v1/directives"];
      disturb();
      await eventually(() => {
        clock.advance(100);
        return gateway.requests["/v1/directives"] > before && client.state.phase === "open";
      }, "the client to come back");
    }
    await client.send("Test.After", {});
    expect(gateway.events.at(-1)?.name).toBe("Test.After");
  });

  it("keeps to the protocol by itself", async () => {
    const client = await connected();
    expect((await client.send("Nobody.Handles", {})).status).toBe(204);
    expect(() => {
      gateway.endDownchannel();
      gateway.send("Test.Directive", {});
    }).toThrow(/No downchannel/);
  });
});

describe("a virtual device at a gateway", () => {
  it("lives through an alarm that the platform sets, stops and deletes", async () => {
    let device!: VirtualDevice;
    await connected((client) => (device = new VirtualDevice(client, { clock })));
    await gateway.received("Alerts.RequestSynchronizeAlert");
    await gateway.received("Settings.RequestVersionSpec");
    const alarm = { token: "a", type: "ALARM" };
    const scheduledTime = new Date(clock.now() + 30_000).toISOString();
    gateway.send("Alerts.SetAlert", { ...alarm, scheduledTime });
    await gateway.received("Alerts.SetAlertSucceeded");
    clock.advance(30_000);
    const started = await gateway.received("Alerts.AlertStarted");
    expect(started.contextOf("Alerts.AlertsState")).toMatchObject({ activeAlerts: [alarm] });
    device.alerts.requestStop();
    gateway.on("Alerts.AlertStopped", (event) => [event.reply("Alerts.DeleteAlert", alarm)]);
    await gateway.received("Alerts.RequestAlertStop");
    gateway.send("Alerts.StopAlert", alarm);
    const deleted = await gateway.received("Alerts.DeleteAlertSucceeded");
    expect(deleted.contextOf("Alerts.AlertsState")).toEqual({ allAlerts: [], activeAlerts: [] });
  });

  it("plays what it asked for, and goes on playing while the user asks something else", async () => {
    let device!: VirtualDevice;
    const client = await connected((made) => (device = new VirtualDevice(made, { clock })));
    const stream = {
      token: "song",
      url: "clova:song",
      urlPlayable: false,
      beginAtInMilliseconds: 0,
      durationInMilliseconds: 60_000,
    };
    gateway.once("TextRecognizer.Recognize", (event) => [
      event.reply("AudioPlayer.Play", {
        playBehavior: "REPLACE_ALL",
        source: { name: "Test" },
        audioItem: {
          audioItemId: "1",
          type: "MUSIC",
          titleText: "Song",
          titleSubText1: "Artist",
          stream,
        },
      }),
    ]);
    gateway.on("AudioPlayer.StreamRequested", (event) => [
      event.reply("AudioPlayer.StreamDeliver", {
        audioItemId: "1",
        audioStream: { ...stream, url: "https://audio.test/song", urlPlayable: true },
      }),
    ]);
    await client.send("TextRecognizer.Recognize", { text: "play a song" });
    await gateway.received("AudioPlayer.PlayStarted");
    clock.advance(5_000);
    gateway.once("TextRecognizer.Recognize", (event) => [
      event.reply("PlaybackController.Pause", {}),
    ]);
    await client.send("TextRecognizer.Recognize", { text: "pause" });
    const paused = await gateway.received("AudioPlayer.PlayPaused");
    expect(paused.payload).toEqual({ token: "song", offsetInMilliseconds: 5_000 });
    expect(paused.contextOf("AudioPlayer.PlaybackState")).toMatchObject({
      playerActivity: "PAUSED",
      stream: { url: "https://audio.test/song" },
    });
    device.dispose();
  });
});
