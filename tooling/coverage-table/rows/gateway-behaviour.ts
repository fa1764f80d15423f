// What is asked of the gateway beyond statuses: downchannels, events, delivery, and what happens when things end.

import { type Section, notYet, works } from "../row.js";
import {
  addressing,
  answers,
  connectionFloods,
  crash,
  delivery,
  developerServer,
  downchannel,
  drain,
  drainWaves,
  events,
  frameFloods,
  gatewayObservability,
  headerBombs,
  lifecycle,
  logging,
  mailbox,
  multipartProperties,
  multipartReader,
  nghttp,
  openStreams,
  operationsListener,
  operationsPage,
  pings,
  presence,
  presenceEvents,
  rapidReset,
  shippedConnection,
  shippedMessages,
  silentConnections,
  slowBodies,
  slowReaders,
  soak,
  soakVerdict,
  tracing,
} from "./tests.js";

export const downchannels: Section = {
  title: "Downchannel",
  columns: ["Rule"],
  rows: [
    works(
      [
        "one a device: a newer one ends the earlier by END_STREAM, on the same connection and on another",
      ],
      downchannel(
        "the downchannel > is ended by END_STREAM, not by a reset, when a newer one is opened on the same connection",
        "the downchannel > is ended by END_STREAM when a newer one is opened on another connection",
      ),
      nghttp("nghttp > closes an earlier downchannel in good order by opening another"),
    ),
    notYet("a newer one on another node ends the earlier"),
    works(
      ["headers at once, `Clova.Hello`, then what is queued, oldest first"],
      downchannel(
        "the downchannel > gives what waited for the device after Clova.Hello, oldest first",
      ),
      shippedConnection(
        "the downchannel > has its status sent before any part, and every part in one frame with the delimiter line that ends it",
      ),
    ),
    works(
      ["a part and the delimiter line that ends it go out together"],
      downchannel(
        "the downchannel > sends each part together with the delimiter line that ends it",
      ),
    ),
    works(
      ["ends within a second when its token expires or is revoked"],
      downchannel(
        "the downchannel > ends within a second of its token's expiry",
        "the downchannel > ends when its token is revoked, and the token stops working at once",
      ),
    ),
    works(
      ["a silent connection is PINGed; a peer that does not acknowledge is dropped"],
      pings(
        "acknowledgement by PING > PINGs a silent connection once an interval, and one that confirms anyway not at all",
      ),
      downchannel("the downchannel > drops a peer that does not acknowledge a PING in time"),
    ),
    works(
      ["past the byte limit of a slow device its directives stay in the queue only"],
      delivery(
        "delivery > leaves directives in the mailbox past the byte limit of a slow device, and goes on when it reads",
      ),
    ),
    works(
      ["a reader that is stuck for longer than the limit is dropped; no other is slowed"],
      slowReaders(
        "a device that does not read its downchannel > is dropped *",
        "one slow device > does not slow another down",
      ),
    ),
  ],
};

export const eventRules: Section = {
  title: "Events",
  columns: ["Rule"],
  rows: [
    works(
      [
        "attachments stream to the handler as they arrive, and a handler that does not take them slows the device",
      ],
      events("an event > slows the device down while its handler does not take the audio"),
    ),
    works(
      ["the answer may begin while the request is open"],
      events(
        "an event > may be answered while its audio is still being uploaded, and the device can act on that at once",
      ),
      shippedMessages(
        "a request > of speech is answered while it is still being recorded, so that the device can stop",
      ),
    ),
    works(
      ["an attachment of the answer follows the directive that names it, streamed as it is made"],
      answers(
        "an answer > puts Content-Type last in every part, and an attachment right after its directive",
        "an answer > streams an attachment while it is made",
      ),
      shippedMessages(
        "a response > has audio that the device can play while it is still being made",
      ),
    ),
    works(
      ["lenient validation takes and counts a wrong payload"],
      events(
        "an event that is wrong > with a wrong payload is taken and counted when validation is lenient",
      ),
    ),
    works(
      ["affinity `same-device`: events on any connection of the device"],
      events("an event > on another connection is taken where the affinity is same-device"),
      nghttp("nghttp > sends an event > *"),
    ),
    works(
      ["a device that gives up aborts its handler"],
      events("an event > that a device * is aborted at its handler"),
    ),
    works(
      ["multipart in any form that a peer sends, in any chunks, within bounds"],
      multipartReader(
        "a multipart body > is read with a boundary that begins with dashes",
        "a multipart body > is complete at the end of the stream where the last delimiter never arrives",
        "a multipart body > keeps audio that contains near-delimiters whole at every chunk size",
      ),
      multipartProperties("any body > *"),
    ),
  ],
};

