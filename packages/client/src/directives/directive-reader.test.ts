// From bytes to directives and attachments: whatever the chunking, in whatever order the parts come, with every bound.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrefoilError } from "@trefoil/protocol/errors";
import { buildDirective, encodeDirective } from "@trefoil/protocol/messages";
import { MultipartWriter } from "@trefoil/protocol/multipart";
import { type DirectiveLimits, type RejectedPart, readDirectives } from "./directive-reader.js";
import type { ReceivedDirective } from "./received-directive.js";

const limits: DirectiveLimits = {
  maxParts: 50,
  maxDirectiveBytes: 10_000,
  maxPartHeaderBytes: 1_000,
  maxHeldBytes: 10_000,
  maxWaiting: 4,
  pauseAboveBytes: 1_000,
};

type Part =
  | { readonly kind: "directive"; readonly id: string; readonly names?: readonly string[] }
  | { readonly kind: "attachment"; readonly id: string; readonly bytes: Uint8Array };

/** A response as the gateway writes it. */
function responseOf(parts: readonly Part[]): Uint8Array {
  const writer = new MultipartWriter("0123456789abcdef");
  const pieces = parts.flatMap((part) =>
    part.kind === "directive"
      ? [
          writer.directive(
            encodeDirective(
              buildDirective(
                "Test.Directive",
                { nested: [{ urls: (part.names ?? []).map((name) => `cid:${name}`) }] },
                { messageId: part.id },
              ),
            ),
          ),
        ]
      : [writer.attachment(part.id), part.bytes],
  );
  return new Uint8Array(Buffer.concat([...pieces, writer.close()]));
}

const contentType = "multipart/related; boundary=0123456789abcdef";

/** Reads a body that arrives in these chunks. */
async function read(
  chunks: Iterable<Uint8Array>,
  options: {
    limits?: Partial<DirectiveLimits>;
    type?: string;
    taken?: (directive: ReceivedDirective) => unknown;
    cut?: boolean;
  } = {},
) {
  const directives: ReceivedDirective[] = [];
  const rejected: RejectedPart[] = [];
  const incomplete: string[] = [];
  let error: unknown;
  async function* body() {
    for (const chunk of chunks) {
      await Promise.resolve();
      yield chunk;
    }
    if (options.cut === true) throw new TrefoilError("unavailable", "cut");
  }
  await readDirectives(
    options.type ?? contentType,
    body(),
    "response",
    { ...limits, ...options.limits },
    {
      directive(directive) {
        directives.push(directive);
        options.taken?.(directive);
      },
      rejected: (part) => rejected.push(part),
      incomplete: (ids) => incomplete.push(...ids),
      room: () => Promise.resolve(),
    },
  ).catch((thrown: unknown) => (error = thrown));
  return { directives, rejected, incomplete, error };
}

function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) {
    yield bytes.subarray(offset, offset + size);
  }
}

