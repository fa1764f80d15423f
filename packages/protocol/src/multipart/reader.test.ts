// The reader against every case that other multipart parsers were seen to fail, and against its own promises.

import { describe, expect, it } from "vitest";
import { isTrefoilError } from "../errors/index.js";
import { boundaryOf } from "./content-type.js";
import { contentIdOf, dispositionName } from "./part-headers.js";
import { MultipartReader } from "./reader.js";
import {
  RecordingSink,
  bytes,
  chunks,
  readBody,
  thrown,
  wideLimits,
} from "./recorded.test.support.js";

const metadataHead =
  'Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n';
const audioHead =
  'Content-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n';
const json = '{"event":{"header":{"namespace":"SpeechRecognizer","name":"Recognize"}}}';

/** An event with speech, as devices that shipped send it but for the closing delimiter. */
function event(boundary: string, audio: string): string {
  return `--${boundary}\r\n${metadataHead}${json}\r\n--${boundary}\r\n${audioHead}${audio}\r\n--${boundary}--\r\n`;
}

describe("a multipart body", () => {
  it("is read with a boundary that begins with dashes", () => {
    const boundary = boundaryOf("multipart/form-data; boundary=--abcdefg123456");
    const body = `----abcdefg123456\r\n${metadataHead}${json}\r\n\r\n----abcdefg123456\r\n${audioHead}pcm\r\n----abcdefg123456--\r\n`;
    const { parts, bodies } = readBody(boundary, body);
    // The shipped firmware writes one CRLF too many after its JSON; it belongs to the part.
    expect(bodies).toEqual([`${json}\r\n`, "pcm"]);
    expect(parts.map((part) => dispositionName(part.headers))).toEqual(["metadata", "audio"]);
    expect(parts.every((part) => part.terminated)).toBe(true);
  });

  it("is read the same in one-byte chunks as in one", () => {
    const body = event("b0undary", "\r\n--b0undar\r\n\r-pcm\r\n");
    const whole = readBody("b0undary", body);
    const single = readBody("b0undary", body, { chunkSize: 1 });
    expect(single.parts).toEqual(whole.parts);
    expect(whole.bodies).toEqual([json, "\r\n--b0undar\r\n\r-pcm\r\n"]);
  });

  it("keeps audio that contains near-delimiters whole at every chunk size", () => {
    const boundary = "--near";
    const audio = [
      "\r\n----nea",
      "\r\n----neaX",
      "\r\n----nearer",
      "\r\n----near-",
      "\r\n----near-x",
      "\r\n----near --\r\n",
      "\r\n----near \t x",
      "\r\n----near\r",
      "\r\n----near\rx",
      "\r\n----near\n",
      "\r\n----near \r\r\n--",
      "\r\r\n----nea\r\n----nea",
      "----near\r\n",
      "\n----near\r\n",
      "\r----near--\r\n",
      "\r\n-----near\r\n",
      "\r\n\r\n\r\n",
      "\r\n----near-\r\n----near\r",
    ].join("");
    const body = event(boundary, audio);
    for (let chunkSize = 1; chunkSize <= body.length; chunkSize++) {
      const { bodies, parts } = readBody(boundary, body, { chunkSize });
      expect(bodies, `chunks of ${chunkSize}`).toEqual([json, audio]);
      expect(parts[1]?.terminated).toBe(true);
    }
  });

  it("keeps near-delimiters of audio that no delimiter ends, at every chunk size", () => {
    for (const ending of ["\r", "\r\n", "\r\n--near-audi", "pcm\r\n--near-audio\r\n--near-audi"]) {
      const boundary = "near-audio-1";
      const body = `--${boundary}\r\n\r\nspeech${ending}`;
      for (let chunkSize = 1; chunkSize <= body.length; chunkSize++) {
        const { bodies, parts } = readBody(boundary, body, { chunkSize });
        expect(bodies).toEqual([`speech${ending}`]);
        expect(parts[0]?.terminated).toBe(false);
      }
    }
  });

  it("may have a preamble and an epilogue, which nobody is given", () => {
    const body = `This is a preamble.\r\n--nodelimiter\r\n\r\n${event("b", "pcm")}And an epilogue.\r\n--b\r\nX: y\r\n\r\nnot a part\r\n--b--`;
    for (const chunkSize of [1, 2, 3, 7, body.length]) {
      expect(readBody("b", body, { chunkSize }).bodies).toEqual([json, "pcm"]);
    }
  });

  it("may begin with an empty line", () => {
    expect(readBody("b", `\r\n${event("b", "pcm")}`).bodies).toEqual([json, "pcm"]);
  });

  it("delivers the JSON and streams the audio while the request is still open", () => {
    const sink = new RecordingSink();
    const reader = new MultipartReader("--abcdefg123456", sink, wideLimits);
    reader.push(
      bytes(`----abcdefg123456\r\n${metadataHead}${json}\r\n----abcdefg123456\r\n${audioHead}`),
    );
    expect(sink.parts[0]?.terminated).toBe(true);
    expect(sink.bodies).toEqual([json, ""]);
    for (let frame = 1; frame <= 3; frame++) {
      reader.push(new Uint8Array(320).fill(frame));
      expect(sink.parts[1]?.body.length).toBe(frame * 320);
    }
    expect(sink.parts[1]?.terminated).toBeUndefined();
    reader.end();
    expect(sink.parts[1]?.terminated).toBe(false);
  });

  it("ends a part when the delimiter line has come, not when the next part begins", () => {
    const sink = new RecordingSink();
    const reader = new MultipartReader("b", sink, wideLimits);
    reader.push(bytes(`--b\r\n${metadataHead}${json}\r\n--b`));
    expect(sink.parts[0]?.terminated).toBeUndefined();
    reader.push(bytes("\r"));
    expect(sink.parts[0]?.terminated).toBeUndefined();
    reader.push(bytes("\n"));
    expect(sink.parts[0]?.terminated).toBe(true);
  });

  it("holds back no byte that cannot belong to a delimiter", () => {
    const sink = new RecordingSink();
    const reader = new MultipartReader("boundary", sink, wideLimits);
    reader.push(bytes("--boundary\r\n\r\nabc\r\n--bound"));
    expect(sink.bodies).toEqual(["abc"]);
    reader.push(bytes("less"));
    expect(sink.bodies).toEqual(["abc\r\n--boundless"]);
  });

  it("is complete at the end of the stream where the last delimiter never arrives", () => {
    const audio = "\x00\x01\xff\xfe".repeat(400);
    const body = `--b\r\n${metadataHead}${json}\r\n--b\r\n${audioHead}${audio}`;
    for (const chunkSize of [1, 13, 320, body.length]) {
      const { bodies, parts } = readBody("b", body, { chunkSize });
      expect(bodies).toEqual([json, audio]);
      expect(parts.map((part) => part.terminated)).toEqual([true, false]);
    }
  });

  it("takes a last delimiter that the end of the stream cut off after the boundary for one", () => {
    for (const cut of ["\r\n--b", "\r\n--b-", "\r\n--b \t", "\r\n--b\r"]) {
      const body = `--b\r\n${metadataHead}${json}${cut}`;
      for (const chunkSize of [1, 3, body.length]) {
        const { bodies, parts } = readBody("b", body, { chunkSize });
        expect(bodies, JSON.stringify(cut)).toEqual([json]);
        expect(parts[0]?.terminated).toBe(true);
      }
    }
  });

  it("may end right after a delimiter line, as a downchannel does", () => {
    const { bodies, parts } = readBody("b", `--b\r\n${metadataHead}${json}\r\n--b\r\n`);
    expect(bodies).toEqual([json]);
    expect(parts[0]?.terminated).toBe(true);
  });

  it("may close right after a delimiter line", () => {
    for (const closing of ["--b--", "--b--\r\n"]) {
      const body = `--b\r\n${metadataHead}${json}\r\n--b\r\n${closing}`;
      for (const chunkSize of [1, body.length]) {
        expect(readBody("b", body, { chunkSize }).bodies).toEqual([json]);
      }
    }
  });

  it("needs no CRLF after the closing delimiter", () => {
    const body = event("b", "pcm").slice(0, -2);
    expect(body.endsWith("--b--")).toBe(true);
    for (const chunkSize of [1, body.length]) {
      const { bodies, parts } = readBody("b", body, { chunkSize });
      expect(bodies).toEqual([json, "pcm"]);
      expect(parts[1]?.terminated).toBe(true);
    }
  });

  it("is closed by the closing dashes whatever follows them", () => {
    expect(readBody("b", `${event("b", "pcm").slice(0, -2)}\0`).bodies).toEqual([json, "pcm"]);
    expect(readBody("b", `${event("b", "pcm").slice(0, -2)}---\n`).bodies).toEqual([json, "pcm"]);
  });

  it("may have spaces and tabs after a delimiter", () => {
    const body = `--b \t\r\n${metadataHead}${json}\r\n--b  \r\n${audioHead}pcm\r\n--b--  \r\n`;
    for (const chunkSize of [1, 2, 5, body.length]) {
      expect(readBody("b", body, { chunkSize }).bodies).toEqual([json, "pcm"]);
    }
  });

  it("may have empty audio, with or without the empty line's own CRLF", () => {
    expect(readBody("b", event("b", "")).bodies).toEqual([json, ""]);
    const short = `--b\r\n${metadataHead}${json}\r\n--b\r\n${audioHead}--b--\r\n`;
    for (const chunkSize of [1, 4, short.length]) {
      const { bodies, parts } = readBody("b", short, { chunkSize });
      expect(bodies).toEqual([json, ""]);
      expect(parts[1]?.terminated).toBe(true);
    }
  });

  it("may have an empty unterminated part", () => {
    const { bodies, parts } = readBody("b", `--b\r\n${metadataHead}${json}\r\n--b\r\n${audioHead}`);
    expect(bodies).toEqual([json, ""]);
    expect(parts[1]?.terminated).toBe(false);
  });

  it("may have data that begins like the delimiter", () => {
    for (const data of ["-", "--", "--bound", "--boundaryX", "--boundary-x", "\r\n--boundar"]) {
      const body = `--boundary\r\n\r\n${data}\r\n--boundary--`;
      for (const chunkSize of [1, 2, body.length]) {
        expect(readBody("boundary", body, { chunkSize }).bodies).toEqual([data]);
      }
    }
  });

  it("may have parts without headers", () => {
    const { parts, bodies } = readBody("b", "--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n");
    expect(bodies).toEqual(["one", "two"]);
    expect(parts.map((part) => part.rawLines)).toEqual([[], []]);
  });

  it("may be multipart/related with Content-Id", () => {
    const boundary = boundaryOf(
      'multipart/related; type="application/json"; boundary="re:lated 1"; start="<a>"',
    );
    const body = `--re:lated 1\r\nContent-Disposition: form-data; name="attachment"\r\nContent-Id: 5f3c\r\nContent-Type: application/octet-stream\r\n\r\nmp3\r\n--re:lated 1--\r\n`;
    const { parts, bodies } = readBody(boundary, body);
    expect(bodies).toEqual(["mp3"]);
    expect(parts.map((part) => contentIdOf(part.headers))).toEqual(["5f3c"]);
  });

  it("gives each part's header lines as they came, in order", () => {
    const body =
      "--b\r\nX-B: 1\r\ncontent-TYPE:text/plain\r\nX-A:  2 \r\nX-B: 3\r\n\r\nx\r\n--b\r\nY: 1\r\n\r\ny\r\n--b--";
    const { parts } = readBody("b", body, { chunkSize: 1 });
    expect(parts[0]?.rawLines).toEqual(["X-B: 1", "content-TYPE:text/plain", "X-A:  2 ", "X-B: 3"]);
    expect(parts[1]?.rawLines).toEqual(["Y: 1"]);
    expect(parts[0]?.headers["x-b"]).toBe("1, 3");
    expect(parts[0]?.headers["content-type"]).toBe("text/plain");
    expect(parts[0]?.headers["x-a"]).toBe("2");
  });

  it("may have a header named __proto__, which is a header like any other", () => {
    const body = "--b\r\n__proto__: polluted\r\nconstructor: too\r\n\r\nx\r\n--b--";
    const headers = readBody("b", body).parts[0]?.headers;
    expect(Object.getPrototypeOf(headers)).toBeNull();
    expect(headers?.["__proto__"]).toBe("polluted");
    expect(headers?.["constructor"]).toBe("too");
    expect(headers?.["tostring"]).toBeUndefined();
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(Object.keys(headers ?? {})).toEqual(["__proto__", "constructor"]);
  });
});

