// A gateway and a network that do whatever is worst, in any order: the device never crashes, never spins, always comes back.
import { type ServerHttp2Session, constants } from "node:http2";
import * as fc from "fast-check";
import { buildDirective } from "@trefoil/protocol/messages";
import { expect, it } from "vitest";
import { type Device, breathe, eventually, signedInDevice } from "./device.js";
import {
  FakeGateway,
  type Script,
  answerWith,
  noContent,
  refuseStream,
  refuseWith,
  stall,
} from "./fake-gateway.js";

/** A body whose content is not what its headers say. */
const garbage =
  (contentType: string, body: string, ended: boolean): Script =>
  ({ stream }) => {
    stream.resume();
    stream.respond({ ":status": 200, "content-type": contentType });
    if (ended) stream.end(body);
    else stream.write(body);
  };

const related = "multipart/related; boundary=b";

function goAway(session: ServerHttp2Session | undefined, code: number): void {
  if (session?.destroyed === false) session.goaway(code);
}

/** Answers that a test may give to any request. */
const evils: Record<string, Script> = {
  stall,
  refuseStream,
  noContent: ({ stream }) => noContent(stream),
  unauthorized: refuseWith(401),
  noDownchannel: refuseWith(412),
  tooMany: refuseWith(429, { "retry-after": "1" }),
  failure: refuseWith(500),
  unavailable: refuseWith(503, { "retry-after": "2" }),
  badRetryAfter: refuseWith(503, { "retry-after": "never" }),
  html: garbage("text/html", "<html>", true),
  noBoundary: garbage("multipart/related", "x", true),
  longBoundary: garbage(`multipart/related; boundary=${"b".repeat(300)}`, "x", true),
  preambleForEver: garbage(related, "x".repeat(20_000), false),
  headerForEver: garbage(related, `--b\r\nx: ${"y".repeat(20_000)}`, false),
  badHeader: garbage(related, "--b\r\n\0\r\n\r\n", false),
  notJson: garbage(related, "--b\r\nContent-Type: application/json\r\n\r\n{\r\n--b--\r\n", true),
  proto: garbage(related, '--b\r\n__proto__: x\r\n\r\n{"directive":{}}\r\n--b--\r\n', true),
  half: garbage(related, "--b\r\nContent-Type: application/json\r\n\r\n{", true),
  empty: garbage(related, "", true),
  unnamed: garbage(related, "--b\r\nContent-Type: audio/mpeg\r\n\r\nxx\r\n--b--\r\n", true),
  reset: ({ stream }) => {
    stream.respond({ ":status": 200, "content-type": related });
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  },
  calm: ({ session }) => goAway(session, constants.NGHTTP2_ENHANCE_YOUR_CALM),
  goawayFirst: (request) => {
    goAway(request.session, constants.NGHTTP2_NO_ERROR);
    noContent(request.stream);
  },
  hangUp: ({ session }) => session.destroy(),
  closeAfter: (request) => {
    refuseWith(500)(request);
    request.session.close();
  },
};

type Step =
  | { readonly kind: "directives" | "events"; readonly evil: string }
  | { readonly kind: "cut" | "goaway" | "end" | "pause" | "send" | "network" }
  | { readonly kind: "wait"; readonly time: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("directives" as const, "events" as const),
    evil: fc.constantFrom(...Object.keys(evils)),
  }),
  fc
    .constantFrom(...(["cut", "goaway", "end", "pause", "send", "send", "network"] as const))
    .map((kind): Step => ({ kind })),
  fc.record({ kind: fc.constant("wait" as const), time: fc.integer({ min: 1, max: 70_000 }) }),
);

async function carryOut(each: Step, gateway: FakeGateway, device: Device): Promise<void> {
  switch (each.kind) {
    case "directives":
      gateway.next("/v1/directives", evils[each.evil]!);
      break;
    case "events":
      gateway.next("/v1/events", evils[each.evil]!);
      break;
    case "cut":
      gateway.cut();
      break;
    case "goaway":
      goAway(gateway.sessions.at(-1), constants.NGHTTP2_NO_ERROR);
      break;
    case "end":
      gateway.channels.at(-1)?.stream.end();
      break;
    case "pause":
      for (const socket of gateway.sockets) socket.pause();
      break;
    case "send":
      device.client.send("Test.Event", {}).then(
        (answer) => answer.directives().catch(() => undefined),
        () => undefined,
      );
      break;
    case "network":
      device.client.networkChanged();
      break;
    case "wait":
      device.clock.advance(each.time);
      break;
  }
  await breathe();
}

it("never crashes, never spins, always comes back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const gateway = await FakeGateway.start();
      const device = await signedInDevice(gateway.origin);
      try {
        await device.client.connect();
        for (const each of steps) await carryOut(each, gateway, device);

        // Time stands still: however quick the gateway is, a few tries are made and no more.
        const before = gateway.count("/v1/directives");
        for (let turn = 0; turn < 20; turn++) await breathe();
        expect(gateway.count("/v1/directives") - before).toBeLessThanOrEqual(10);

        // Then all is well again, and the device finds out by itself.
        gateway.forgetScripts();
        await device.wait(600_000, () => device.client.state.phase === "open");
        gateway.scripts["/v1/events"] = (request) =>
          answerWith(buildDirective("Test.Answer", {}))(request);
        const sent = device.client.send("Test.Event", {}, { repeatable: true });
        let answered = false;
        sent.then(
          () => (answered = true),
          () => (answered = true),
        );
        await device.wait(120_000, () => answered);
        expect((await (await sent).directives()).map(({ name }) => name)).toEqual(["Test.Answer"]);
      } finally {
        await device.client.close();
        await gateway.stop();
      }
      await eventually(() => device.clock.pendingTimers === 0, "all timers to be gone");
    }),
    { numRuns: 40 },
  );
}, 120_000);
