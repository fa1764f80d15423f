// The judge catches a server that breaks a rule, by the name of the rule; and lets one pass that breaks none.

import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "@trefoil/protocol/clock";
import { allChecks, judge } from "../../packages/cli/src/conformance/index.js";
import type { Subject } from "../../packages/cli/src/known-server/index.js";
import { type Fault, FaultyGateway } from "./faulty-gateway.js";

let gateway: FaultyGateway | undefined;

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

/** What the checks of these ids make of a server with a fault: `id: outcome`. */
async function judged(fault: Fault | undefined, ids: readonly string[]): Promise<string[]> {
  gateway = await FaultyGateway.start(fault);
  const subject: Subject = {
    authUrl: new URL(gateway.origin),
    gatewayUrl: new URL(gateway.origin),
    tls: { ca: gateway.ca },
    credentials: {
      clientId: "client",
      clientSecret: "secret",
      model: "model",
      proof: { kind: "guest" },
    },
    accessToken: undefined,
    deviceId: "judge",
  };
  const checks = allChecks.filter(({ id }) => ids.includes(id));
  expect(checks).toHaveLength(ids.length);
  const limits = { patience: 1_000, check: 10_000, whole: 60_000 };
  const judgements = await judge(subject, checks, systemClock, limits);
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
