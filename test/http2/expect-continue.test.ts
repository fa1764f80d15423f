// `Expect: 100-continue`: a client that asks before it sends its body is told to go on when somebody takes the body, and is not
// where it is refused.
// @see https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ServerStream } from "../../packages/server/src/http2/index.js";
import { foreignCommand, installationPatience } from "../harness/foreign-commands.js";
import {
  FrameType,
  type RawPeer,
  dataFrame,
  headersFrame,
  requestBlock,
} from "../harness/raw-http2.js";
import { type EngineServer, startEngine } from "./engine-server.js";

const run = promisify(execFile);

const bodyBytes = 1_500_000;

let server: EngineServer;

/** Takes the body, and answers with its length; `/refused` is answered at once. */
function serve(stream: ServerStream): void {
  if (stream.path === "/refused") {
    stream.respond(413, {}, { end: true });
    return;
  }
  let length = 0;
  stream.receive({
    data: (bytes) => void (length += bytes.byteLength),
    end() {
      stream.respond(200, {});
      stream.end(Buffer.from(`${length} bytes`));
    },
    aborted: () => undefined,
  });
}

beforeEach(async () => {
  server = await startEngine(serve);
});

afterEach(() => server.stop());

describe("a request with `Expect: 100-continue`, by curl", () => {
  let directory: string;
  let program: string;

  beforeAll(async () => {
    program = await foreignCommand("curl");
    directory = mkdtempSync(join(tmpdir(), "trefoil-expect-"));
    writeFileSync(join(directory, "body"), Buffer.alloc(bodyBytes, "x"));
  }, installationPatience);

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** @returns what came of it, and the lines of the responses' heads */
  async function curl(path: string): Promise<{ body: string; statuses: string[] }> {
    const { stdout, stderr } = await run(program, [
      "--disable",
      "--verbose",
      "--no-progress-meter",
      "--http2-prior-knowledge",
      "--header",
      "Expect: 100-continue",
      "--data-binary",
      `@${join(directory, "body")}`,
      `http://127.0.0.1:${server.port}${path}`,
    ]);
    const statuses = [...stderr.matchAll(/^< (HTTP\/2 \d+)/gm)].map(([, status]) => status ?? "");
    return { body: stdout, statuses };
  }

  it("gets 100 when its body is taken, then its answer", async () => {
    expect(await curl("/taken")).toEqual({
      body: `${bodyBytes} bytes`,
      statuses: ["HTTP/2 100", "HTTP/2 200"],
    });
  });

  it("gets no 100 where it is refused, and sends nothing of its body", async () => {
    const { statuses } = await curl("/refused");
    expect(statuses).toEqual(["HTTP/2 413"]);
    expect(server.sockets[0]!.bytesRead).toBeLessThan(bodyBytes / 2);
  });
});

describe("a request with `Expect: 100-continue`", () => {
  let peer: RawPeer;

  beforeEach(async () => {
    peer = await server.connect();
  });

  const asking = (path: string, expectation = "100-continue") =>
    requestBlock({ method: "POST", path, extra: [["expect", expectation]] });
  const heads = () => peer.framesOf(FrameType.headers, 1).length;

  it("gets 100 before anything of its body has come, whatever the case of its letters", async () => {
    peer.send(headersFrame(1, asking("/", "100-Continue"), { endStream: false }));
    await peer.until(() => heads() > 0);
    expect(peer.statusOf(1)).toBe(100);
    expect(peer.endedOf(1)).toBe(false);
    peer.send(dataFrame(1, Buffer.from("abc"), { endStream: true }));
    await peer.until(() => peer.endedOf(1));
    expect(heads()).toBe(2);
    expect(peer.dataOf(1)).toBe("3 bytes");
  });

  it.each([
    [
      "whose body is here already",
      () => [
        headersFrame(1, asking("/"), { endStream: false }),
        dataFrame(1, Buffer.from("abc"), { endStream: true }),
      ],
    ],
    ["that has no body", () => [headersFrame(1, asking("/"))]],
    [
      "that expects something else",
      () => [
        headersFrame(1, asking("/", "miracles"), { endStream: false }),
        dataFrame(1, Buffer.from(""), { endStream: true }),
      ],
    ],
  ])("%s gets its answer alone", async (_name, bytes) => {
    peer.send(...bytes());
    await peer.until(() => peer.endedOf(1));
    expect(peer.statusOf(1)).toBe(200);
    expect(heads()).toBe(1);
  });

  it("gets no 100 after its answer", async () => {
    await server.stop();
    server = await startEngine((stream) => {
      stream.respond(200, {});
      stream.receive({ data: () => undefined, end: () => stream.end(), aborted: () => undefined });
    });
    peer = await server.connect();
    peer.send(headersFrame(1, asking("/"), { endStream: false }));
    await peer.until(() => heads() > 0);
    peer.send(dataFrame(1, Buffer.from("abc"), { endStream: true }));
    await peer.until(() => peer.endedOf(1));
    expect(peer.statusOf(1)).toBe(200);
    expect(heads()).toBe(1);
  });
});
