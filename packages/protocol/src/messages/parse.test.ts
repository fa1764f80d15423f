// Reading messages: what is taken, what is refused, and with which words.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type TrefoilError, isTrefoilError } from "../errors/index.js";
import { describeIssue, parseDirective, parseEvent } from "./parse.js";

const encode = (text: string) => new TextEncoder().encode(text);
const header = { namespace: "SpeechRecognizer", name: "Recognize", messageId: "m-1" };

/** The message with which an event is refused. */
function refusal(bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown = parseEvent): string {
  try {
    parse(bytes);
  } catch (error) {
    if (!isTrefoilError(error)) throw error;
    expect(error.code).toBe("malformed_event");
    expect(error.wire.http).toBe(400);
    return error.message;
  }
  throw new Error("it was taken");
}

const refusalOf = (json: unknown) => refusal(encode(JSON.stringify(json)));

describe("an event", () => {
  it("is its context and the event", () => {
    const json = {
      context: [{ header: { namespace: "Speaker", name: "VolumeState" }, payload: { volume: 3 } }],
      event: { header: { ...header, dialogRequestId: "d-1" }, payload: { lang: "ko" } },
    };
    expect(parseEvent(encode(JSON.stringify(json)))).toEqual(json);
  });

  it("needs neither context nor payload, as devices that shipped leave them out", () => {
    expect(parseEvent(encode(JSON.stringify({ event: { header } })))).toEqual({
      context: [],
      event: { header, payload: {} },
    });
  });

  it("keeps members that nobody knows", () => {
    const json = {
      extra: 1,
      context: [{ header: { namespace: "A", name: "B", x: 2 }, payload: { y: 3 }, z: 4 }],
      event: { header: { ...header, u: 5 }, payload: { v: { w: [6] } }, t: 7 },
    };
    expect(parseEvent(encode(JSON.stringify(json)))).toEqual(json);
  });

  it("may stand between line ends and after a byte order mark", () => {
    const text = JSON.stringify({ event: { header } });
    expect(parseEvent(encode(`\ufeff\r\n${text}\r\n`)).event.header).toEqual(header);
  });

  it("is refused where it is not UTF-8", () => {
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22))).toBe("The metadata part is not UTF-8.");
  });

  it("is refused where it is not JSON, without a word of what it says", () => {
    for (const text of ["", "{", '{"password":hunter2}', '{"event":{}} hunter2']) {
      try {
        parseEvent(encode(text));
        throw new Error("it was taken");
      } catch (error) {
        expect(isTrefoilError(error) && error.code).toBe("malformed_event");
        expect((error as TrefoilError).message).toMatch(
          /^The metadata part is not JSON( at position \d+)?\.$/,
        );
        expect((error as TrefoilError).cause).toBeUndefined();
      }
    }
  });

  it("is refused where the envelope is broken, naming the member", () => {
    expect(refusalOf(null)).toMatch(/^The metadata part: /);
    expect(refusalOf([])).toMatch(/expected object/);
    expect(refusalOf({})).toMatch(/: event: /);
    expect(refusalOf({ event: {} })).toMatch(/: event\.header: /);
    for (const member of ["namespace", "name", "messageId"]) {
      for (const value of [undefined, "", 7, null, {}, "x".repeat(257)]) {
        expect(refusalOf({ event: { header: { ...header, [member]: value } } })).toContain(
          `event.header.${member}: `,
        );
      }
    }
    expect(refusalOf({ event: { header, payload: "x" } })).toMatch(/: event\.payload: /);
    expect(refusalOf({ context: {}, event: { header } })).toMatch(/: context: /);
    expect(refusalOf({ context: [{}], event: { header } })).toMatch(/: context\[0\]\.header: /);
  });

  it("is refused with more than 64 context entries", () => {
    const entry = { header: { namespace: "A", name: "B" }, payload: {} };
    const event = (count: number) => ({
      context: Array.from({ length: count }, () => entry),
      event: { header },
    });
    expect(parseEvent(encode(JSON.stringify(event(64)))).context).toHaveLength(64);
    expect(refusalOf(event(65))).toMatch(/: context: /);
  });

  it("is refused where it nests so deep that whoever writes it again would overflow the stack", () => {
    const event = (depth: number) =>
      encode(
        `{"event":{"header":${JSON.stringify(header)},"payload":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}}}`,
      );
    // The envelope itself has three levels.
    expect(parseEvent(event(97)).event.header).toEqual(header);
    expect(refusal(event(98))).toBe("The metadata part nests more than 100 levels deep.");
    expect(refusal(event(100_000))).toBe("The metadata part nests more than 100 levels deep.");
  });

  it("may hold any number of brackets in its strings and any number of short lists", () => {
    const payload = { text: `${'[{"'.repeat(200)}\\`, list: Array.from({ length: 500 }, () => []) };
    expect(
      parseEvent(encode(JSON.stringify({ event: { header, payload } }))).event.payload,
    ).toEqual(payload);
  });

  it("cannot reach a prototype", () => {
    const text = `{"__proto__":{"p":1},"event":{"header":${JSON.stringify(header)},"payload":{"__proto__":{"p":1}}}}`;
    const { event } = parseEvent(encode(text));
    expect(event.payload["p"]).toBeUndefined();
    expect(({} as Record<string, unknown>)["p"]).toBeUndefined();
  });

  it("survives any payload", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (payload) => {
        // `__proto__` is left out on purpose: see above.
        fc.pre(!Object.hasOwn(payload, "__proto__"));
        const json = JSON.stringify({ event: { header, payload } });
        const parsed = parseEvent(encode(json));
        expect(JSON.parse(JSON.stringify(parsed.event))).toEqual(
          (JSON.parse(json) as { event: unknown }).event,
        );
      }),
    );
  });

  it("of any bytes is read or refused with a TrefoilError", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.json().map((text) => encode(text)),
      fc.json().map((text) => encode(`{"event":${text}}`)),
      fc.json().map((text) => encode(`{"event":{"header":${text}}}`)),
    );
    fc.assert(
      fc.property(bytes, (data) => {
        try {
          expect(parseEvent(data).event.header.messageId).not.toBe("");
        } catch (error) {
          expect(isTrefoilError(error) && error.code).toBe("malformed_event");
        }
      }),
    );
  });
});

