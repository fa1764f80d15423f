// What is asked of a client of the protocol, and so of the device SDK.

import { type Section, works } from "../row.js";
import {
  browserModules,
  chaos,
  clientAuth,
  clientConnection,
  clientDeviceFlow,
  clientDialogue,
  clientDirectives,
  clientEvents,
  clientInChromium,
  crossOriginBrowser,
  crossOriginGateway,
  dialogueState,
  firstClient,
  mockGateway,
  recognize,
  session,
  signInByCode,
  tokenKeeper,
  transition,
  virtualAlerts,
  virtualDevice,
  virtualPlayer,
} from "./tests.js";

export const clientSignIn: Section = {
  title: "Signing in",
  columns: ["Feature"],
  rows: [
    works(
      ["`authorize` by account token, by account code, as a guest"],
      clientAuth(
        "authorize > sends the account's token in the header, and nothing secret in the address",
        "authorize > sends an account's code with the grant type that says so",
        "authorize > sends no Authorization header for a guest",
      ),
    ),
    works(
      ["451 and 423 as typed results"],
      clientAuth(
        "authorize > understands 451: the page with the terms",
        "authorize > understands 423: how long, and what to say",
      ),
    ),
    works(
      ["refresh before expiry, once for all who ask; one clear `sign in again`"],
      tokenKeeper(
        "a token keeper > refreshes ahead of the end while it runs, again and again",
        "a token keeper > refreshes once for all who ask, however many",
        "a token keeper > forgets tokens that are dead by *, and says once that the person must sign in",
      ),
    ),
    works(
      ["new tokens are saved before anybody can use them"],
      tokenKeeper("a token keeper > saves new tokens before anybody can use them"),
    ),
    works(
      ["recovers by itself after being off for longer than its token lives"],
      session(
        "staying signed in > recovers by itself after being off for longer than the token lives",
      ),
    ),
    works(
      ["signs out: the connection is closed, the token revoked"],
      session("signing out > closes the connection, has the token revoked and forgets it"),
    ),
    works(
      ["device authorization (RFC 8628)"],
      clientDeviceFlow("signing in by a code > *"),
      signInByCode("signing in by a code > *"),
    ),
  ],
};

export const clientConnections: Section = {
  title: "The connection",
  columns: ["Feature"],
  rows: [
    works(
      ["a downchannel that ends is reopened at once, then with growing waits and full jitter"],
      clientConnection(
        "a downchannel that ends > in good order is reopened at once, on the same connection",
        "a downchannel that ends > again and again is met with growing waits, never a spin",
        "a gateway that cannot be reached for a while > is tried with full jitter, doubling up to a minute",
      ),
      transition(
        "a connection, whatever happens to it > never spins: between two good downchannels it makes a few tries, then waits before each further one",
      ),
    ),
    works(
      ["PING every 60 s; without an ACK within 10 s a new connection"],
      clientConnection(
        "PING > is sent every 60 s",
        "PING > without an ACK within 10 s brings a new connection at once",
      ),
    ),
    works(
      ["401: refresh once, reconnect, retry once"],
      clientConnection(
        "a downchannel that is refused > with 401 is asked for once more with a refreshed token",
      ),
      clientEvents("401 to an event > is met with one refresh, a new downchannel and one more try"),
    ),
    works(
      ["412, 429, 503"],
      clientEvents(
        "412 to an event > is met with a new downchannel on the same connection and one more try",
        "429 and 503 to an event > * is met with one more try after Retry-After",
      ),
    ),
    works(
      ["GOAWAY: a new connection, and no directive is dropped"],
      clientConnection(
        "GOAWAY > moves to a new connection at once, while the old downchannel still delivers",
        "GOAWAY > loses nothing of a downchannel that goes on after the new one is open",
      ),
    ),
    works(
      ["events of an outage are kept within bounds, and what is given up is said"],
      clientEvents(
        "an outage > keeps events, says so, and sends them in order afterwards",
        "an outage > gives the oldest event up when too many wait, and says so",
      ),
    ),
    works(
      ["a hostile gateway (cuts, stalls, garbage) neither crashes it nor makes it spin"],
      chaos("*"),
    ),
    works(
      ["`GET /ping` where the transport cannot PING: the browser"],
      clientInChromium(
        "the client in Chromium > asks for a ping where it cannot send one, and comes back when the network does",
      ),
    ),
  ],
};

export const clientMessages: Section = {
  title: "Dialogues and messages",
  columns: ["Feature"],
  rows: [
    works(
      ["a new `dialogRequestId` for each Recognize; it counts once the request was sent"],
      clientEvents("an event > that the user caused gets a dialogRequestId of its own each time"),
      dialogueState("dialogue ids > become the latest only once the request is sent"),
    ),
    works(
      [
        "directives of the latest dialogue one after another, older ones dropped, those without at once",
      ],
      clientDialogue(
        "the dialogue > hands directives of the latest request over one after another, in order",
        "the dialogue > drops what is queued of an older request, and stops what it presents",
        "the dialogue > hands directives without an id over at once, while others wait for their turn",
      ),
    ),
    works(
      ["attachments as streams, matched by `cid:` in whatever order they come"],
      clientDirectives(
        "an attachment > in an answer is found by its cid after its directive",
        "an attachment > in an answer is found by its cid before its directive",
        "an attachment > is a stream: its first bytes are there before its last ones",
      ),
    ),
    works(
      ["a repeat under the same `messageId` is dropped"],
      clientDirectives(
        "a directive on the downchannel > that comes again under the same messageId is dropped",
      ),
    ),
    works(
      ["unknown directives are reported, never fatal"],
      clientDirectives(
        "a directive on the downchannel > that nobody knows is reported, and does no harm",
      ),
    ),
    works(
      ["speech is uploaded while it is recorded, in small frames"],
      clientEvents(
        "speech > is uploaded while it is recorded, in small frames, and answered before its end",
      ),
    ),
    works(
      ["payloads are checked when a program is compiled"],
      clientEvents("an event > does not compile with a payload that the catalogue refuses"),
    ),
    works(
      ["`ExpectSpeech` follow-ups with the right ids"],
      recognize("when the platform asks back > *"),
    ),
    works(
      ["a virtual device: alerts, player, volume, settings, device state"],
      virtualAlerts(
        "an alert > is set, rings at its time, and is stopped and deleted by directives alone",
        "synchronising > *",
      ),
      virtualPlayer("playing > *", "control > *", "the queue > *"),
      virtualDevice(
        "device control > *",
        "settings > are reported when asked, and whole after each change",
      ),
      mockGateway("a virtual device at a gateway > *"),
    ),
    works(["a mock gateway for client developers"], mockGateway("the mock gateway > *")),
    works(
      ["the browser build, in real Chromium"],
      clientInChromium("the client in Chromium > *"),
      browserModules("reaches no module of Node.js from *"),
    ),
    works(
      ["pages of other origins, let in by `gateway.allowedOrigins` and by nothing else"],
      crossOriginBrowser("a page of *"),
      crossOriginGateway("whoever is no page *", "a page of an origin that is let in > *"),
    ),
    works(
      ["the client of the guide, run beside a developer server"],
      firstClient("signs in, asks, speaks and ends; *"),
    ),
  ],
};
