// The connection as such: TLS, tokens, statuses, PING.
// @see docs/protocol.md#connection

import { connect } from "node:tls";
import type { Bench } from "../bench.js";
import { Inapplicable, Violation, holds } from "../verdict.js";
import type { Answer } from "../wire/answer.js";
import { metadataPart, multipart } from "../wire/event-body.js";
import { describeFailure, webRequest } from "../wire/web-request.js";
import { type Check, section } from "./check.js";
import { isException, refusedWith } from "./exception.js";

const check = section("docs/protocol.md", "Connection");

const boundary = "conformance";
const event = {
  method: "POST",
  path: "/v1/events",
  headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  body: multipart(boundary, [metadataPart({})]),
} as const;

/** Requests, each of which is refused with its status. */
const refusals: readonly (readonly [number, string, (bench: Bench) => Promise<Answer>])[] = [
  [
    401,
    "no token",
    async (bench) => (await bench.line()).request({ method: "GET", path: "/v1/directives" }),
  ],
  [404, "an unknown path", (bench) => shared(bench, { method: "GET", path: "/v1/conformance" })],
  [
    405,
    "a wrong method",
    (bench) => shared(bench, { method: "POST", path: "/v1/directives", body: "" }),
  ],
  [
    415,
    "another content type",
    (bench) =>
      shared(bench, { ...event, headers: { "content-type": "application/json" }, body: "{}" }),
  ],
  [400, "a body without a part", (bench) => shared(bench, { ...event, body: "nothing" })],
];

