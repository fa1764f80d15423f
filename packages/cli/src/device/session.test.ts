// A session that is kept: without secrets, readable again, and comparable.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Recorder, readRecording } from "./recording.js";
import { withoutSecrets } from "./redact.js";
import { differences, replayLines } from "./replay.js";
import { readSpeech, samplesOf } from "./speech-file.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trefoil-session-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const header = (namespace: string, name: string) => ({ namespace, name, messageId: "m" });

describe("what is kept", () => {
  it.each([
    "accessToken",
    "refresh_token",
    "Authorization",
    "password",
    "pinCode",
    "client_secret",
    "apiKey",
    "x-api-key",
  ])("has no %s in it, however deep", (name) => {
    const kept = JSON.stringify(withoutSecrets({ a: [{ [name]: "s3cr3t" }] }));
    expect(kept).toBe(`{"a":[{"${name}":"[redacted]"}]}`);
  });

  it("has neither bearer values nor queries of addresses in it", () => {
    const kept = withoutSecrets({
      url: "https://cdn.example.org/a.mp3?sig=s3cr3t&x=1#f",
      note: "Bearer s3cr3t.abc",
    });
    expect(kept).toEqual({
      url: "https://cdn.example.org/a.mp3?[redacted]#f",
      note: "Bearer [redacted]",
    });
  });

  it("has the tokens by which the protocol names alerts, streams and speech", () => {
    const payload = { token: "a1", type: "TIMER", expectSpeechId: "e" };
    expect(withoutSecrets(payload)).toEqual(payload);
  });

  it("never fails, whatever a message holds", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void JSON.stringify(withoutSecrets(value))));
  });
});

describe("a recording", () => {
  it("is read as it was written, with the time of each line, and is for its owner alone", async () => {
    const path = join(directory, "session.jsonl");
    let now = 1_000;
    const recorder = await Recorder.begin(path, () => now);
    now += 50;
    recorder.typed("hello");
    recorder.event("TextRecognizer.Recognize", { text: "hello" });
    recorder.directive("response", {
      header: header("Clova", "RenderText"),
      payload: { password: "x" },
    });
    recorder.connection("open");
    await recorder.end();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readRecording(path)).toEqual([
      { kind: "typed", at: 50, text: "hello" },
      { kind: "event", at: 50, name: "TextRecognizer.Recognize", payload: { text: "hello" } },
      {
        kind: "directive",
        at: 50,
        source: "response",
        directive: { header: header("Clova", "RenderText"), payload: { password: "[redacted]" } },
      },
      { kind: "connection", at: 50, phase: "open" },
    ]);
    expect(await readFile(path, "utf8")).not.toContain('"x"');
  });

  it("that is none says where", async () => {
    const path = join(directory, "other.jsonl");
    await writeFile(path, "{}\n");
    await expect(readRecording(path)).rejects.toThrow(/line 1 is none of a recording/);
    await writeFile(path, '{"trefoil":"session","version":1}\n{"kind":"typed","at":1}\n');
    await expect(readRecording(path)).rejects.toThrow(/line 2/);
    await expect(readRecording(join(directory, "none"))).rejects.toThrow(/cannot read/);
  });
});

describe("a replay", () => {
  const directive = { header: header("Clova", "RenderText"), payload: {} };
  const lines = replayLines([
    { kind: "directive", at: 1, source: "response", directive },
    { kind: "typed", at: 100, text: "one" },
    { kind: "directive", at: 120, source: "response", directive },
    { kind: "directive", at: 130, source: "downchannel", directive },
    { kind: "typed", at: 60_000, text: "two" },
  ]);

  it("types each line after its pause, of 3 s at most, and knows what answered it", () => {
    expect(lines).toEqual([
      { text: "one", pause: 100, answered: ["Clova.RenderText"] },
      { text: "two", pause: 3_000, answered: [] },
    ]);
  });

  it("tells what is different", () => {
    expect(differences(lines, [["Clova.RenderText"], []])).toEqual([]);
    expect(differences(lines, [[], ["Clova.Hello"]])).toEqual([
      '"one": then Clova.RenderText, now no directive',
      '"two": then no directive, now Clova.Hello',
    ]);
  });
});

/** A WAV file. @param extra chunks before the samples */
function wav(
  samples: Buffer,
  { channels = 1, rate = 16_000, bits = 16, format = 1 } = {},
  extra = Buffer.alloc(0),
) {
  const head = Buffer.alloc(36);
  head.write("RIFF", 0);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(format, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt16LE(bits, 34);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(samples.length);
  return Buffer.concat([head, extra, Buffer.from("data"), size, samples]);
}

describe("a file of speech", () => {
  const samples = Buffer.from([1, 0, 2, 0, 3, 0]);
  it("gives its samples, also behind other chunks of odd length", () => {
    expect(samplesOf(wav(samples))).toEqual(samples);
    const list = Buffer.concat([
      Buffer.from("LIST"),
      Buffer.from([3, 0, 0, 0]),
      Buffer.from("abc\0"),
    ]);
    expect(samplesOf(wav(samples, {}, list))).toEqual(samples);
  });

  it.each([
    [{ channels: 2 }, /2 channel/],
    [{ rate: 44_100 }, /44100 Hz/],
    [{ bits: 8 }, /8 bit/],
    [{ format: 85 }, /compressed/],
  ])("of %j is refused, with how to convert it", (change, why) => {
    expect(() => samplesOf(wav(samples, change))).toThrow(why);
    expect(() => samplesOf(wav(samples, change))).toThrow(/ffmpeg/);
  });

  it("that is no file is refused before anybody waits for it", async () => {
    await expect(readSpeech(directory)).rejects.toThrow(`${directory} is no file`);
    const pipe = join(directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    await expect(readSpeech(pipe)).rejects.toThrow(`${pipe} is no file`);
  });

  it("that is cut off or something else never crashes the device", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(60), (bytes, length) => {
        for (const content of [Buffer.from(bytes), wav(Buffer.from(bytes)).subarray(0, length)]) {
          try {
            samplesOf(content);
          } catch (error) {
            expect(error).toMatchObject({ code: "invalid_request" });
          }
        }
      }),
    );
  });
});