describe("partData", () => {
  it("gives views into what was pushed", () => {
    const seen: Uint8Array[] = [];
    const sink = { partBegin() {}, partData: (data: Uint8Array) => seen.push(data), partEnd() {} };
    const reader = new MultipartReader("b", sink, wideLimits);
    const first = bytes("--b\r\n\r\nabc");
    const second = new Uint8Array(320).fill(7);
    reader.push(first);
    reader.push(second);
    expect(seen[0]?.buffer).toBe(first.buffer);
    expect(seen[1]).toBe(second);
  });

  it("never gives away the reader's own memory", () => {
    const sink = {
      partBegin() {},
      partData: (data: Uint8Array) => data.fill(0),
      partEnd() {},
    };
    const recorder = new RecordingSink();
    for (const target of [sink, recorder]) {
      const reader = new MultipartReader("b", target, wideLimits);
      for (const chunk of chunks(bytes("--b\r\n\r\nx\r\n--by\r\n--b--"), 1)) reader.push(chunk);
      reader.end();
    }
    expect(recorder.bodies).toEqual(["x\r\n--by"]);
  });
});

describe("a malformed body", () => {
  const malformed: readonly (readonly [name: string, body: string, message: RegExp])[] = [
    ["that is empty", "", /before its first part/],
    ["without a delimiter", "nothing of the kind", /before its first part/],
    ["with a first delimiter that never ends", "--b", /before its first part/],
    ["that is closed before it has a part", "--b--\r\n", /no part/],
    ["with a delimiter line and nothing else", "--b\r\n", /within a part's headers/],
    ["that closes after one delimiter line", "--b\r\n--b--\r\n", /within a part's headers/],
    ["that ends within headers", "--b\r\nContent-Type: text", /within a part's headers/],
    ["that ends before the empty line", "--b\r\nA: b\r\n", /within a part's headers/],
    ["that ends within the empty line", "--b\r\nA: b\r\n\r", /within a part's headers/],
    [
      "that closes after a delimiter line with more spaces than anyone writes",
      `--b\r\n\r\nx\r\n--b\r\n--b--${" ".repeat(200)}`,
      /within a part's headers/,
    ],
    ["that ends within later headers", "--b\r\n\r\nx\r\n--b\r\nA", /within a part's headers/],
    ["with a delimiter line that ends in LF", "--b\nA: b\n\nx\n--b--\n", /bare LF/],
    ["with header lines that end in LF", "--b\r\nA: b\nC: d\n\nx", /bare LF/],
    ["with an empty line of LF alone", "--b\r\nA: b\r\n\nx", /bare LF/],
    ["with LF right after the delimiter line", "--b\r\n\nx", /bare LF/],
    ["with a header line without a colon", "--b\r\nnonsense\r\n\r\nx", /Name: value/],
    ["with a header without a name", "--b\r\n: x\r\n\r\nx", /Name: value/],
    ["with a space before the colon", "--b\r\nA : x\r\n\r\nx", /Name: value/],
    ["with a delimiter among its headers", "--b\r\nA: x\r\n--b\r\n\r\nx", /Name: value/],
    ["with a CR within a header", "--b\r\nA: x\ry\r\n\r\nx", /control character/],
    ["with a NUL within a header", "--b\r\nA: x\0y\r\n\r\nx", /control character/],
    ["that begins with a folded line", "--b\r\n A: x\r\n\r\nx", /folded/],
  ];

  for (const [name, body, message] of malformed) {
    it(`${name} is refused with a sentence that says so, at every chunk size`, () => {
      for (let chunkSize = 1; chunkSize <= Math.max(1, body.length); chunkSize++) {
        const error = thrown(() => readBody("b", body, { chunkSize }));
        expect(error).toMatchObject({ name: "TrefoilError", code: "malformed_multipart" });
        expect((error as Error).message).toMatch(message);
      }
    });
  }

  it("fails each further call with the same error", () => {
    const reader = new MultipartReader("b", new RecordingSink(), wideLimits);
    const first = thrown(() => reader.push(bytes("--b\r\nnonsense\r\n\r\n")));
    expect(thrown(() => reader.push(bytes("--b\r\n\r\nx")))).toBe(first);
    expect(thrown(() => reader.push(new Uint8Array(0)))).toBe(first);
    expect(thrown(() => reader.end())).toBe(first);
  });

  it("cannot be pushed to or ended after its end", () => {
    const reader = new MultipartReader("b", new RecordingSink(), wideLimits);
    reader.push(bytes("--b\r\n\r\nx"));
    reader.end();
    expect(thrown(() => reader.push(bytes("y")))).toMatchObject({ code: "internal" });
    expect(thrown(() => reader.end())).toMatchObject({ code: "internal" });
  });
});

describe("a sink that throws", () => {
  for (const method of ["partBegin", "partData", "partEnd"] as const) {
    it(`in ${method} stops the reader for good with its own error`, () => {
      const mine = new Error("mine");
      const sink = Object.assign(new RecordingSink(), {
        [method]: () => {
          throw mine;
        },
      });
      const reader = new MultipartReader("b", sink, wideLimits);
      const parts = sink.parts.length;
      expect(thrown(() => reader.push(bytes("--b\r\n\r\nabc\r\n--b--")))).toBe(mine);
      expect(thrown(() => reader.push(bytes("x")))).toBe(mine);
      expect(thrown(() => reader.end())).toBe(mine);
      expect(sink.parts.length - parts).toBeLessThanOrEqual(1);
    });
  }

  it("in partEnd at the end of the body fails the end", () => {
    const mine = new Error("mine");
    const sink = Object.assign(new RecordingSink(), {
      partEnd: () => {
        throw mine;
      },
    });
    const reader = new MultipartReader("b", sink, wideLimits);
    reader.push(bytes("--b\r\n\r\nabc"));
    expect(thrown(() => reader.end())).toBe(mine);
    expect(thrown(() => reader.end())).toBe(mine);
  });
});

describe("the bounds of a body", () => {
  it("hold for the number of parts", () => {
    const body = "--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b--";
    expect(readBody("b", body, { limits: { maxParts: 3 } }).bodies).toEqual(["1", "2", "3"]);
    const error = thrown(() => readBody("b", body, { limits: { maxParts: 2 } }));
    expect(error).toMatchObject({ code: "malformed_multipart" });
    expect((error as Error).message).toMatch(/more than 2 parts/);
  });

  it("count no part that never begins", () => {
    const body = "--b\r\n\r\n1\r\n--b\r\n";
    expect(readBody("b", body, { limits: { maxParts: 1 } }).bodies).toEqual(["1"]);
  });

  it("hold for the bytes of a part's headers, at every chunk size", () => {
    const head = `X: ${"y".repeat(95)}\r\n\r\n`;
    const body = `--b\r\n${head}data\r\n--b--`;
    for (const chunkSize of [1, 7, 99, 100, body.length]) {
      const read = (maxPartHeaderBytes: number) =>
        readBody("b", body, { chunkSize, limits: { maxPartHeaderBytes } });
      expect(read(head.length).bodies).toEqual(["data"]);
      const error = thrown(() => read(head.length - 1));
      expect(error).toMatchObject({ code: "malformed_multipart" });
      expect((error as Error).message).toMatch(/longer than 101 bytes/);
    }
  });

  it("hold for headers that never end, without keeping them", () => {
    const reader = new MultipartReader("b", new RecordingSink(), {
      ...wideLimits,
      maxPartHeaderBytes: 1000,
    });
    reader.push(bytes("--b\r\nX: "));
    expect(thrown(() => reader.push(new Uint8Array(50_000_000).fill(0x78)))).toMatchObject({
      code: "malformed_multipart",
    });
  });

  it("hold for the bytes of a part, which are asked for by its index and headers", () => {
    const asked: unknown[] = [];
    const limits = {
      maxPartBytes: (index: number, headers: Readonly<Record<string, string | undefined>>) => {
        asked.push([index, headers["x"]]);
        return index === 0 ? 4 : 10;
      },
    };
    const body = (first: string, second: string) =>
      `--b\r\nX: a\r\n\r\n${first}\r\n--b\r\nX: b\r\n\r\n${second}\r\n--b--`;
    for (const chunkSize of [1, 3, 1000]) {
      expect(readBody("b", body("1234", "1234567890"), { limits, chunkSize }).bodies).toEqual([
        "1234",
        "1234567890",
      ]);
      expect(asked.splice(0)).toEqual([
        [0, "a"],
        [1, "b"],
      ]);
      for (const [first, second, message] of [
        ["12345", "", /Part 1 is longer than 4 bytes/],
        ["", "12345678901", /Part 2 is longer than 10 bytes/],
      ] as const) {
        const error = thrown(() => readBody("b", body(first, second), { limits, chunkSize }));
        expect(error).toMatchObject({ code: "malformed_multipart", wire: { http: 400 } });
        expect((error as Error).message).toMatch(message);
      }
      asked.length = 0;
    }
  });

  it("hand over no byte beyond the bound of a part", () => {
    const sink = new RecordingSink();
    const reader = new MultipartReader("b", sink, { ...wideLimits, maxPartBytes: () => 5 });
    reader.push(bytes("--b\r\n\r\nabc"));
    thrown(() => reader.push(bytes("defg")));
    expect(sink.bodies).toEqual(["abc"]);
  });

  it("hold for the body as a whole, which is the one that is too large", () => {
    const body = event("b", "pcm");
    const limits = { maxBodyBytes: body.length };
    expect(readBody("b", body, { limits }).bodies).toEqual([json, "pcm"]);
    const error = thrown(() => readBody("b", `${body}x`, { limits, chunkSize: 11 }));
    expect(error).toMatchObject({ code: "payload_too_large", wire: { http: 413 } });
  });

  it("hold for preamble and epilogue", () => {
    const long = "x".repeat(8190);
    expect(readBody("b", `${long}\r\n--b\r\n\r\n1\r\n--b--${long}`).bodies).toEqual(["1"]);
    for (const chunkSize of [100, 100_000]) {
      const before = thrown(() => readBody("b", `${long}xxx\r\n--b\r\n\r\n1`, { chunkSize }));
      expect(before).toMatchObject({ code: "malformed_multipart" });
      expect((before as Error).message).toMatch(/check the boundary/);
      const after = thrown(() => readBody("b", `--b\r\n\r\n1\r\n--b--x${long}`, { chunkSize }));
      expect(after).toMatchObject({ code: "malformed_multipart" });
      expect((after as Error).message).toMatch(/follow the closing delimiter/);
    }
  });

  it("hold for the spaces after a delimiter", () => {
    const body = (spaces: number) => `--b\r\n\r\n1\r\n--b${" ".repeat(spaces)}\r\n\r\n2`;
    for (const chunkSize of [1, 50, 1000]) {
      expect(readBody("b", body(100), { chunkSize }).bodies).toEqual(["1", "2"]);
      expect(thrown(() => readBody("b", body(500), { chunkSize }))).toMatchObject({
        code: "malformed_multipart",
      });
    }
  });

  it("hold for the length of the boundary: 70 characters", () => {
    const longest = "a".repeat(70);
    expect(readBody(longest, `--${longest}\r\n\r\n1\r\n--${longest}--`).bodies).toEqual(["1"]);
    for (const boundary of ["a".repeat(71), "a".repeat(252), "", "a ", "a\r\nb", 'a"b', "가"]) {
      const error = thrown(() => new MultipartReader(boundary, new RecordingSink(), wideLimits));
      expect(isTrefoilError(error) && error.code).toBe("malformed_multipart");
    }
  });
});
