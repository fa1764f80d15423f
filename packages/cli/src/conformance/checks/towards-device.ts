// What devices that shipped insist on, to the letter, in what the server writes.
// @see docs/protocol.md#multipart

import type { Bench } from "../bench.js";
import { Inapplicable, Violation, holds } from "../verdict.js";
import type { Answer } from "../wire/answer.js";
import { metadataPart, multipart } from "../wire/event-body.js";
import type { StrictPart } from "../wire/strict-reader.js";
import { type Check, section } from "./check.js";

const check = section("docs/protocol.md", "Multipart, towards the device");

/** The body of the downchannel, once its first bytes are there. */
async function beginning(bench: Bench): Promise<Answer> {
  const { channel } = await bench.connected();
  return channel.until(({ body }) => body.length > 0, "the first bytes of the downchannel");
}

/** A whole refusal: a finite body of one part, of any server. */
async function refusal(bench: Bench): Promise<Answer> {
  const { line, token } = await bench.connected();
  return line.request({ method: "GET", path: "/v1/conformance", token }).whole();
}

/** The answer to a text, where there is one. */
export async function textAnswer(bench: Bench, dialogRequestId: string): Promise<Answer> {
  const { line, token } = await bench.connected();
  const header = { dialogRequestId };
  const payload = { text: bench.means.text };
  const part = metadataPart({ name: "TextRecognizer.Recognize", payload, header });
  const headers = { "content-type": "multipart/form-data; boundary=conformance" };
  const body = multipart("conformance", [part]);
  const answer = await line
    .request({ method: "POST", path: "/v1/events", token, headers, body })
    .whole(bench.patience * 2);
  holds(
    answer.status === 200 || answer.status === 204,
    "status 200 or 204 for TextRecognizer.Recognize",
    answer.describe(),
  );
  return answer;
}

/** Complete parts of everything that can be seen: the downchannel, a refusal, an answer. */
async function parts(bench: Bench): Promise<readonly StrictPart[]> {
  const channel = await beginning(bench);
  await channel.until((answer) => answer.read().parts.length > 0, "a first part, complete");
  const answers = [channel, await refusal(bench), await textAnswer(bench, crypto.randomUUID())];
  const found = answers
    .filter(({ status }) => status !== 204)
    .flatMap((answer) => answer.read().parts);
  holds(found.length > 0, "at least one part", "none");
  return found;
}

const json = "application/json; charset=utf-8";

/** The checks of this section. */
export const towardsDevice: readonly Check[] = [
  check(
    "boundary-unquoted",
    "Content-Type: multipart/related; boundary=<60 lower-case hexadecimal digits>. The boundary is not quoted.",
    async (bench) => {
      const answers = [await beginning(bench), await refusal(bench)];
      for (const { contentType } of answers) {
        holds(
          /^multipart\/related; boundary=[0-9a-f]{60}(?:;|$)/.test(contentType),
          "multipart/related; boundary=<60 lower-case hexadecimal digits>",
          contentType === "" ? "no Content-Type" : contentType,
        );
      }
    },
  ),
  check(
    "first-byte",
    "The first byte of the body is the first dash of the first delimiter.",
    async (bench) => {
      for (const answer of [await beginning(bench), await refusal(bench)]) {
        holds(answer.body[0] === 0x2d, 'a "-"', answer.describe());
        const { problem } = answer.read();
        holds(problem === undefined, "the first delimiter, then its CRLF", problem ?? "");
      }
    },
  ),
  check(
    "part-headers",
    "The headers of a part, in this order and this spelling: Content-Disposition, Content-Id, Content-Type.",
    async (bench) => {
      const order = ["Content-Disposition", "Content-Id", "Content-Type"];
      for (const { headers } of await parts(bench)) {
        const names = headers.map(([name]) => name);
        const asDevicesWant = order.filter((name) => names.includes(name));
        holds(
          names.join() === asDevicesWant.join(),
          asDevicesWant.join(", ") || order.join(", "),
          names.join(", "),
        );
      }
    },
  ),
  check(
    "content-type-last",
    `Content-Type is the last; it is ${json} for a directive and application/octet-stream for an attachment.`,
    async (bench) => {
      for (const { headers } of await parts(bench)) {
        const [name, value] = headers.at(-1) ?? ["nothing", ""];
        holds(name === "Content-Type", "Content-Type as the last header", name);
        holds(
          value === json || value === "application/octet-stream",
          `${json} or application/octet-stream`,
          value,
        );
      }
    },
  ),
  check(
    "delimiter-with-part",
    "On the downchannel each part goes out together with the delimiter line that ends it.",
    async (bench) => {
      // On a downchannel of its own: nothing that comes later may bring the delimiter along.
      const token = await bench.token("burst");
      const channel = await bench.openDownchannel(await bench.line(), token);
      await channel.until(({ body }) => body.length > 0, "the first bytes of the downchannel");
      const came = await channel.within((answer) => answer.read().parts.length > 0, 2_000);
      if (!came) {
        const reader = channel.read();
        throw new Violation(
          "the part and \\r\\n--boundary\\r\\n within 2 s",
          reader.problem ?? `${reader.rest.length} bytes of a part and no delimiter line after it`,
        );
      }
    },
  ),
  check(
    "closing-delimiter",
    "A finite response ends with \\r\\n--boundary--\\r\\n.",
    async (bench) => {
      const answers = [await refusal(bench), await textAnswer(bench, crypto.randomUUID())];
      for (const answer of answers.filter(({ status }) => status !== 204)) {
        const { problem, closed, rest } = answer.read();
        holds(problem === undefined && closed, "a closing delimiter", problem ?? answer.describe());
        holds(
          rest.toString("latin1") === "\r\n",
          "\\r\\n after the closing delimiter, and no more",
          JSON.stringify(rest.toString("latin1")),
        );
      }
    },
  ),
  check(
    "answer-dialogue",
    "The platform copies the id into every directive that answers the request.",
    async (bench) => {
      const id = crypto.randomUUID();
      const answer = await textAnswer(bench, id);
      if (answer.status === 204) throw new Inapplicable("nothing answers text here (204)");
      for (const { name, header } of answer.read().directives) {
        holds(
          header["dialogRequestId"] === id,
          `dialogRequestId of the request in ${name}`,
          JSON.stringify(header),
        );
      }
    },
  ),
];
