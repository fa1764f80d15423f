// What is asked of the gateway's three requests: each status.

import { type Section, works } from "../row.js";
import {
  curl,
  downchannel,
  drain,
  events,
  nghttp,
  plainText,
  shippedConnection,
  shippedListener,
  shippedMessages,
  userAgent,
} from "./tests.js";

export const requests: Section = {
  title: "Requests",
  columns: ["Request", "Answer"],
  rows: [
    works(
      ["`GET /v1/directives`", "200, `multipart/related`, kept open, first `Clova.Hello`"],
      downchannel(
        "the downchannel > is 200, multipart/related with an unquoted boundary, and begins with Clova.Hello without a dialogRequestId",
      ),
      curl(
        "curl > goes through a device's life: signs in, holds a downchannel, asks, is pushed to, refreshes, signs out",
      ),
    ),
    works(
      ["`POST /v1/events`", "200 with directives"],
      events(
        "an event > TextRecognizer.Recognize is answered with Clova.RenderText in the same dialogue",
      ),
      curl("curl > sends an event > with a body made by hand whose boundary begins with dashes"),
      nghttp("nghttp > sends an event > *"),
    ),
    works(
      ["`POST /v1/events`", "204 where there are none"],
      events("an event > that nobody handles * is answered 204"),
      curl("curl > sends an event > that nobody knows, and gets 204"),
    ),
    works(
      ["`GET /ping`", "204"],
      events("any request > GET /ping is 204"),
      shippedConnection(
        "a connection > answers GET /ping with the headers of the downchannel by 204 at once",
      ),
    ),
    works(
      ["HTTP/2 PING", "PING ACK"],
      shippedConnection(
        "a connection > answers a PING frame with the same eight bytes, and PINGs the device after it wrote to it",
      ),
    ),
    works(
      ["plain-text HTTP/2", "for a TLS terminator on the same host, behind a setting"],
      plainText(
        "without TLS, curl > speaks HTTP/2 by prior knowledge: downchannel, event and push on one connection",
        "without TLS, nghttp > holds a downchannel, is pushed to, and what it acknowledged does not come again",
        "behind a TLS terminator > *",
        "a server on an address that is not loopback does not start, and says why",
      ),
    ),
  ],
};

export const statuses: Section = {
  title: "Statuses",
  columns: ["Status", "When"],
  rows: [
    works(
      ["400", "no or malformed boundary"],
      events(
        "an event that is wrong > is 400 when the content type has no boundary",
        "an event that is wrong > is 400 when the boundary is longer than 70 bytes",
      ),
    ),
    works(
      ["400", "no part, or the first is not `metadata`"],
      events(
        "an event that is wrong > is 400 when the body has no part",
        "an event that is wrong > is 400 when the body is empty",
        "an event that is wrong > is 400 when the first part is not metadata",
      ),
      curl("curl > sends an event > with a first part that is not metadata, and gets 400"),
    ),
    works(
      ["400", "`metadata` is not JSON, or not UTF-8"],
      events(
        "an event that is wrong > is 400 when the metadata is not JSON",
        "an event that is wrong > is 400 when the metadata is not UTF-8",
      ),
    ),
    works(
      ["400", "no `event.header` with `namespace`, `name`, `messageId`: the field is named"],
      events("an event that is wrong > is 400 naming the field when the header has no *"),
      curl("curl > sends an event > without a header, and gets 400 that names what is missing"),
    ),
    works(
      ["400", "strict validation: the payload is wrong, the member is named"],
      events(
        "an event that is wrong > is 400 naming the field when validation is strict and the payload is wrong",
      ),
      curl(
        "curl > sends an event > with a payload that the catalogue refuses, and gets 400 that names the member",
      ),
    ),
    works(
      ["400", "a bound is exceeded: metadata, attachment, parts, time"],
      events(
        "an event that is wrong > is 400 when the metadata part is larger than its bound",
        "an event that is wrong > is 400 when an attachment is larger than its bound",
        "an event that is wrong > is 400 when it has more parts than the bound",
        "an event that is wrong > is 400 when its body stays open too long",
      ),
    ),
    works(
      ["401", "no token, unknown, expired, revoked: `WWW-Authenticate` (RFC 6750)"],
      events("any request > * is 401 with a challenge and System.Exception"),
      downchannel(
        "the downchannel > ends when its token is revoked, and the token stops working at once",
      ),
      curl(
        "curl > sends an event > without a token or with one that nobody knows, and gets 401 with a challenge",
      ),
    ),
    works(
      ["403", "the User-Agent policy is `reject` and the header does not follow the grammar"],
      events(
        "any request > is 403 where the User-Agent policy is reject and the header does not follow the grammar",
      ),
      userAgent("a User-Agent > of the speakers that shipped follows the grammar"),
    ),
    works(
      ["404", "an unknown path"],
      events("any request > to an unknown path is 404 and with a wrong method 405 with Allow"),
      curl("curl > gets 404 for an unknown path and 405 with Allow for a wrong method"),
    ),
    works(
      ["405", "a wrong method: `Allow`"],
      events("any request > to an unknown path is 404 and with a wrong method 405 with Allow"),
      curl("curl > gets 404 for an unknown path and 405 with Allow for a wrong method"),
    ),
    works(
      ["412", "an event without a downchannel, or on another connection than the downchannel's"],
      events(
        "an event > without a downchannel is 412, and so is one on another connection than the downchannel's",
      ),
      curl(
        "curl > sends an event > without a downchannel, or on another connection than the downchannel's, and gets 412",
      ),
    ),
    works(
      ["413", "the body as a whole is too large"],
      events(
        "an event that is wrong > is 413 when the body as a whole is too large, also when only its content-length says so",
      ),
    ),
    works(
      ["415", "the body is not multipart"],
      events("an event that is wrong > is 415 when it is not multipart"),
      curl("curl > sends an event > that is not multipart, and gets 415"),
    ),
    works(
      ["426", "HTTP/1.1"],
      shippedListener("one listener > answers 426 with System.Exception to GET * over HTTP/1.1"),
      curl("curl > gets 426 from the gateway over *"),
    ),
    works(
      ["429", "more than two downchannels of one device within a second: `Retry-After`"],
      downchannel(
        "the downchannel > is refused with 429 and Retry-After on the third request within one second",
      ),
    ),
    works(
      [
        "500",
        "a handler failed: the stack goes to the log with the `messageId`, never to the client",
      ],
      events(
        "an event > whose handler throws is 500 with System.Exception, and the cause goes to the log with the messageId only",
      ),
    ),
    works(
      ["503", "draining or overloaded: `Retry-After`"],
      drain(
        "a drain > refuses new downchannels from its beginning with 503 and Retry-After",
        "an overloaded gateway > answers 503 with Retry-After to new downchannels and events, and goes on with what it has",
      ),
    ),
    works(
      ["each error", "one part, `System.Exception` with `code` and `description`"],
      shippedMessages(
        "a response > that is an error is one directive System.Exception with the status and what was wrong",
      ),
    ),
    works(
      ["each error", "the other streams of the connection are left alone"],
      shippedConnection("a connection > goes on when one of its requests is refused"),
      nghttp(
        "nghttp > has several requests on one connection beside its downchannel, and an error of one leaves the others alone",
      ),
    ),
  ],
};
