// How directives and their attachments arrive and are handed over: on the downchannel and in answers, in any order.
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReceivedDirective } from "@trefoil/client/node";
import { buildDirective } from "@trefoil/protocol/messages";
import { type Device, breathe, eventually, signedInDevice } from "./device.js";
import { FakeGateway, answerWith, noContent } from "./fake-gateway.js";

let gateway: FakeGateway;
let device: Device;

beforeEach(async () => {
  gateway = await FakeGateway.start();
  device = await signedInDevice(gateway.origin);
  await device.client.connect();
  await eventually(() => kinds("directive-unhandled").length === 1, "Clova.Hello");
});

afterEach(async () => {
  await device.client.close();
  await gateway.stop();
});

const audio = (bytes: number) => Uint8Array.from({ length: bytes }, (_, index) => index % 256);
const speak = (contentId: string, ids: { dialogRequestId?: string; messageId?: string } = {}) =>
  buildDirective(
    "SpeechSynthesizer.Speak",
    { format: "AUDIO_MPEG", token: "t", url: `cid:${contentId}` },
    ids,
  );
const kinds = (kind: string) => device.notices.filter((notice) => notice.kind === kind);

describe("a directive on the downchannel", () => {
  it("is handed over at once, without an event", async () => {
    const got: ReceivedDirective[] = [];
    device.client.on("Clova.RenderText", (directive) => void got.push(directive as never));
    gateway.channel.send("Clova.RenderText", { text: "breaking news" });
    await eventually(() => got.length === 1);
    expect(got[0]).toMatchObject({ source: "downchannel", payload: { text: "breaking news" } });
  });

  it("that nobody knows is reported, and does no harm", async () => {
    gateway.channel.send("Future.Directive", { anything: [1] });
    const got: string[] = [];
    device.client.on("Test.Known", ({ name }) => void got.push(name));
    gateway.channel.send("Test.Known", {});
    await eventually(() => got.length === 1);
    expect(kinds("directive-unhandled").map((notice) => (notice as never)["directive"])).toEqual([
      expect.objectContaining({ name: "Clova.Hello" }),
      expect.objectContaining({ name: "Future.Directive" }),
    ]);
  });

  it("goes to the handler for all others where it has none of its own", async () => {
    const got: string[] = [];
    device.client.on("*", ({ name }) => void got.push(name));
    const remove = device.client.on("Test.Own", () => undefined);
    gateway.channel.send("Test.Own", {});
    gateway.channel.send("Test.Other", {});
    await eventually(() => got.length === 1);
    remove();
    gateway.channel.send("Test.Own", {});
    await eventually(() => got.length === 2);
    expect(got).toEqual(["Test.Other", "Test.Own"]);
  });

  it("that comes again under the same messageId is dropped", async () => {
    let count = 0;
    device.client.on("Test.Directive", () => void count++);
    gateway.channel.send("Test.Directive", {}, { messageId: "once" });
    gateway.channel.send("Test.Directive", {}, { messageId: "once" });
    await eventually(() => kinds("directive-dropped").length === 1);
    gateway.cut();
    await eventually(() => gateway.channels.length === 2);
    gateway.channel.send("Test.Directive", {}, { messageId: "once" });
    await eventually(() => kinds("directive-dropped").length === 2);
    expect(count).toBe(1);
    expect(kinds("directive-dropped")[0]).toMatchObject({ reason: "duplicate" });
  });

  it("whose handler throws is reported, and the next one is handed over", async () => {
    let count = 0;
    device.client.on("Test.Directive", () => {
      count++;
      throw new Error("a bug");
    });
    gateway.channel.send("Test.Directive", {});
    gateway.channel.send("Test.Directive", {});
    await eventually(() => count === 2 && kinds("handler-failed").length === 2);
    expect(device.client.state.phase).toBe("open");
  });

  it("can be taken by a loop, each when the one before is done", async () => {
    const got: string[] = [];
    const loop = (async () => {
      for await (const { name } of device.client) got.push(name);
    })();
    gateway.channel.send("Test.One", {});
    gateway.channel.send("Test.Two", {});
    await eventually(() => got.length === 2);
    await device.client.close();
    await loop;
    expect(got).toEqual(["Test.One", "Test.Two"]);
  });

  it("is held back in the gateway, not in memory, while a loop does not take any", async () => {
    const feed = device.client[Symbol.asyncIterator]();
    let written = 0;
    const { stream } = gateway.channel;
    const filler = "x".repeat(10_000);
    while (written < 2_000) {
      gateway.channel.send("Test.Directive", { index: written++, filler });
      if (written % 100 === 0) await breathe();
    }
    await sleep(50);
    const arrived = kinds("directive").length;
    expect(arrived).toBeLessThan(400);
    expect(stream.writableLength).toBeGreaterThan(1_000_000);
    for (let index = 0; index < 2_000; index++) {
      const { value } = await feed.next();
      expect((value as ReceivedDirective).payload["index"]).toBe(index);
    }
    await feed.return();
  }, 30_000);
});

