// Directives: their order, their repeats, and the attachments that they name.
// @see docs/protocol.md#directives

import { randomUUID } from "node:crypto";
import type { Bench } from "../bench.js";
import { Inapplicable, holds } from "../verdict.js";
import type { Answer } from "../wire/answer.js";
import { type StrictDirective, type StrictPart, isJson } from "../wire/strict-reader.js";
import { type Check, section } from "./check.js";
import { textAnswer } from "./towards-device.js";

const check = section("docs/protocol.md", "Directives");
const downchannel = section("docs/protocol.md", "The downchannel");
const events = section("docs/protocol.md", "Events");

/** Texts of directives that this run alone sends. */
function markers(count: number): readonly string[] {
  const run = randomUUID();
  return Array.from({ length: count }, (_, index) => `${run} ${index + 1}`);
}

/** Has the platform send texts to the device, one after another. */
async function sendAll(bench: Bench, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await bench.send(bench.deviceId("other"), { name: "Clova.RenderText", payload: { text } });
  }
}

/** The directives on a downchannel that have one of these texts, in the order in which they came. */
function having(channel: Answer, texts: readonly string[]): readonly StrictDirective[] {
  return channel.read().directives.filter(({ payload }) => texts.includes(String(payload["text"])));
}

const textsOf = (directives: readonly StrictDirective[]) =>
  directives.map(({ payload }) => String(payload["text"]));

const idsOf = (directives: readonly StrictDirective[]) =>
  directives.map(({ header }) => String(header["messageId"]));

/** Waits until all of them have come, and holds that they came in their order and once each. */
async function cameInOrder(channel: Answer, texts: readonly string[], what: string): Promise<void> {
  await channel.until(
    (answer) => new Set(textsOf(having(answer, texts))).size === texts.length,
    what,
  );
  // As numbers: the report is read by people.
  const places = textsOf(having(channel, texts)).map((text) => texts.indexOf(text) + 1);
  const right = texts.map((_, index) => index + 1);
  holds(places.join() === right.join(), `${what}, in the order ${right.join()}`, places.join());
}

/** The ids that the directives of an answer name by `cid:`, with the place of the part that names each. */
function namedIn(parts: readonly StrictPart[], directives: readonly StrictDirective[]) {
  const places = parts.flatMap((part, place) => (isJson(part) ? [place] : []));
  return directives.flatMap(({ name, payload }, index) =>
    cids(payload).map((id) => ({ name, id, place: places[index] ?? 0 })),
  );
}

function cids(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("cid:") ? [value.slice(4)] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(cids) : [];
}

/** What an answer names and what it brings. @throws {Inapplicable} where it names nothing */
async function namedAttachments(bench: Bench) {
  const answer = await textAnswer(bench, randomUUID());
  const asked = JSON.stringify(bench.means.text);
  if (answer.status === 204) {
    throw new Inapplicable(
      `needs a text that is answered with sound: --text; ${asked} is not answered at all`,
    );
  }
  const { parts, directives } = answer.read();
  const named = namedIn(parts, directives);
  if (named.length === 0) {
    throw new Inapplicable(
      `needs a text that is answered with sound: --text; the answer to ${asked} names no attachment`,
    );
  }
  return named.map((each) => ({
    ...each,
    found: parts.findIndex(({ headers }) =>
      headers.some(([name, value]) => name === "Content-Id" && value === each.id),
    ),
    parts,
  }));
}

/** The checks of this section. */
export const directives: readonly Check[] = [
  downchannel(
    "queue-order",
    "Then comes what is queued for the device, oldest first.",
    async (bench) => {
      const token = await bench.token("other");
      const texts = markers(5);
      await sendAll(bench, texts);
      const line = await bench.line();
      const channel = await bench.openDownchannel(line, token);
      await cameInOrder(channel, texts, "the five directives that were sent while it was off");
      const [first] = channel.read().directives;
      holds(first?.name === "Clova.Hello", "Clova.Hello before them", first?.name ?? "nothing");
      const ids = idsOf(having(channel, texts));
      holds(new Set(ids).size === ids.length, "a messageId of its own for each", ids.join(", "));
      await line.ping();
    },
  ),
  check(
    "redelivery",
    "Directives reach a device in the order in which they were sent to it, at least once. A repeat keeps its messageId.",
    async (bench) => {
      const token = await bench.token("other");
      const deaf = await bench.line();
      const before = await bench.openDownchannel(deaf, token);
      await before.until((answer) => answer.read().parts.length > 0, "Clova.Hello, complete");
      // Until here the server has heard of everything; of what comes now it hears nothing.
      await deaf.ping();
      deaf.mute();
      const texts = markers(3);
      await sendAll(bench, texts);
      await cameInOrder(before, texts, "three directives on the open downchannel");
      const ids = idsOf(having(before, texts));
      await deaf.close();

      const line = await bench.line();
      const after = await bench.openDownchannel(line, token);
      await cameInOrder(after, texts, "those again whose arrival was never acknowledged");
      const repeated = idsOf(having(after, texts));
      holds(
        repeated.join() === ids.join(),
        `the same messageIds, ${ids.join(", ")}`,
        repeated.join(", "),
      );
      await line.ping();
    },
  ),
  check(
    "cid-named",
    "A URL of the form cid:<id> means the part of the same response whose Content-Id is <id>.",
    async (bench) => {
      const named = await namedAttachments(bench);
      for (const { name, id, found, parts } of named) {
        holds(found !== -1, `a part with Content-Id: ${id}, which ${name} names`, "none");
        const [, type] = parts[found]?.headers.at(-1) ?? [];
        holds(
          type === "application/octet-stream",
          "application/octet-stream for the attachment",
          type ?? "no Content-Type",
        );
      }
      return `${named.length} attachments`;
    },
  ),
  events(
    "cid-after",
    "An attachment comes after the directive that names it, as soon as it is ready.",
    async (bench) => {
      for (const { name, id, place, found } of await namedAttachments(bench)) {
        holds(
          found > place,
          `the attachment ${id} after ${name}, which names it`,
          found === -1 ? "no such attachment" : "the attachment first",
        );
      }
    },
  ),
];
