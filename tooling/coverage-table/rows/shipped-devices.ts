// What devices that shipped rely on, and what would brick them.

import { type Section, works } from "../row.js";
import {
  curl,
  shippedAuthorization,
  shippedConnection,
  shippedListener,
  shippedMessages,
} from "./tests.js";

export const atAuthorization: Section = {
  title: "At the authorization server",
  columns: ["Fact"],
  rows: [
    works(
      ["`grant_type` in the query, everything else in the body, for all three grants"],
      shippedAuthorization(
        "the firmware > has grant_type in the query and the rest in the body, over HTTP/1.1 without ALPN, for all three grants",
      ),
    ),
    works(
      ["all of it as query parameters of GET"],
      shippedAuthorization("the iOS app > sends all of it as query parameters of GET"),
    ),
    works(
      ["POSTs by curl's `--data-urlencode`, as in the guides"],
      shippedAuthorization(
        "the documents' own example, POSTed as curl's --data-urlencode does, gets a code",
      ),
      curl(
        "curl > goes through a device's life: signs in, holds a downchannel, asks, is pushed to, refreshes, signs out",
      ),
    ),
    works(
      ["`X-DEVICE-NAME` and `X-DEVICE-RUID` change nothing, and the owner can see them"],
      shippedAuthorization(
        "the firmware > sends X-DEVICE-NAME and X-DEVICE-RUID, which change nothing and are kept for the owner to see",
        "the firmware > gets its tokens also where X-DEVICE-NAME is *",
      ),
    ),
    works(
      ["`expires_in` is a JSON integer"],
      shippedAuthorization(
        "the firmware > has grant_type in the query and the rest in the body, over HTTP/1.1 without ALPN, for all three grants",
      ),
    ),
    works(
      ["`unauthorized_client` sends a device to its set-up mode, and comes then alone"],
      shippedAuthorization(
        "the firmware > is sent back to its set-up mode by unauthorized_client alone, when its owner removed it",
        "the firmware > is told an error, whatever is wrong, in a member of that name",
      ),
    ),
    works(
      ["HTTP/1.1 over TLS, with ALPN or without, keep-alive, chunked"],
      shippedListener(
        "one listener > speaks HTTP/2 to whoever offers it by ALPN, and HTTP/1.1 to everybody else",
      ),
      shippedAuthorization(
        "HTTP/1.1 connections that are kept alive serve one request after another",
        "a body that comes in pieces, as a slow device sends it, is read whole",
      ),
    ),
    works(
      ["certificates that are verified and certificates that are not, TLS 1.2 and 1.3"],
      shippedListener("one listener > takes * from a device that verifies the certificate"),
    ),
    works(
      ["one listener for sign-in and gateway, under any host name"],
      shippedListener(
        "one listener > serves sign-in over HTTP/1.1 to the host *",
        "one listener > serves the gateway and sign-in on one HTTP/2 connection to the authority *",
        "one listener > shakes hands with a device that asks for the server name *",
      ),
    ),
  ],
};

export const atGateway: Section = {
  title: "On the connection",
  columns: ["Fact"],
  rows: [
    works(
      ["the firmware's User-Agent, a browser's, or none"],
      shippedConnection("the downchannel > is opened whatever the User-Agent: *"),
    ),
    works(
      ["the downchannel's headers are flushed before any part, and events may come on them"],
      shippedConnection(
        "the downchannel > has its status sent before any part, and every part in one frame with the delimiter line that ends it",
        "the downchannel > lets the device send its first events on the status alone, known and unknown ones",
      ),
    ),
    works(
      ["401: refresh and reconnect"],
      shippedAuthorization(
        "a device whose access token expires while it is connected > sees its downchannel end, gets 401, refreshes, and is connected again",
      ),
    ),
    works(
      ["403 would send a device offline: never for a bad token"],
      shippedConnection(
        "a connection > never gets 403, which would send the firmware offline, for what is wrong with a token",
      ),
    ),
    works(
      ["412: open the downchannel again"],
      shippedConnection(
        "a connection > is 412 for an event without a downchannel, which then may be opened and the event sent again",
      ),
    ),
    works(
      ["a PING of the server is answered; GOAWAY makes a device reconnect"],
      shippedConnection(
        "a connection > answers a PING frame with the same eight bytes, and PINGs the device after it wrote to it",
        "a connection > is ended by GOAWAY and END_STREAM when the server stops, without an error",
      ),
    ),
    works(
      ["RST_STREAM on one stream leaves the others alone"],
      shippedConnection(
        "a connection > goes on when the device resets one of its streams in the middle of an upload",
      ),
    ),
    works(
      ["`GET /ping` with the same headers, answered at once"],
      shippedConnection(
        "a connection > answers GET /ping with the headers of the downchannel by 204 at once",
      ),
    ),
    works(
      ["several requests at once, an event while audio is uploading"],
      shippedConnection(
        "a connection > takes events while audio is being uploaded, and answers each on its own",
      ),
    ),
  ],
};

export const bytes: Section = {
  title: "In requests and responses",
  columns: ["Fact"],
  rows: [
    works(
      ["a boundary of dashes, 320-byte DATA frames, no closing delimiter: complete at END_STREAM"],
      shippedMessages(
        "a request > of speech in DATA frames of 320 bytes, under a boundary of dashes, without a last delimiter, is heard whole",
        "a request > of speech may end with an empty frame",
      ),
    ),
    works(
      ["recognition begins while the request is open, and may be answered"],
      shippedMessages(
        "a request > of speech is answered while it is still being recorded, so that the device can stop",
      ),
    ),
    works(
      ["`content-length` or none"],
      shippedMessages("a request > may say its content-length, and mostly does not"),
    ),
    works(
      ["`content-type`: the boundary unquoted, and no other parameter"],
      shippedMessages(
        "a response > has a content type with nothing but an unquoted boundary of 60 lower-case hexadecimal digits",
      ),
    ),
    works(
      ["part headers to the letter, `Content-Type` last"],
      shippedMessages(
        "a response > has directives under exactly the headers that devices match, Content-Type last",
        "a response > has audio under exactly the headers that devices match, found by what follows cid: and whole",
      ),
    ),
    works(
      ["the first byte is a dash; a finite response ends with the closing delimiter"],
      shippedMessages(
        "a response > begins with the dash of its first delimiter, ends with the closing one, and the firmware reads all of it",
      ),
    ),
    works(
      [
        "a part is acted on with the delimiter line after it; a downchannel ends by END_STREAM alone",
      ],
      shippedConnection(
        "the downchannel > has its status sent before any part, and every part in one frame with the delimiter line that ends it",
        "the downchannel > ends by END_STREAM alone, without a closing delimiter, for the firmware would choke on it",
      ),
    ),
    works(
      ["audio is fed to the decoder as it arrives"],
      shippedMessages(
        "a response > has audio that the device can play while it is still being made",
      ),
    ),
  ],
};