describe("an attachment", () => {
  it.each([
    ["after its directive", ["directive", "audio"]],
    ["before its directive", ["audio", "directive"]],
  ])("in an answer is found by its cid %s", async (_, order) => {
    const bytes = audio(100_000);
    const parts = order.map((part) =>
      part === "audio" ? (["speech-1", bytes] as const) : speak("speech-1"),
    );
    gateway.next("/v1/events", answerWith(...parts));
    const heard: Uint8Array[] = [];
    device.client.on("SpeechSynthesizer.Speak", async (_directive, attachment) => {
      heard.push(await attachment!.bytes());
    });
    await device.client.send("Test.Event", {});
    await eventually(() => heard.length === 1);
    expect(heard[0]).toEqual(bytes);
  });

  it("is a stream: its first bytes are there before its last ones", async () => {
    const directive = speak("live");
    let channelDone = false;
    gateway.channel.send("SpeechSynthesizer.Speak", directive.payload, {
      messageId: directive.header.messageId,
    });
    const chunks: number[] = [];
    device.client.on("SpeechSynthesizer.Speak", async (_directive, attachment) => {
      for await (const chunk of attachment!) {
        chunks.push(chunk.length);
        if (chunks.length === 1) {
          gateway.channel.stream.write(audio(500));
          gateway.channel.delimiter();
        }
      }
      channelDone = true;
    });
    gateway.channel.attachment("live");
    gateway.channel.stream.write(audio(1_000));
    await eventually(() => channelDone);
    expect(chunks.reduce((sum, length) => sum + length, 0)).toBe(1_500);
    expect(chunks.length).toBeGreaterThan(1);
  });

  it("that never comes fails for its reader, when the answer is complete", async () => {
    gateway.next("/v1/events", answerWith(speak("missing")));
    let failure: unknown;
    device.client.on("SpeechSynthesizer.Speak", async (_directive, attachment) => {
      failure = await attachment!.bytes().catch((error: unknown) => error);
    });
    await device.client.send("Test.Event", {});
    await eventually(() => failure !== undefined);
    expect(failure).toMatchObject({ code: "not_found" });
  });

  it("that no directive names is reported", async () => {
    gateway.next("/v1/events", answerWith(["orphan", audio(10)], buildDirective("Test.Other", {})));
    await (await device.client.send("Test.Event", {})).directives();
    expect(kinds("part-rejected")).toMatchObject([
      { part: { kind: "unnamed-attachment", contentId: "orphan" } },
    ]);
  });

  it("that is cut off fails for its reader, and its directive is taken when it comes again", async () => {
    const failures: unknown[] = [];
    const heard: Uint8Array[] = [];
    device.client.on("SpeechSynthesizer.Speak", async (_directive, attachment) => {
      try {
        heard.push(await attachment!.bytes());
      } catch (error) {
        failures.push(error);
      }
    });
    const { payload } = speak("again");
    gateway.channel.send("SpeechSynthesizer.Speak", payload, { messageId: "m" });
    gateway.channel.attachment("again");
    gateway.channel.stream.write(audio(100), () => setTimeout(() => gateway.cut(), 20));
    await eventually(() => failures.length === 1 && gateway.channels.length === 2);
    expect(failures[0]).toMatchObject({ code: "unavailable" });
    gateway.channel.send("SpeechSynthesizer.Speak", payload, { messageId: "m" });
    gateway.channel.attachment("again");
    gateway.channel.stream.write(audio(100));
    gateway.channel.delimiter();
    await eventually(() => heard.length === 1);
    expect(heard[0]).toEqual(audio(100));
  });

  it("that nobody reads does not stop what comes after it", async () => {
    gateway.next(
      "/v1/events",
      answerWith(speak("unread"), ["unread", audio(3_000_000)], buildDirective("Test.After", {})),
    );
    const names: string[] = [];
    device.client.on("Test.After", ({ name }) => void names.push(name));
    await device.client.send("Test.Event", {});
    await eventually(() => names.length === 1);
  });

  it("whose reader is slow slows the gateway instead of filling the memory", async () => {
    const size = 8_000_000;
    let sent = 0;
    let finished = false;
    gateway.next("/v1/events", ({ stream }) => {
      stream.resume();
      stream.respond({ ":status": 200, "content-type": "multipart/related; boundary=b" });
      const json = JSON.stringify({ directive: speak("long") });
      stream.write(
        `--b\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${json}\r\n--b\r\n`,
      );
      stream.write("Content-Id: long\r\nContent-Type: application/octet-stream\r\n\r\n");
      const chunk = audio(100_000);
      const write = () => {
        while (sent < size) {
          sent += chunk.length;
          if (!stream.write(chunk)) {
            stream.once("drain", write);
            return;
          }
        }
        stream.end("\r\n--b--\r\n", () => (finished = true));
      };
      write();
    });
    let goOn = () => {};
    const paused = new Promise<void>((resolve) => (goOn = resolve));
    let heard = 0;
    device.client.on("SpeechSynthesizer.Speak", async (directive) => {
      for await (const piece of directive.attachment(directive.payload.url)!) {
        heard += piece.length;
        await paused;
      }
    });
    await device.client.send("Test.Event", {});
    await sleep(200);
    expect(sent).toBeLessThan(4_000_000);
    goOn();
    await eventually(() => finished && heard === size);
  });
});