export const deliveryRules: Section = {
  title: "Delivery",
  columns: ["Promise"],
  rows: [
    works(
      ["`send` resolves when the directive is durably queued; it is there again after a restart"],
      mailbox(
        "the durable mailbox has its entries and its numbering again after a restart",
        "an entry is refused when the database is gone, and none is thought to be kept",
      ),
    ),
    works(
      ["in order, at least once, a repeat with the same `messageId`"],
      delivery("delivery > loses nothing and keeps the order, whatever comes between (property)"),
      downchannel(
        "the downchannel > keeps directives for which no PING ACK came, and sends them again with the same messageId",
      ),
    ),
    works(
      ["acknowledged by PING: forgotten when the ACK is here, and not before"],
      delivery(
        "delivery > writes to an open downchannel at once, and forgets when the PING's ACK is here",
        "delivery > does not forget a directive that has not been flushed when the ACK of an earlier PING comes",
      ),
      nghttp(
        "nghttp > acknowledges what was pushed by answering the server's PING, and does not get it again",
      ),
    ),
    works(
      ["a device that was off gets its queue when it comes back; what expired is dropped"],
      delivery(
        "delivery > keeps directives for a device that is off and gives them oldest first when it comes",
        "delivery > does not deliver what has expired while it waited",
      ),
    ),
    works(["`ttl: 0` is now or never"], delivery("delivery > with ttl 0 writes now or never")),
    works(
      ["a queue that is too long drops its oldest that are not required, and counts them"],
      delivery(
        "delivery > drops the oldest that are not required past the queue's length, and counts them",
      ),
    ),
    works(
      ["to all devices of an account, to all but one, to a list"],
      addressing(
        "a directive to an account > is queued for each of its devices and for no other",
        "a directive to an account > leaves out the device that `except` names: *",
        "a directive to a list > is queued for each device, named by key or device_id, and says which are not there",
      ),
    ),
    works(
      ["presence can be watched"],
      presence(
        "presence > tells watchers of each coming and going, and of nothing in between, until they stop",
      ),
      presenceEvents(
        "GET /presence/events > tells of each coming and going, with who, when, from where and on which node",
      ),
    ),
    works(
      [
        "crash test: devices on flaky connections, the server killed at random, nothing lost (20 devices and four crashes; more by hand, `npm run crash`)",
      ],
      crash(
        "the server > killed and restarted at random loses no directive that it accepted, keeps their order, and repeats under the same id only",
      ),
    ),
    works(
      [
        "soak: a fleet holds, sends and is sent to; nothing lost, nothing left behind, memory flat (50 devices and seven rounds; 5,000 for ten minutes by hand, `npm run soak`)",
      ],
      soak(
        "a fleet that held its downchannels, sent, was sent to and lost its connections leaves nothing behind, and nothing is lost",
      ),
      soakVerdict("a soak > *"),
    ),
  ],
};

export const endings: Section = {
  title: "Living and dying",
  columns: ["Rule"],
  rows: [
    works(
      ["SIGTERM: GOAWAY, downchannels end, exit code 0"],
      nghttp(
        "nghttp > is told to go elsewhere when the server stops: GOAWAY, then the downchannel's end",
      ),
      shippedConnection(
        "a connection > is ended by GOAWAY and END_STREAM when the server stops, without an error",
      ),
      developerServer("an end > by SIGTERM is clean: exit code 0 within 5 s"),
    ),
    works(
      [
        "connections are sent away in waves over the first half of the drain time; readiness fails first",
      ],
      drain("a drain > sends connections away in waves over the first half of its time"),
      drainWaves(
        "a drain > tells each connection once, in order, in waves whose sizes differ by one at most, within the first half",
      ),
      lifecycle(
        "SIGTERM > fails readiness first, takes no new connections, and lets an open event finish",
      ),
    ),
    works(
      ["SIGKILL: what was accepted is there after a restart"],
      developerServer("a second start > after SIGKILL finds everything again too"),
      mailbox("the durable mailbox has its entries and its numbering again after a restart"),
    ),
    works(
      ["liveness and readiness endpoints, on a listener of their own if configured"],
      operationsListener("/livez > *", "/readyz > *"),
      lifecycle(
        "the operations listener > says that the process lives and is ready, and what it has counted, without a word of who",
        "the operations listener > is not there unless it is asked for",
      ),
    ),
  ],
};

export const hardening: Section = {
  title: "Hardening",
  columns: ["Attack"],
  rows: [
    works(
      ["rapid reset (CVE-2023-44487)"],
      rapidReset(
        "rapid reset > begins none of the requests that were taken back in the same breath, and ends the connection",
        "rapid reset > begins no more requests than the budget allows when resets come a round trip later",
        "rapid reset > counts what makes the server reset: *",
        "rapid reset > leaves no connection behind after 60 of them",
      ),
    ),
    works(["thousands of open streams on one connection"], openStreams("many open requests > *")),
    works(
      ["slow reading with a closed window"],
      slowReaders(
        "a device that does not read its downchannel > has at most gateway.maxQueuedBytes in memory, and loses nothing",
        "an answer that is not read > *",
      ),
    ),
    works(
      ["no preface, no first request, idle connections"],
      silentConnections(
        "a connection without a request > *",
        "a connection without open requests > *",
        "a TLS connection > *",
      ),
    ),
    works(["floods of PING, SETTINGS, CONTINUATION and empty DATA"], frameFloods("a flood of > *")),
    works(["header bombs"], headerBombs("a header bomb > *")),
    works(["slow bodies"], slowBodies("*")),
    works(
      ["floods of connections from one address"],
      connectionFloods("a flood of connections > *"),
    ),
    works(
      ["honest clients that abort often are not taken for attackers"],
      rapidReset(
        "rapid reset > lets an honest device break off a request each second for a quarter of an hour",
      ),
    ),
  ],
};

export const observability: Section = {
  title: "Observability",
  columns: ["Feature"],
  rows: [
    works(
      ["structured logs without secrets"],
      logging("a JSON line > has level, time, message and fields, and ends with one line feed"),
      developerServer("a first start > logs JSON lines and none of its secrets"),
    ),
    works(
      ["Prometheus metrics"],
      operationsListener("/metrics > *"),
      gatewayObservability("the counts of a gateway > *"),
    ),
    works(
      ["OpenTelemetry spans for an event and for a directive's life"],
      gatewayObservability("the spans > *"),
      tracing("with a tracer provider > *"),
    ),
    works(["`diagnostics_channel` for plugins"], gatewayObservability("the channels > *")),
    works(
      ["a Grafana dashboard, and docs/operations.md with each metric's meaning"],
      operationsPage("the dashboard > *", "docs/operations.md > *"),
    ),
  ],
};
