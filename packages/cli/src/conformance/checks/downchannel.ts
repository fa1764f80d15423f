// The downchannel: what comes on it first, and how it ends.
// @see docs/protocol.md#the-downchannel

import { type Bench, tokensOf } from "../bench.js";
import { Inapplicable, holds } from "../verdict.js";
import type { Answer } from "../wire/answer.js";
import { metadataPart, multipart } from "../wire/event-body.js";
import { type Check, section } from "./check.js";
import { refusedWith } from "./exception.js";

const check = section("docs/protocol.md", "The downchannel");

/** Longest life of an access token that is waited for. Seconds. */
const longestLifetime = 20;

const eventRequest = (token: string) => ({
  method: "POST",
  path: "/v1/events",
  token,
  headers: { "content-type": "multipart/form-data; boundary=conformance" },
  body: multipart("conformance", [metadataPart({})]),
});

/** Ends by END_STREAM, not by a reset. */
async function endsCleanly(channel: Answer, patience: number, what: string): Promise<void> {
  await channel.until(({ over }) => over, `END_STREAM ${what}`, patience);
  await channel.within(({ closedWith }) => closedWith !== undefined, 500);
  holds(
    channel.ended && (channel.closedWith ?? 0) === 0,
    `END_STREAM ${what}, no reset`,
    channel.describe(),
  );
}

/** Opens a second downchannel after the first one's Hello, and looks how the first one ends. */
async function supersede(bench: Bench, isSameLine: boolean): Promise<void> {
  const token = await bench.token("burst");
  const line = await bench.line();
  const first = await bench.openDownchannel(line, token);
  await first.until((answer) => answer.read().parts.length > 0, "Clova.Hello, complete");
  const secondLine = isSameLine ? line : await bench.line();
  const second = await bench.openDownchannel(secondLine, token);
  await endsCleanly(first, bench.patience, "of the earlier downchannel");
  await second.until(
    (answer) => answer.read().parts.length > 0,
    "Clova.Hello on the new downchannel",
  );
  holds(!second.over, "a new downchannel that stays open", second.describe());
  const answer = await secondLine.request(eventRequest(token)).withStatus();
  holds(
    answer.status === 204,
    "status 204 for an event beside the new downchannel",
    answer.describe(),
  );
}

/** The checks of this section. */
export const downchannel: readonly Check[] = [
  check(
    "status-at-once",
    "The response headers go out at once; events may arrive before Clova.Hello was sent.",
    async (bench) => {
      const token = await bench.token("burst");
      const line = await bench.line();
      const channel = await bench.requestDownchannel(line, token);
      const asked = performance.now();
      await channel.withStatus(2_000);
      const took = performance.now() - asked;
      holds(channel.status === 200, "status 200", channel.describe());
      // In the turn in which the status was seen, as shipped devices do.
      const events = [1, 2, 3].map(() => line.request(eventRequest(token)));
      for (const event of events) {
        await event.withStatus();
        holds(
          event.status === 204,
          "status 204 for an event sent on seeing the status",
          event.describe(),
        );
      }
      return `status after ${took.toFixed(0)} ms`;
    },
  ),
  check("hello-first", "The first part is Clova.Hello, without a dialogue id.", async (bench) => {
    const { channel } = await bench.connected();
    await channel.until((answer) => answer.read().parts.length > 0, "a first part, complete");
    const [directive] = channel.read().directives;
    holds(directive?.name === "Clova.Hello", "Clova.Hello", directive?.name ?? channel.describe());
    const { dialogRequestId, messageId } = directive.header;
    holds(dialogRequestId === undefined, "no dialogRequestId", JSON.stringify(directive.header));
    holds(
      typeof messageId === "string" && messageId !== "",
      "a messageId",
      JSON.stringify(directive.header),
    );
  }),
  check("stays-open", "A multipart/related body without end.", async (bench) => {
    const { channel } = await bench.connected();
    const isOver = await channel.within(({ over }) => over, 1_000);
    holds(!isOver, "a downchannel that stays open", channel.describe());
  }),
  check(
    "newest-wins",
    "A further GET /v1/directives ends the earlier one (END_STREAM, no reset).",
    (bench) => supersede(bench, true),
  ),
  check(
    "newest-wins-elsewhere",
    "A further GET /v1/directives ends the earlier one wherever that is held; the new one wins.",
    (bench) => supersede(bench, false),
  ),
  check(
    "ends-without-delimiter",
    "The downchannel ends by END_STREAM alone: after a delimiter line a closing delimiter would be a fatal error.",
    async (bench) => {
      const token = await bench.token("burst");
      const line = await bench.line();
      const first = await bench.openDownchannel(line, token);
      await first.until((answer) => answer.read().parts.length > 0, "Clova.Hello, complete");
      await bench.openDownchannel(line, token);
      await first.until(({ over }) => over, "the end of the earlier downchannel");
      const reader = first.read();
      const rest = JSON.stringify(reader.rest.toString("latin1"));
      holds(
        reader.problem === undefined && !reader.closed && reader.rest.length === 0,
        "nothing after the last delimiter line",
        reader.problem ?? rest,
      );
    },
  ),
  check(
    "revoked-ends",
    "When the token expires or is revoked, the downchannel ends within a second.",
    async (bench) => {
      const { accessToken } = await bench.signIn("fleeting");
      const line = await bench.line();
      const channel = await bench.openDownchannel(line, accessToken);
      await channel.until((answer) => answer.read().parts.length > 0, "Clova.Hello, complete");
      const query = { grant_type: "delete" };
      const form = { ...bench.tokenParameters("fleeting"), access_token: accessToken };
      const { status } = await bench.ask("/token", { query, form });
      holds(status === 200, "status 200 for grant_type=delete", `status ${status}`);
      const begun = performance.now();
      // A second, and something for the way.
      await endsCleanly(channel, 1_250, "within a second of the deletion");
      const took = performance.now() - begun;
      const answer = await line
        .request({ method: "GET", path: "/ping", token: accessToken })
        .withStatus();
      holds(
        answer.status === 401,
        "status 401 for the deleted token on the same connection",
        answer.describe(),
      );
      return `after ${took.toFixed(0)} ms`;
    },
  ),
  check(
    "expired-ends",
    "When the token expires, the downchannel ends within a second; the token is refused from then on.",
    async (bench) => {
      const answer = await bench.exchange(await bench.code("brief"), "brief");
      const begun = performance.now();
      const { accessToken } = tokensOf(answer);
      const lifetime = Number(answer.json["expires_in"]);
      if (!(lifetime <= longestLifetime)) {
        throw new Inapplicable(
          `needs access tokens that live no longer than ${longestLifetime} s: here they live ${lifetime} s`,
        );
      }
      const line = await bench.line();
      const channel = await bench.openDownchannel(line, accessToken);
      await channel.until((seen) => seen.read().parts.length > 0, "Clova.Hello, complete");
      const left = () => lifetime * 1_000 - (performance.now() - begun);
      // A second, and something for the way.
      await endsCleanly(channel, left() + 1_250, "within a second of the token's end");
      holds(left() < 1_000, "a downchannel that lasts as long as its token", `${left()} ms left`);
      // It may have ended a little early: by now the token is over.
      await bench.pause(left());
      const ping = line.request({ method: "GET", path: "/ping", token: accessToken });
      await refusedWith(401, ping, "the expired token on the same connection");
    },
  ),
];