describe("a directive", () => {
  it("is what stands under `directive`", () => {
    const directive = { header: { ...header, dialogRequestId: "d" }, payload: { a: 1 } };
    expect(parseDirective(encode(JSON.stringify({ directive })))).toEqual(directive);
    expect(parseDirective(encode(JSON.stringify({ directive: { header } })))).toEqual({
      header,
      payload: {},
    });
  });

  it("is refused in its own name", () => {
    expect(refusal(encode("{}"), parseDirective)).toMatch(/^The directive's part: directive: /);
  });
});

describe("describeIssue", () => {
  const issueOf = (schema: z.ZodType, value: unknown) => {
    const { error } = schema.safeParse(value);
    if (error === undefined) throw new Error("it was taken");
    return describeIssue(error);
  };

  it("says where and what", () => {
    const schema = z.object({ a: z.array(z.object({ b: z.number() })) });
    expect(issueOf(schema, { a: [{ b: 1 }, { b: "x" }] })).toMatch(/^a\[1\]\.b: .*number/);
  });

  it("says only what where the value itself is wrong", () => {
    expect(issueOf(z.string(), 7)).toMatch(/^[^:]*: expected string/);
  });

  it("shortens a path whose keys the peer has chosen", () => {
    const schema = z.record(z.string(), z.number());
    expect(issueOf(schema, { ["k".repeat(100_000)]: "x" }).length).toBeLessThan(300);
  });

  it("never repeats the value", () => {
    const schema = z.object({ token: z.string().max(3) });
    expect(issueOf(schema, { token: "hunter2" })).not.toContain("hunter2");
    expect(issueOf(schema, { token: { hunter2: 1 } })).not.toContain("hunter2");
  });
});
