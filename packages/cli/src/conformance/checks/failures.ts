// What the gateway says when it fails or has no room. Nobody brings that about from outside on purpose, so these come last
// and judge what was met on the way: odd events, and every answer of the whole run.
// @see docs/protocol.md#connection

import type { Bench } from "../bench.js";
import { Inapplicable, holds } from "../verdict.js";
import type { Answer } from "../wire/answer.js";
import { metadata, metadataPart, multipart } from "../wire/event-body.js";
import { type Check, section } from "./check.js";
import { isException } from "./exception.js";

const check = section("docs/protocol.md", "Connection");

/** How deep an odd event is nested. */
const depth = 4_000;

/** Events that follow the rules and are met nowhere: what a server stumbles over that thought of devices alone. */
const oddEvents: readonly string[] = [
  metadata({}).replace('"payload":{}', `"payload":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`),
  metadata({}).replace('"payload":{}', `"payload":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`),
  metadata({}).replace('"payload":{}', '"payload":{"__proto__":{"a":1},"constructor":null}'),
  metadata({}).replace('"payload":{}', '"payload":{"a":1e400,"b":-0,"c":12345678901234567890}'),
  metadata({}).replace('"payload":{}', '"payload":{"\\ud800":"\\udfff\\u0000"}'),
  metadata({}).replace('"payload":{}', `"payload":{"a":"${"x".repeat(60_000)}"}`),
  metadata({ name: "__proto__.constructor" }),
  metadata({ name: "TextRecognizer.Recognize", payload: { text: { toString: null } } }),
  metadata({ envelope: { context: [{ header: null, payload: [] }, null, 7] } }),
  metadata({ header: { messageId: "\u0000'\"; DROP TABLE directives; --" } }),
];

function post(bench: Bench, body: string): Promise<Answer> {
  return bench.connected().then(({ line, token }) => {
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    return line.request({ method: "POST", path: "/v1/events", token, headers, body }).withStatus();
  });
}

const withStatus = (bench: Bench, status: number) =>
  bench.failures.filter((answer) => answer.status === status);

/** The checks of this section that come last. */
export const failures: readonly Check[] = [
  check(
    "status-500",
    "500: our own failure. Its body is System.Exception, in words and without what is inside the server.",
    async (bench) => {
      for (const odd of oddEvents) await post(bench, multipart("b", [metadataPart(odd)]));
      const met = withStatus(bench, 500);
      for (const answer of met) {
        await isException(answer);
        const { description } = answer.read().directives[0]?.payload ?? {};
        holds(
          !/^\s+at |\.[cm]?[jt]s:\d+|Traceback|\bat [\w.$]+\([\w.]+:\d+\)/m.test(
            String(description),
          ),
          "a description without a stack trace",
          JSON.stringify(description),
        );
      }
      if (met.length > 0) return `it failed ${met.length} times in this run`;
      throw new Inapplicable(
        `needs a server that fails: it did not, over ${oddEvents.length} odd events and the rest of this run`,
      );
    },
  ),
  check(
    "status-503",
    "503: the gateway is draining or overloaded (Retry-After).",
    async (bench) => {
      await post(bench, multipart("b", [metadataPart({})]));
      const met = withStatus(bench, 503);
      for (const answer of met) {
        const seconds = answer.headers["retry-after"] ?? "none";
        holds(/^\d+$/.test(seconds), "Retry-After in seconds", seconds);
        await isException(answer);
      }
      if (met.length > 0) return `${met.length} times in this run`;
      throw new Inapplicable(
        "needs a server that is overloaded or about to end while it is judged: nothing was answered 503 in this run",
      );
    },
  ),
];