describe("what the user asks", () => {
  const ask = async () => {
    return device.client.send("TextRecognizer.Recognize", { text: "hello" });
  };

  it("is answered by directives that are handed over one after another", async () => {
    const log: string[] = [];
    let finish = () => {};
    device.client.on("Test.Long", async ({ payload }) => {
      log.push(`begin ${String(payload["n"])}`);
      await new Promise<void>((resolve) => (finish = resolve));
      log.push(`end ${String(payload["n"])}`);
    });
    gateway.next("/v1/events", ({ stream }) => noContent(stream));
    const { dialogRequestId = "" } = await device.client.send("TextRecognizer.Recognize", {
      text: "hello",
    });
    for (const n of [1, 2]) gateway.channel.send("Test.Long", { n }, { dialogRequestId });
    await eventually(() => log.length === 1);
    gateway.channel.send("Test.Push", {});
    await eventually(() => kinds("directive").length === 4);
    expect(log).toEqual(["begin 1"]);
    finish();
    await eventually(() => log.length === 3);
    finish();
    await eventually(() => log.length === 4);
    expect(log).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  });

  it("replaces what was asked before: its speech is told to stop, its late directives are dropped", async () => {
    const stopped: string[] = [];
    device.client.on("SpeechSynthesizer.Speak", (directive) => {
      return new Promise<void>((resolve) => {
        directive.signal.addEventListener("abort", () => {
          stopped.push(directive.payload.token);
          resolve();
        });
      });
    });
    const first = await ask();
    gateway.channel.send("SpeechSynthesizer.Speak", speak("x").payload, {
      dialogRequestId: first.dialogRequestId!,
    });
    await eventually(() => kinds("directive").length === 2);
    await ask();
    expect(stopped).toEqual(["t"]);
    gateway.channel.send(
      "Clova.RenderText",
      { text: "too late" },
      {
        dialogRequestId: first.dialogRequestId!,
      },
    );
    await eventually(() => kinds("directive-dropped").length === 1);
    expect(kinds("directive-dropped")[0]).toMatchObject({
      reason: "stale",
      directive: { payload: { text: "too late" } },
    });
    expect(kinds("dialogue")).toHaveLength(2);
  });
});
