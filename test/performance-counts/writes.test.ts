// How often the server writes to a socket, exactly: each write is a TLS record, a system call and, at rest, a packet.

import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { eventBody } from "../harness/peer.js";
import { FrameType, RawPeer, dataFrame, headersFrame, requestBlock } from "../harness/raw-http2.js";

let gateway: TestGateway;
let device: RawPeer;
let token: string;
let writes: () => number;

beforeEach(async () => {
  gateway = await startGateway({ handlers: { "AudioPlayer.PlayStarted": () => [] } });
  token = gateway.tokens.issue("kitchen");
  device = await RawPeer.greet(gateway.port);
  device.send(headersFrame(1, requestBlock({ path: "/v1/directives", token })));
  await device.until(() => device.dataOf(1).includes("Hello"));
  await device.roundTrip();
  const write = vi.spyOn(Socket.prototype, "write");
  writes = () => write.mock.contexts.filter((socket) => socket !== device.socket).length;
});

afterEach(async () => {
  vi.restoreAllMocks();
  await device.destroy();
  await gateway.stop();
});

const directive = { name: "Clova.RenderText", payload: { type: "RenderText", text: "x" } } as const;

describe("the server writes once", () => {
  it("for a directive and the PING that confirms it", async () => {
    await gateway.delivery.send("kitchen", directive);
    await vi.waitFor(async () => expect(await gateway.mailbox.depth("kitchen")).toBe(0));
    expect(device.framesOf(FrameType.ping).filter(({ flags }) => flags === 0)).toHaveLength(1);
    expect(writes()).toBe(1);
  });

  it("for all the answers to requests that arrived together", async () => {
    const ids = [3, 5, 7, 9, 11, 13, 15, 17, 19, 21];
    device.send(...ids.map((id) => headersFrame(id, requestBlock({ path: "/ping", token }))));
    await device.until(() => ids.every((id) => device.endedOf(id)));
    expect(writes()).toBe(1);
  });

  it("for an event that is answered 204", async () => {
    const extra = [["content-type", "multipart/form-data; boundary=b"]] as const;
    const block = requestBlock({ method: "POST", path: "/v1/events", token, extra });
    const body = eventBody("AudioPlayer.PlayStarted", { token: "t", offsetInMilliseconds: 10 });
    device.send(
      headersFrame(3, block, { endStream: false }),
      dataFrame(3, Buffer.from(body), { endStream: true }),
    );
    await device.until(() => device.endedOf(3));
    expect(device.statusOf(3)).toBe(204);
    expect(writes()).toBe(1);
  });
});
