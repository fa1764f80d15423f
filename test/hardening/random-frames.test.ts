// Attack: anything. Random sequences of frames, valid and invalid, in any order and cut anywhere, while the server pushes to the
// very device and time goes on. Rule: never a crash; either the connection lives and answers, or it is gone; when the peer has hung
// up nothing of it is left; and a healthy client on the same server gets its answers all the while.

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventBody } from "../harness/peer.js";
import {
  type RawPeer,
  dataFrame,
  frame,
  goawayFrame,
  headerBlock,
  headersFrame,
  pingFrame,
  priorityFrame,
  requestBlock,
  rstStreamFrame,
  settingsFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import { type Siege, besiege } from "./siege.js";

/** One thing that happens: bytes from the peer, or something on the server. */
type Step =
  | { readonly kind: "send"; readonly bytes: Buffer }
  | { readonly kind: "push" }
  | { readonly kind: "time"; readonly seconds: number }
  | { readonly kind: "breathe" };

const token = "token-attacker-0";
const event = Buffer.from(eventBody("TextRecognizer.Recognize", { text: "x" }));

/** Mostly ids that a client may use, in any order; sometimes none that it may. */
const streamIds = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1, 3, 5, 7, 9, 11, 13) },
  { weight: 1, arbitrary: fc.constantFrom(0, 2, 4, 0x7f_ff_ff_ff) },
);

const blocks = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      requestBlock({ path: "/ping", token }),
      requestBlock({ path: "/v1/directives", token }),
      requestBlock({
        method: "POST",
        path: "/v1/events",
        token,
        extra: [["content-type", "multipart/form-data; boundary=b"]],
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      requestBlock({ path: "/ping", token: "wrong" }),
      requestBlock({ method: "BREW", path: "/coffee", token }),
      requestBlock({ method: "CONNECT", token }),
      requestBlock({ method: "HEAD", path: "/ping", token }),
      requestBlock({ method: "POST", path: "/v1/events", token, extra: [["content-length", "3"]] }),
      headerBlock([[":status", "200"]]),
      headerBlock([["x", "y"]]),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
);

const bodies = fc.oneof(
  fc.constant(event),
  fc.nat({ max: event.byteLength }).map((end) => event.subarray(0, end)),
  fc.nat({ max: event.byteLength }).map((start) => event.subarray(start)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

const frames: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(streamIds, blocks, fc.boolean(), fc.integer({ min: 0, max: 9 }))
      .map(([id, block, endStream, dice]) =>
        headersFrame(id, block, { endStream, endHeaders: dice > 0 }),
      ),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(streamIds, bodies, fc.boolean())
      .map(([id, body, endStream]) => dataFrame(id, body, { endStream })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(streamIds, fc.constantFrom(0, 2, 8, 99))
      .map(([id, code]) => rstStreamFrame(id, code)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(streamIds, fc.constantFrom(0, 1, 65_535, 0x7f_ff_ff_ff))
      .map(([id, increment]) => windowUpdateFrame(id, increment)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom(1, 2, 3, 4, 5, 6, 99),
        fc.constantFrom(0, 1, 100, 16_384, 0xff_ff_ff_ff),
      )
      .map(([setting, value]) => settingsFrame({ [setting]: value })),
  },
  { weight: 2, arbitrary: fc.boolean().map((ack) => pingFrame(Buffer.alloc(8, 7), ack)) },
  {
    weight: 1,
    arbitrary: fc.tuple(streamIds, streamIds).map(([id, parent]) => priorityFrame(id, parent)),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 11).map((code) => goawayFrame(code)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 255 }),
        streamIds,
        fc.uint8Array({ maxLength: 20 }),
        fc.integer({ min: 0, max: 30 }),
      )
      .map(([type, flags, id, payload, length]) => frame(type, flags, id, payload, length)),
  },
);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: frames.map((bytes): Step => ({ kind: "send", bytes })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(frames, fc.nat({ max: 30 }))
      .map(([bytes, cut]): Step => ({ kind: "send", bytes: bytes.subarray(0, cut) })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "push" }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 5 }).map((seconds): Step => ({ kind: "time", seconds })),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: "breathe" }) },
);

/** So many scripts; more where somebody has the time. */
const runs = Number(process.env["TREFOIL_RANDOM_RUNS"] ?? 100);

let siege: Siege;

beforeAll(async () => {
  siege = await besiege();
  expect(siege.token).toBe(token);
});

afterAll(() => siege.stop());

async function perform(peer: RawPeer, step: Step): Promise<void> {
  switch (step.kind) {
    case "send":
      peer.send(step.bytes);
      return;
    case "push":
      await siege.server.delivery.send("attacker", {
        name: "Clova.RenderText",
        payload: { text: "x" },
      });
      return;
    case "time":
      await siege.pass(step.seconds);
      return;
    case "breathe":
      await siege.healthy.request("GET", "/ping").whenEnded();
      return;
  }
}

/** Whether the server still speaks HTTP/2 on the connection. */
async function answers(peer: RawPeer): Promise<boolean> {
  return peer.roundTrip().then(
    () => true,
    () => false,
  );
}

describe("random frames", () => {
  it("never crash the server and never leave a connection behind, whether their peer hangs up or not (property)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 1, maxLength: 25 }),
        fc.boolean(),
        async (script, hangUp) => {
          const peer = await siege.attacker();
          for (const step of script) await perform(peer, step);
          if (hangUp) {
            await siege.healthy.request("GET", "/ping").whenEnded();
            await peer.destroy();
            await siege.pass(70);
          } else {
            // What was sent has arrived before time goes on, and an end that it came to has arrived at the peer before it is
            // looked at: on a busy machine the network may be slower than the clock of the test.
            await siege.healthy.request("GET", "/ping").whenEnded();
            // Whatever was half-said has met its deadline by then.
            await siege.pass(700);
            await siege.healthy.request("GET", "/ping").whenEnded();
            if (!peer.closed) {
              expect(await answers(peer)).toBe(true);
              await peer.destroy();
              await siege.pass(40);
            }
          }
          await expect.poll(() => siege.server.sockets, { interval: 1 }).toBe(1);
          expect(siege.server.sessions.size).toBe(1);
          expect((await siege.healthy.request("GET", "/ping").whenEnded()).status).toBe(204);
          await siege.server.mailbox.purge("attacker");
        },
      ),
      { numRuns: runs },
    );
    expect(siege.server.tokens.listening).toBe(1);
    await siege.expectUnharmed();
  }, 600_000);
});
