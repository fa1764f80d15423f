// The judge catches a server that breaks a rule, by the name of the rule; and lets one pass that breaks none.

import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "@trefoil/protocol/clock";
import { type Means, allChecks, judge } from "../../packages/cli/src/conformance/index.js";
import type { Subject } from "../../packages/cli/src/known-server/index.js";
import type { Failing, Fault } from "./faults.js";
import { accounts } from "./faulty-authorization.js";
import { FaultyGateway } from "./faulty-gateway.js";

let gateway: FaultyGateway | undefined;

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

/** What the checks of these ids make of a server with a fault: `id: outcome`. */
async function judged(fault: Fault | undefined, ids: readonly string[]): Promise<string[]> {
  const server = await FaultyGateway.start(fault);
  gateway = server;
  const subject: Subject = {
    authUrl: new URL(server.origin),
    gatewayUrl: new URL(server.origin),
    tls: { ca: server.ca },
    credentials: {
      clientId: "client",
      clientSecret: "secret",
      model: "model",
      proof: { kind: "guest" },
    },
    missing: [],
    accessToken: undefined,
    deviceId: "judge",
    isDeviceNamed: true,
    adminToken: undefined,
  };
  const checks = allChecks.filter(({ id }) => ids.includes(id));
  expect(checks).toHaveLength(ids.length);
  const limits = { patience: 1_000, check: 10_000, whole: 60_000 };
  const means: Means = {
    send: async (deviceId, directive) => server.send(deviceId, directive),
    lockedAccountToken: accounts.withdrawn,
    termsAccountToken: accounts.undecided,
    text: "hello",
  };
  const judgements = await judge({ subject, means, clock: systemClock, limits }, checks);
  return judgements.map(({ check, verdict }) => `${check.id}: ${verdict.kind}`);
}

/** Each fault and the check that must name it. */
const caught: readonly (readonly [Fault, string])[] = [
  ["quotes the boundary", "boundary-unquoted"],
  ["begins with CRLF", "first-byte"],
  ["sends the delimiter with the next part", "delimiter-with-part"],
  ["writes Content-Type first", "content-type-last"],
  ["writes Content-Type first", "part-headers"],
  ["writes UTF-8 in capitals", "content-type-last"],
  ["begins without Clova.Hello", "hello-first"],
  ["gives Clova.Hello a dialogue", "hello-first"],
  ["resets the older downchannel", "newest-wins"],
  ["keeps the older downchannel", "newest-wins"],
  ["keeps the downchannel of another connection", "newest-wins-elsewhere"],
  ["closes the downchannel with a delimiter", "ends-without-delimiter"],
  ["answers the downchannel late", "status-at-once"],
  ["lets anybody in", "status-401"],
  ["sets no limit to downchannels", "status-429"],
  ["takes events without a downchannel", "status-412"],
  ["explains errors in plain text", "exception"],
  ["forgets Allow", "status-405"],
  ["leaves deleted tokens their downchannel", "revoked-ends"],
  ["fails on unknown events", "unknown-event"],
  ["takes anything for an event", "no-boundary"],
  ["takes anything for an event", "not-metadata"],
  ["takes anything for an event", "envelope"],
  ["takes anything for an event", "bounds"],
  ["takes anything for an event", "status-415"],
  ["waits for the last delimiter", "speech"],
  ["waits for the last delimiter", "last-delimiter"],
  ["chokes on dashes in a boundary", "boundary-dashes"],
  ["ends answers without a delimiter", "closing-delimiter"],
  ["leaves expired tokens their downchannel", "expired-ends"],
  ["ends downchannels before their token", "expired-ends"],
  ["lets withdrawn accounts in", "authorize-locked"],
  ["locks accounts without saying how long", "authorize-locked"],
  ["asks for no terms", "authorize-terms"],
  ["takes codes before the terms are agreed to", "authorize-terms"],
  ["has no page for the terms", "authorize-terms"],
  ["turns its queue around", "queue-order"],
  ["forgets what waits", "queue-order"],
  ["gives all directives one messageId", "queue-order"],
  ["forgets what it has written", "redelivery"],
  ["repeats with a new messageId", "redelivery"],
  ["names attachments that never come", "cid-named"],
  ["sends attachments as JSON", "cid-named"],
  ["names attachments that never come", "cid-after"],
  ["sends attachments before who names them", "cid-after"],
];

/** What a judge cannot bring about and judges where it meets it: how a server fails, and what comes of that. */
const met: readonly (readonly [Failing | undefined, string, string])[] = [
  [undefined, "status-500", "skip"],
  ["fails on deep events", "status-500", "pass"],
  ["fails with a stack trace", "status-500", "fail"],
  ["fails in plain text", "status-500", "fail"],
  [undefined, "status-503", "skip"],
  ["is overloaded", "status-503", "pass"],
  ["is overloaded for who knows how long", "status-503", "fail"],
  ["is overloaded in plain text", "status-503", "fail"],
];

describe("a server that is right", () => {
  const ids = [...new Set(caught.map(([, id]) => id))];
  it("passes every check that a fault can fail", async () => {
    const outcomes = await judged(undefined, ids);
    expect(outcomes.filter((outcome) => !outcome.endsWith(": pass"))).toEqual([]);
  });
});

describe("a server that", () => {
  it.each(caught)("%s is caught by %s", async (fault, id) => {
    expect(await judged(fault, [id])).toEqual([`${id}: fail`]);
  });

  it.each(met)("%s comes to %s: %s", async (failing, id, outcome) => {
    expect(await judged(failing, [id])).toEqual([`${id}: ${outcome}`]);
  });
});

describe("the suite", () => {
  it("has an id of its own for each check", () => {
    const ids = allChecks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("names a section of the documents for each check", () => {
    const missing = allChecks.filter(({ document, section }) => {
      const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
      const [heading = ""] = section.split(", ");
      return !text
        .split("\n")
        .some(
          (line) => /^#+ /.test(line) && line.replace(/^#+ /, "").replaceAll("`", "") === heading,
        );
    });
    expect(missing.map(({ id }) => id)).toEqual([]);
  });
});
