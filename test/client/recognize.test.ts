// Asking in speech: uploading while it is recorded, heeding the platform meanwhile, answering when it asks back.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExpectSpeech, Recognition } from "@trefoil/client/node";
import { buildDirective, parseEvent } from "@trefoil/protocol/messages";
import { type Device, breathe, eventually, signedInDevice } from "./device.js";
import { FakeGateway, type Request, answerWith, noContent, refuseWith } from "./fake-gateway.js";
import { beginAnswer, readBody } from "./multipart-body.js";

let gateway: FakeGateway;
let device: Device;

beforeEach(async () => {
  gateway = await FakeGateway.start();
  device = await signedInDevice(gateway.origin);
  await device.client.connect();
});

afterEach(async () => {
  await device.client.close();
  await gateway.stop();
});

/** A microphone that the test speaks into. */
class Microphone implements AsyncIterableIterator<Uint8Array> {
  closed = false;
  readonly #chunks: Uint8Array[] = [];
  #wake: (() => void) | undefined;

  say(milliseconds: number): void {
    this.#chunks.push(new Uint8Array(milliseconds * 32).fill(7));
    this.#wake?.();
  }

  end(): void {
    this.closed = true;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const value = this.#chunks.shift();
      if (value !== undefined) return { done: false, value };
      if (this.closed) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** What a gateway has of a request in speech so far. */
interface Upload {
  readonly request: Request;
  readonly id: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Bytes of speech. */
  readonly speech: number;
  readonly ended: boolean;
}

/** Takes the next request in speech as it arrives; the test answers it. */
function takeUpload(): Promise<Upload> {
  return new Promise((resolve) => {
    gateway.next("/v1/events", (request) => {
      const body = readBody(request);
      void body.begun.then((metadata) => {
        const { event } = parseEvent(metadata.body);
        resolve({
          request,
          id: event.header.dialogRequestId ?? "",
          payload: event.payload,
          get speech() {
            return body.parts.slice(1).reduce((sum, { body: { length } }) => sum + length, 0);
          },
          get ended() {
            return body.ended;
          },
        });
      });
    });
  });
}

const answered = async (upload: Upload, ...directives: ReturnType<typeof buildDirective>[]) => {
  await eventually(() => upload.ended, "the end of the upload");
  answerWith(...directives)(upload.request);
};
const recognize = (
  microphone: Microphone,
  options: Partial<Parameters<typeof device.client.recognize>[1]> = {},
) => device.client.recognize(microphone, { lang: "ko", ...options });

describe("a request in speech", () => {
  it("goes up while it is recorded, and ends with StopCapture on the downchannel", async () => {
    const uploads = takeUpload();
    const microphone = new Microphone();
    microphone.say(300);
    const recognition = recognize(microphone);
    const upload = await uploads;
    expect(upload.payload).toEqual({ lang: "ko", format: "AUDIO_L16_RATE_16000_CHANNELS_1" });
    expect(upload.id).toBe(recognition.dialogRequestId);
    await eventually(() => upload.speech === 300 * 32, "the speech so far");
    microphone.say(10);
    await eventually(() => upload.speech === 310 * 32, "the rest of it");
    expect(recognition.capturing).toBe(true);
    gateway.channel.send("SpeechRecognizer.StopCapture", {}, { dialogRequestId: upload.id });
    expect(await recognition.captured).toBe("stop-capture");
    expect(microphone.closed).toBe(true);
    await answered(upload, buildDirective("Test.Result", {}, { dialogRequestId: upload.id }));
    const answer = await recognition.answer;
    expect((await answer.directives()).map(({ name }) => name)).toEqual(["Test.Result"]);
    expect(device.client.dialogRequestId).toBe(recognition.dialogRequestId);
  });

  it("ends with StopCapture in the response, while the upload is still open", async () => {
    const uploads = takeUpload();
    const microphone = new Microphone();
    microphone.say(10);
    const recognition = recognize(microphone);
    const upload = await uploads;
    const answer = beginAnswer(upload.request);
    const ids = { dialogRequestId: upload.id };
    answer.write(buildDirective("SpeechRecognizer.StopCapture", {}, ids));
    expect(await recognition.captured).toBe("stop-capture");
    await eventually(() => upload.ended, "the end of the upload");
    answer.end();
    await (await recognition.answer).directives();
  });

  it("is not ended by the StopCapture of another request", async () => {
    const uploads = takeUpload();
    const microphone = new Microphone();
    microphone.say(10);
    const recognition = recognize(microphone);
    const upload = await uploads;
    gateway.channel.send("SpeechRecognizer.StopCapture", {}, { dialogRequestId: "another" });
    gateway.channel.send("Test.Marker", {});
    await eventually(() =>
      device.notices.some(
        (notice) =>
          notice.kind === "directive-unhandled" && notice.directive.name === "Test.Marker",
      ),
    );
    expect(recognition.capturing).toBe(true);
    microphone.end();
    expect(await recognition.captured).toBe("finished");
    await answered(upload);
  });

  it("ends when the user lets go of the button, with all that was said before", async () => {
    const uploads = takeUpload();
    const microphone = new Microphone();
    const recognition = recognize(microphone, {
      initiator: { type: "PRESS_AND_HOLD", inputSource: "SELF" },
    });
    const upload = await uploads;
    expect(upload.payload["initiator"]).toEqual({ type: "PRESS_AND_HOLD", inputSource: "SELF" });
    microphone.say(15);
    await eventually(() => upload.speech === 10 * 32, "the first frame");
    recognition.stop();
    expect(await recognition.captured).toBe("stopped");
    await answered(upload);
    expect(upload.speech).toBe(15 * 32);
  });

  it("tells what was understood so far, and when the platform wants more", async () => {
    const uploads = takeUpload();
    const microphone = new Microphone();
    microphone.say(10);
    const told: string[] = [];
    recognize(microphone, {
      onText: (text) => told.push(text),
      onKeepRecording: () => told.push("keep"),
    });
    const upload = await uploads;
    const ids = { dialogRequestId: upload.id };
    gateway.channel.send("SpeechRecognizer.ShowRecognizedText", { text: "what is" }, ids);
    gateway.channel.send("SpeechRecognizer.KeepRecording", {}, ids);
    gateway.channel.send("SpeechRecognizer.StopCapture", {}, ids);
    await eventually(() => microphone.closed);
    expect(told).toEqual(["what is", "keep"]);
    await answered(upload);
  });

  it("that is refused closes the microphone, and leaves the request before it in force", async () => {
    const before = await device.client.send("TextRecognizer.Recognize", { text: "play music" });
    gateway.next("/v1/events", refuseWith(400));
    const microphone = new Microphone();
    microphone.say(10);
    const recognition = recognize(microphone);
    await expect(recognition.answer).rejects.toMatchObject({ code: "invalid_request" });
    expect(await recognition.captured).toBe("given-up");
    expect(microphone.closed).toBe(true);
    expect(device.client.dialogRequestId).toBe(before.dialogRequestId);
  });

  it("that cannot be sent at all closes the microphone too", async () => {
    await device.client.close();
    const microphone = new Microphone();
    const recognition = recognize(microphone);
    await expect(recognition.answer).rejects.toMatchObject({ code: "unavailable" });
    expect(await recognition.captured).toBe("given-up");
    expect(microphone.closed).toBe(true);
  });

  it("loses no word to a token that was refused meanwhile", async () => {
    gateway.next("/v1/events", refuseWith(401));
    const microphone = new Microphone();
    microphone.say(200);
    const recognition = recognize(microphone);
    const upload = await takeUpload();
    microphone.say(100);
    microphone.end();
    await answered(upload);
    expect(upload.speech).toBe(300 * 32);
    expect((await recognition.answer).status).toBe(200);
  });
});

describe("breaking in", () => {
  it.each([
    ["keep", false],
    ["stop", true],
  ] as const)("with %s, what is being said is silenced at once: %s", async (bargeIn, silenced) => {
    let speaking: AbortSignal | undefined;
    device.client.on("SpeechSynthesizer.Speak", ({ signal }) => {
      speaking = signal;
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    });
    gateway.next("/v1/events", ({ stream }) => {
      void stream.resume();
      setImmediate(() => noContent(stream));
    });
    const { dialogRequestId } = await device.client.send("TextRecognizer.Recognize", {
      text: "tell me a story",
    });
    gateway.channel.send(
      "SpeechSynthesizer.Speak",
      { format: "AUDIO_MPEG", token: "t", url: "https://story.test" },
      dialogRequestId === undefined ? {} : { dialogRequestId },
    );
    await eventually(() => speaking !== undefined, "the story");
    const uploads = takeUpload();
    const microphone = new Microphone();
    microphone.say(10);
    const recognition = recognize(microphone, { bargeIn });
    expect(device.notices.at(-1)).toMatchObject({ kind: "capture", end: undefined });
    const upload = await uploads;
    expect(speaking?.aborted).toBe(silenced);
    recognition.stop();
    await answered(upload);
    await recognition.answer;
    expect(speaking?.aborted).toBe(true);
  });
});

describe("when the platform asks back", () => {
  const question = (dialogRequestId: string, timeoutInMilliseconds = 5_000) =>
    buildDirective(
      "SpeechRecognizer.ExpectSpeech",
      { expectSpeechId: "which-one", explicit: true, timeoutInMilliseconds },
      { dialogRequestId },
    );

  /** Makes a first request whose answer is a question. */
  async function asked(options: Partial<Parameters<typeof device.client.recognize>[1]>) {
    const uploads = takeUpload();
    const first = new Microphone();
    first.say(10);
    first.end();
    const recognition = recognize(first, {
      initiator: { type: "TAP", inputSource: "SELF" },
      ...options,
    });
    await answered(await uploads, question(recognition.dialogRequestId));
    return recognition;
  }

  it("the microphone opens again, and the answer repeats the ids", async () => {
    const second = new Microphone();
    const followUps: Recognition[] = [];
    const first = await asked({
      listen: () => second,
      onFollowUp: (recognition) => followUps.push(recognition),
    });
    const uploads = takeUpload();
    await breathe();
    second.say(20);
    const upload = await uploads;
    expect(upload.id).toBe(first.dialogRequestId);
    expect(upload.payload).toEqual({
      lang: "ko",
      format: "AUDIO_L16_RATE_16000_CHANNELS_1",
      speechId: "which-one",
      explicit: true,
    });
    gateway.channel.send("SpeechRecognizer.StopCapture", {}, { dialogRequestId: upload.id });
    expect(await followUps[0]?.captured).toBe("stop-capture");
    const got: string[] = [];
    device.client.on("Test.Result", ({ name }) => void got.push(name));
    await answered(upload, buildDirective("Test.Result", {}, { dialogRequestId: upload.id }));
    await eventually(() => got.length === 1, "the answer, handed over after the question");
  });

  it("and nobody speaks in time, nothing is sent and the microphone is closed", async () => {
    const second = new Microphone();
    await asked({ listen: () => second });
    const before = gateway.count("/v1/events");
    await device.wait(5_100, () => second.closed);
    expect(gateway.count("/v1/events")).toBe(before);
    expect(device.notices.some((n) => n.kind === "capture" && n.end === "silence")).toBe(true);
  });

  it("and the user asks something else, the question is forgotten", async () => {
    const second = new Microphone();
    let heard = false;
    await asked({ listen: () => ((heard = true), second) });
    await eventually(() => heard, "the question");
    await device.client.send("TextRecognizer.Recognize", { text: "never mind" });
    await eventually(() => second.closed, "the microphone to be closed");
  });

  it("an application that listens itself gets the question", async () => {
    const questions: ExpectSpeech[] = [];
    device.client.on(
      "SpeechRecognizer.ExpectSpeech",
      (directive) => void questions.push(directive),
    );
    const first = await asked({});
    await eventually(() => questions.length === 1, "the question");
    const uploads = takeUpload();
    const microphone = new Microphone();
    microphone.say(10);
    const recognition = recognize(microphone, { answers: questions[0]! });
    const upload = await uploads;
    expect(upload.id).toBe(first.dialogRequestId);
    expect(upload.payload["speechId"]).toBe("which-one");
    recognition.stop();
    await answered(upload);
    await recognition.answer;
  });
});