describe("reading directives", () => {
  it("gives the same for any parts in any order and any chunking", async () => {
    const names = ["one", "two", "three"];
    const attachments = fc.uniqueArray(
      fc.record({ id: fc.constantFrom(...names), bytes: fc.uint8Array({ maxLength: 300 }) }),
      { selector: ({ id }) => id },
    );
    await fc.assert(
      fc.asyncProperty(
        attachments,
        fc.nat(5),
        fc.infiniteStream(fc.nat(100)),
        fc.integer({ min: 1, max: 400 }),
        async (wanted, others, order, size) => {
          const parts: Part[] = [
            ...wanted.map(({ id, bytes }): Part => ({ kind: "attachment", id, bytes })),
            ...wanted.map(({ id }): Part => ({ kind: "directive", id: `m-${id}`, names: [id] })),
            ...Array.from({ length: others }, (_, index): Part => ({
              kind: "directive",
              id: `other-${index}`,
            })),
          ];
          const shuffled = parts
            .map((part) => ({ part, key: order.next().value }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ part }) => part);
          if (shuffled.length === 0) return;
          const heard = new Map<string, Promise<Uint8Array>>();
          const { directives, rejected, error } = await read(chunksOf(responseOf(shuffled), size), {
            taken(directive) {
              const attachment = directive.attachment();
              if (attachment !== undefined) heard.set(attachment.contentId, attachment.bytes());
            },
          });
          expect(error).toBeUndefined();
          expect(rejected).toEqual([]);
          expect(directives.map(({ header }) => header.messageId)).toEqual(
            shuffled.flatMap((part) => (part.kind === "directive" ? [part.id] : [])),
          );
          for (const { id, bytes } of wanted) expect(await heard.get(id)).toEqual(bytes);
        },
      ),
    );
  });

  it("never crashes on garbage: it ends in one error with a code, or in nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 100 }),
        fc.boolean(),
        async (garbage, size, behindABoundary) => {
          const bytes = behindABoundary
            ? new Uint8Array(Buffer.concat([Buffer.from("--0123456789abcdef\r\n"), garbage]))
            : garbage;
          const { error } = await read(chunksOf(bytes, size));
          if (error !== undefined) expect(error).toBeInstanceOf(TrefoilError);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("takes a response of no bytes for one of no directives", async () => {
    expect(await read([])).toMatchObject({ directives: [], error: undefined });
  });

  it("finds attachments of a directive in the payload's order, whatever their depth", async () => {
    const { directives } = await read([
      responseOf([{ kind: "directive", id: "m", names: ["b", "a", "b"] }]),
    ]);
    expect([...directives[0]!.attachments.keys()]).toEqual(["b", "a"]);
    expect(directives[0]!.attachment("cid:a")?.contentId).toBe("a");
    expect(directives[0]!.attachment("https://example.org")).toBeUndefined();
  });

  it("refuses what is no multipart", async () => {
    const { error } = await read([new Uint8Array(10)], { type: "application/json" });
    expect(error).toMatchObject({ code: "unsupported_media_type" });
  });

  it("hands a directive over without waiting for the end of the response", async () => {
    const bytes = responseOf([
      { kind: "directive", id: "first" },
      { kind: "directive", id: "second" },
    ]);
    const seen: string[] = [];
    const { directives } = await read(
      (function* () {
        const half = Buffer.from(bytes).indexOf("--0123456789abcdef\r\n", 30) + 21;
        yield bytes.subarray(0, half);
        seen.push("between");
        yield bytes.subarray(half);
      })(),
      { taken: ({ header }) => seen.push(header.messageId) },
    );
    expect(seen).toEqual(["first", "between", "second"]);
    expect(directives).toHaveLength(2);
  });
});

describe("the bounds of a response", () => {
  const big = (id: string, length: number): Part => ({
    kind: "attachment",
    id,
    bytes: new Uint8Array(length),
  });

  it("end it at too many parts", async () => {
    const parts = Array.from({ length: 51 }, (_, index): Part => ({
      kind: "directive",
      id: String(index),
    }));
    const { directives, error } = await read([responseOf(parts)]);
    expect(error).toMatchObject({ code: "malformed_multipart" });
    expect(directives).toHaveLength(50);
  });

  it("end it at a directive that is too long", async () => {
    const { error } = await read([
      responseOf([{ kind: "directive", id: "x", names: ["y".repeat(20_000)] }]),
    ]);
    expect(error).toMatchObject({ code: "malformed_multipart" });
  });

  it("give up the oldest attachment that nobody reads when too much waits", async () => {
    const { directives, error } = await read([
      responseOf([
        { kind: "directive", id: "m", names: ["old", "new"] },
        big("old", 6_000),
        big("new", 6_000),
      ]),
    ]);
    expect(error).toBeUndefined();
    const { attachments } = directives[0]!;
    await expect(attachments.get("old")!.bytes()).rejects.toMatchObject({
      code: "payload_too_large",
    });
    expect((await attachments.get("new")!.bytes()).length).toBe(6_000);
  });

  it("give up an attachment that alone is too much for anybody who does not read", async () => {
    const { directives } = await read(
      chunksOf(
        responseOf([{ kind: "directive", id: "m", names: ["huge"] }, big("huge", 50_000)]),
        1_000,
      ),
    );
    await expect(directives[0]!.attachment()!.bytes()).rejects.toMatchObject({
      code: "payload_too_large",
    });
  });

  it("do not concern an attachment that is read as it arrives, however long", async () => {
    let heard: Promise<Uint8Array> | undefined;
    await read(
      chunksOf(
        responseOf([{ kind: "directive", id: "m", names: ["huge"] }, big("huge", 200_000)]),
        500,
      ),
      { taken: (directive) => (heard = directive.attachment()!.bytes()) },
    );
    expect((await heard)?.length).toBe(200_000);
  });

  it("give up the oldest of too many attachments that no directive names", async () => {
    const unnamed = Array.from({ length: 6 }, (_, index) => big(`u${index}`, 10));
    const { directives, rejected } = await read([
      responseOf([...unnamed, { kind: "directive", id: "m", names: ["u0", "u5"] }]),
    ]);
    const { attachments } = directives[0]!;
    await expect(attachments.get("u0")!.bytes()).rejects.toMatchObject({ code: "not_found" });
    expect((await attachments.get("u5")!.bytes()).length).toBe(10);
    expect(rejected.map((part) => "contentId" in part && part.contentId)).toEqual([
      "u0",
      "u1",
      "u2",
      "u3",
      "u4",
    ]);
  });
});

describe("a response that is cut", () => {
  it("fails the attachments that are not complete, and names their directives", async () => {
    const bytes = responseOf([
      { kind: "directive", id: "whole", names: ["a"] },
      { kind: "attachment", id: "a", bytes: new Uint8Array(100) },
      { kind: "directive", id: "half", names: ["b"] },
      { kind: "directive", id: "waiting", names: ["c"] },
      { kind: "attachment", id: "b", bytes: new Uint8Array(100) },
    ]);
    const { directives, incomplete, error } = await read([bytes.subarray(0, -60)], { cut: true });
    expect(error).toMatchObject({ code: "unavailable" });
    expect(incomplete).toEqual(["half", "waiting"]);
    expect((await directives[0]!.attachment()!.bytes()).length).toBe(100);
    await expect(directives[1]!.attachment()!.bytes()).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});