async function shared(
  bench: Bench,
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<Answer> {
  const { line, token } = await bench.connected();
  return line.request({ ...request, token });
}

/** The TLS version and the ALPN protocol that a handshake comes to. */
function handshake(
  bench: Bench,
  options: object,
): Promise<{ readonly version: string; readonly alpn: string }> {
  const { gatewayUrl, tls } = bench.subject;
  return new Promise((resolve, reject) => {
    const name = gatewayUrl.hostname.replace(/^\[|\]$/g, "");
    const socket = connect({
      host: name,
      port: Number(gatewayUrl.port || 443),
      ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
      rejectUnauthorized: tls.insecure !== true,
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...options,
    });
    const failed = (error: Error): void => {
      timer.cancel();
      socket.destroy();
      reject(error);
    };
    const timer = bench.clock.after(bench.patience, () => failed(new Error("no answer")));
    socket.once("error", failed);
    socket.once("secureConnect", () => {
      timer.cancel();
      const { alpnProtocol } = socket;
      resolve({
        version: socket.getProtocol() ?? "none",
        alpn: alpnProtocol === false || alpnProtocol === null ? "none" : alpnProtocol,
      });
      socket.destroy();
    });
  });
}

/** The checks of this section. */
export const connection: readonly Check[] = [
  check("tls", "One HTTP/2 connection over TLS 1.2 or later (ALPN h2).", async (bench) => {
    for (const maxVersion of ["TLSv1.3", "TLSv1.2"] as const) {
      const options = { ALPNProtocols: ["h2"], minVersion: "TLSv1.2", maxVersion };
      const { version, alpn } = await handshake(bench, options).catch((error: unknown) => {
        throw new Violation(`a handshake with at most ${maxVersion}`, describeFailure(error));
      });
      holds(alpn === "h2", "ALPN h2", `${version}, ALPN ${alpn}`);
    }
  }),
  check("tls-old", "TLS 1.2 or later.", async (bench) => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    const outcome = await handshake(bench, old).catch(() => undefined);
    holds(outcome === undefined, "no handshake with TLS 1.1", outcome?.version ?? "");
  }),
  check("ping", "GET /ping: 204.", async (bench) => {
    const { line, token } = await bench.connected();
    const answer = await line.request({ method: "GET", path: "/ping", token }).whole();
    holds(
      answer.status === 204 && answer.body.length === 0,
      "status 204 without a body",
      answer.describe(),
    );
  }),
  check("ping-frame", "HTTP/2 PING: its ACK.", async (bench) => {
    const { line } = await bench.connected();
    const milliseconds = await line.ping();
    return `${milliseconds.toFixed(1)} ms`;
  }),
  check(
    "unknown-headers",
    "Headers that are not known are ignored; the User-Agent may be anything.",
    async (bench) => {
      const { line, token } = await bench.connected();
      for (const userAgent of [
        "CLOVA/DONUT/1.2.3 (Android 7.1.1;qcom;clovasdk=1.6.0)",
        "Mozilla/5.0",
        undefined,
      ]) {
        const headers = {
          "x-conformance": "1",
          "x-clova-device-tags": "one,two",
          ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
        };
        const answer = await line
          .request({ method: "GET", path: "/ping", token, headers })
          .withStatus();
        if (answer.status === 403 && userAgent !== undefined) {
          throw new Inapplicable("the User-Agent policy of this server is to reject (403)");
        }
        holds(
          answer.status === 204,
          `status 204 with User-Agent ${userAgent ?? "missing"}`,
          answer.describe(),
        );
      }
    },
  ),
  check(
    "status-401",
    "401: no token, or one that is unknown, expired or revoked (WWW-Authenticate, RFC 6750).",
    async (bench) => {
      const line = await bench.line();
      for (const token of [undefined, "nobody-was-given-this"]) {
        for (const request of [
          event,
          { method: "GET", path: "/v1/directives" },
          { method: "GET", path: "/ping" },
        ]) {
          const what = `${request.path} with ${token === undefined ? "no" : "an unknown"} token`;
          const answer = await refusedWith(401, line.request({ ...request, token }), what);
          const challenge = answer.headers["www-authenticate"] ?? "none";
          holds(/^Bearer\b/i.test(challenge), "WWW-Authenticate: Bearer", challenge);
          if (token !== undefined) {
            holds(
              /error="?invalid_token"?/.test(challenge),
              'WWW-Authenticate with error="invalid_token"',
              challenge,
            );
          }
        }
      }
    },
  ),
  check("status-404", "404: unknown path.", async (bench) => {
    await refusedWith(
      404,
      await shared(bench, { method: "GET", path: "/v1/conformance" }),
      "/v1/conformance",
    );
  }),
  check("status-405", "405: wrong method (Allow).", async (bench) => {
    for (const [path, method, right] of [
      ["/v1/directives", "POST", "GET"],
      ["/v1/events", "GET", "POST"],
      ["/ping", "POST", "GET"],
    ] as const) {
      const request = { method, path, ...(method === "POST" ? { body: "" } : {}) };
      const answer = await refusedWith(405, await shared(bench, request), `${method} ${path}`);
      const allow = answer.headers["allow"] ?? "none";
      holds(allow.split(/,\s*/).includes(right), `Allow: ${right}`, allow);
    }
  }),
  check(
    "status-412",
    "412: an event while the device has no downchannel, or has it on another connection.",
    async (bench) => {
      const { token } = await bench.connected();
      const line = await bench.line();
      await refusedWith(
        412,
        line.request({ ...event, token }),
        "an event on another connection than the downchannel's",
      );
      if (bench.subject.accessToken !== undefined) return "on another connection; one device only";
      const alone = await bench.token("other");
      const answer = line.request({ ...event, token: alone });
      await isException(await refusedWith(412, answer, "an event without a downchannel"));
    },
  ),
  check("status-413", "413: the body as a whole is too large.", async (bench) => {
    const { line, token } = await bench.connected();
    // The length alone: nothing of the kind is sent.
    const headers = { ...event.headers, "content-length": String(2 ** 31) };
    const answer = line.request({ ...event, headers, open: true, token });
    const early = await answer.within(({ status }) => status !== undefined, 2_000);
    answer.stream.close(8);
    if (!early)
      throw new Inapplicable(
        "the server does not judge by Content-Length, and 16 MiB are not sent to it",
      );
    holds(answer.status === 413, "status 413 for a Content-Length of 2 GiB", answer.describe());
  }),
  check("status-426", "426: HTTP/1.1.", async (bench) => {
    const { gatewayUrl, tls } = bench.subject;
    const token = await bench.token("main");
    const headers = { authorization: `Bearer ${token}` };
    const answer = await webRequest(new URL("/v1/directives", gatewayUrl), tls, bench.patience, {
      headers,
    });
    holds(
      answer.status === 426,
      "status 426 for GET /v1/directives over HTTP/1.1",
      `status ${answer.status}`,
    );
  }),
  check(
    "status-429",
    "429: more than two GET /v1/directives of one device within a second (Retry-After).",
    async (bench) => {
      const token = await bench.token("burst");
      const line = await bench.line();
      // What other checks opened, and what this one opens, must not be counted together.
      await bench.pause(1_300);
      await bench.openDownchannel(line, token);
      await bench.openDownchannel(line, token);
      const third = await refusedWith(
        429,
        line.request({ method: "GET", path: "/v1/directives", token }),
        "the third within a second",
      );
      const seconds = third.headers["retry-after"] ?? "none";
      holds(/^\d+$/.test(seconds), "Retry-After in seconds", seconds);
      await isException(third);
      await bench.pause(1_300);
    },
  ),
  check(
    "exception",
    "The body of every error is one part, the directive System.Exception, whose code is the status and whose description says what was wrong.",
    async (bench) => {
      for (const [status, what, ask] of refusals)
        await isException(await refusedWith(status, await ask(bench), what));
    },
  ),
  check(
    "errors-apart",
    "An error of one stream leaves the other streams of the connection alone.",
    async (bench) => {
      const { line, channel, token } = await bench.connected();
      for (const [, , ask] of refusals) await (await ask(bench)).withStatus();
      line.request({ ...event, token, open: true }).stream.close(8);
      await line.ping();
      holds(!channel.over && line.isOpen, "a downchannel that stays open", channel.describe());
    },
  ),
];
