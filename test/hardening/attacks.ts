// The attacks of the suite: each as one connection would carry it out against a live server over TLS.

import { type Socket, connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { eventBody } from "../harness/peer.js";
import {
  FrameType,
  RawPeer,
  Setting,
  dataFrame,
  frame,
  headersFrame,
  pingFrame,
  requestBlock,
  rstStreamFrame,
  settingsFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import { pieces, streamId } from "./siege.js";

/** Whom to attack. */
export interface Target {
  readonly port: number;
  /** A good access token: many attacks need none, some are worse with one. */
  readonly token: string;
}

export interface Attack {
  readonly name: string;
  /** Carries it out on one connection; resolves when the server ended that, or when the attacker has hung up. */
  run(target: Target): Promise<void>;
}

/** How long an attacker waits for the server to end the connection before it hangs up. Milliseconds. */
const patience = 12_000;

async function greeted(
  target: Target,
  settings: Readonly<Record<number, number>> = {},
): Promise<RawPeer> {
  return RawPeer.greet(target.port, { tls: true, settings });
}

/** Waits to be thrown out, and hangs up where that does not happen. */
async function ended(socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), patience);
  socket.on("error", () => undefined);
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  clearTimeout(timer);
}

/** An attack that greets, sends, and waits to be thrown out. */
function flood(name: string, bytes: (target: Target) => readonly Uint8Array[]): Attack {
  return {
    name,
    async run(target) {
      const peer = await greeted(target);
      peer.send(...bytes(target));
      await ended(peer.socket);
    },
  };
}

/** The same, but the attacker hangs up as soon as its bytes are gone. */
function hitAndRun(name: string, bytes: (target: Target) => readonly Uint8Array[]): Attack {
  return {
    name,
    async run(target) {
      const peer = await greeted(target);
      peer.send(headersFrame(1, requestBlock({ path: "/ping", token: target.token })));
      // On a machine that is busy with all the others the deadline for it may come first.
      await peer.until(() => peer.endedOf(1)).catch(() => undefined);
      peer.send(...bytes(target));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await peer.destroy();
    },
  };
}

const ping = ({ token }: Target): Buffer => requestBlock({ path: "/ping", token });

const post = ({ token }: Target): Buffer =>
  requestBlock({
    method: "POST",
    path: "/v1/events",
    token,
    extra: [["content-type", "multipart/form-data; boundary=b"]],
  });

/** 4,000 bytes under one index of the dynamic table. */
const largeField = Buffer.concat([
  Buffer.from([0x40, 0x01]),
  Buffer.from("x"),
  Buffer.from([0x7f, 0xa1, 0x1e]),
  Buffer.alloc(4_000, "a"),
]);

export const attacks: readonly Attack[] = [
  flood("rapid reset", (target) =>
    pieces(5_000, (index) =>
      Buffer.concat([headersFrame(streamId(index), ping(target)), rstStreamFrame(streamId(index))]),
    ),
  ),
  flood("rapid reset of events", (target) => {
    const body = Buffer.from(eventBody("TextRecognizer.Recognize", { text: "x" }));
    return pieces(2_000, (index) =>
      Buffer.concat([
        headersFrame(streamId(index), post(target), { endStream: false }),
        dataFrame(streamId(index), body, { endStream: true }),
        rstStreamFrame(streamId(index)),
      ]),
    );
  }),
  flood("made to reset", (target) =>
    pieces(1_000, (index) =>
      Buffer.concat([
        headersFrame(streamId(index), post(target), { endStream: false }),
        windowUpdateFrame(streamId(index), 0),
      ]),
    ),
  ),
  flood("5,000 open streams", (target) =>
    pieces(5_000, (index) => headersFrame(streamId(index), post(target), { endStream: false })),
  ),
  flood("PING flood", () => pieces(20_000, () => pingFrame())),
  flood("SETTINGS flood", () => pieces(20_000, () => settingsFrame())),
  flood("CONTINUATION flood", (target) => [
    headersFrame(1, post(target), { endHeaders: false }),
    ...pieces(20_000, () => frame(FrameType.continuation, 0, 1)),
  ]),
  flood("empty DATA flood", (target) => [
    headersFrame(1, post(target), { endStream: false }),
    ...pieces(20_000, () => dataFrame(1, Buffer.alloc(0))),
  ]),
  hitAndRun("HPACK bomb", (target) => [
    headersFrame(3, Buffer.concat([ping(target), largeField])),
    ...pieces(50, (index) =>
      headersFrame(streamId(index + 2), Buffer.concat([ping(target), Buffer.alloc(16_000, 0xbe)])),
    ),
  ]),
  hitAndRun("half-dead: DATA after the end", (target) => [
    headersFrame(3, ping(target)),
    dataFrame(3, Buffer.from("x")),
  ]),
  hitAndRun("half-dead: bad HPACK", () => [headersFrame(3, Buffer.alloc(5, 0xff))]),
  hitAndRun("half-dead: too large a frame", () => [
    frame(FrameType.data, 0, 3, Buffer.alloc(20_000)),
  ]),
  hitAndRun("half-dead: resets of nothing", () => pieces(5_000, () => rstStreamFrame(1))),
  {
    name: "slow reader",
    async run(target) {
      const peer = await greeted(target, { [Setting.initialWindowSize]: 0 });
      peer.send(
        ...pieces(90, (index) =>
          headersFrame(streamId(index), requestBlock({ path: "/v1/directives", token: "guess" })),
        ),
      );
      await ended(peer.socket);
    },
  },
  {
    name: "slow body",
    async run(target) {
      const peer = await greeted(target);
      peer.send(
        ...pieces(90, (index) =>
          headersFrame(streamId(index), requestBlock({ method: "POST", path: "/token" }), {
            endStream: false,
          }),
        ),
      );
      const drip = setInterval(
        () => peer.send(...pieces(90, (index) => dataFrame(streamId(index), Buffer.from("x")))),
        200,
      );
      await ended(peer.socket);
      clearInterval(drip);
    },
  },
  {
    name: "TCP and nothing",
    async run({ port }) {
      await ended(connectTcp(port, "127.0.0.1"));
    },
  },
  {
    name: "TLS and nothing",
    async run({ port }) {
      const peer = await RawPeer.connect(port, { tls: true, acknowledge: false });
      await ended(peer.socket);
    },
  },
  {
    name: "hello and nothing",
    async run(target) {
      const peer = await greeted(target);
      await ended(peer.socket);
    },
  },
  {
    name: "connect and go",
    async run({ port }) {
      for (let round = 0; round < 20; round++) {
        const socket = connectTcp(port, "127.0.0.1");
        socket.once("connect", () => socket.destroy());
        await ended(socket);
      }
    },
  },
  {
    name: "slowloris",
    async run({ port }) {
      const socket = connectTls({
        port,
        host: "127.0.0.1",
        ALPNProtocols: ["http/1.1"],
        rejectUnauthorized: false,
      });
      socket.write("GET / HTTP/1.1\r\nhost: x\r\nx: ");
      const drip = setInterval(() => socket.writable && socket.write("x"), 200);
      await ended(socket);
      clearInterval(drip);
    },
  },
  {
    name: "noise",
    async run({ port }) {
      const peer = await RawPeer.connect(port, { tls: true, acknowledge: false });
      peer.send(Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 251)));
      await ended(peer.socket);
    },
  },
];
