// One listener for everything, because devices come with the names of the service they were made for and cannot be told
// others: whoever runs a server points these names at it.

import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { type ConnectionOptions, connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PeerResponse } from "../harness/peer.js";
import { readAsFirmware } from "../harness/firmware-reader.js";
import { get } from "./http1.js";
import { type Trefoil, signIn, startTrefoil } from "./trefoil.js";

let trefoil: Trefoil;
let token: string;

beforeAll(async () => {
  trefoil = await startTrefoil();
  token = (await signIn(trefoil, "anywhere")).access_token;
});

afterAll(() => trefoil.stop());

/** Which protocol the server chooses. */
async function handshake(options: ConnectionOptions): Promise<string | false | null> {
  const socket = connect({ port: trefoil.port, host: "127.0.0.1", ...options });
  await once(socket, "secureConnect");
  const { alpnProtocol } = socket;
  socket.destroy();
  await once(socket, "close");
  return alpnProtocol;
}

/** An HTTP/2 connection under any name. */
async function http2(servername: string): Promise<ClientHttp2Session> {
  const session = connectHttp2(`https://127.0.0.1:${trefoil.port}`, {
    ...(servername === "" ? {} : { servername }),
    rejectUnauthorized: false,
  });
  session.on("error", () => undefined);
  await once(session, "connect");
  return session;
}

async function end(session: ClientHttp2Session): Promise<void> {
  const closed = once(session, "close");
  await new Promise((resolve) => setImmediate(resolve));
  session.destroy();
  await closed;
}

const names = [
  "auth.clova.ai",
  "prod-ni-cic.clova.ai",
  "beta-cic.clova.ai:443",
  "localhost",
  "192.0.2.7",
  "[2001:db8::1]:8443",
  "under_score.example",
];

describe("one listener", () => {
  it.each(names)("serves sign-in over HTTP/1.1 to the host %s", async (host) => {
    const answer = await get(trefoil.port, "/authorize?client_id=x", { host });
    expect(answer.status).toBe(400);
    expect(answer.json()["error"]).toBe("invalid_request");
  });

  it.each(names)(
    "serves the gateway and sign-in on one HTTP/2 connection to the authority %s",
    async (authority) => {
      // A device of its own, for it may open two downchannels within a second, not more.
      const { access_token } = await signIn(trefoil, `at-${authority}`);
      const authorization = `Bearer ${access_token}`;
      const session = await http2("");
      const channel = new PeerResponse(
        session.request({
          ":path": "/v1/directives",
          ":authority": authority,
          authorization,
        }),
      );
      await channel.until(({ status }) => status !== undefined, "a status");
      expect(channel.status).toBe(200);
      const ping = new PeerResponse(
        session.request({
          ":path": "/ping",
          ":authority": authority,
          authorization,
        }),
      );
      expect((await ping.whenEnded()).status).toBe(204);
      const signingIn = new PeerResponse(
        session.request({ ":path": "/authorize?client_id=x", ":authority": authority }),
      );
      expect((await signingIn.whenEnded()).status).toBe(400);
      expect(JSON.parse(signingIn.body)).toMatchObject({ error: "invalid_request" });
      await end(session);
    },
  );

  it("speaks HTTP/2 to whoever offers it by ALPN, and HTTP/1.1 to everybody else", async () => {
    const lax = { rejectUnauthorized: false };
    expect(await handshake({ ...lax, ALPNProtocols: ["h2"] })).toBe("h2");
    expect(await handshake({ ...lax, ALPNProtocols: ["http/1.1", "h2"] })).toBe("h2");
    expect(await handshake({ ...lax, ALPNProtocols: ["http/1.1"] })).toBe("http/1.1");
    expect(await handshake(lax)).toBe(false);
  });

  it.each(["auth.clova.ai", "nobody.invalid", ""])(
    "shakes hands with a device that asks for the server name %j",
    async (servername) => {
      const name = servername === "" ? {} : { servername };
      expect(await handshake({ ...name, rejectUnauthorized: false, ALPNProtocols: ["h2"] })).toBe(
        "h2",
      );
    },
  );

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "takes %s from a device that verifies the certificate",
    async (version) => {
      expect(
        await handshake({
          ca: trefoil.ca,
          servername: "localhost",
          minVersion: version,
          maxVersion: version,
          ALPNProtocols: ["h2"],
        }),
      ).toBe("h2");
    },
  );

  it("refuses TLS 1.1", async () => {
    await expect(
      handshake({
        rejectUnauthorized: false,
        minVersion: "TLSv1.1",
        maxVersion: "TLSv1.1",
        ciphers: "DEFAULT@SECLEVEL=0",
      }),
    ).rejects.toThrow();
  });

  it.each(["/v1/directives", "/v1/events", "/ping"])(
    "answers 426 with System.Exception to GET %s over HTTP/1.1",
    async (path) => {
      const answer = await get(trefoil.port, path, { authorization: `Bearer ${token}` });
      expect(answer.status).toBe(426);
      expect(answer.header("upgrade")).toBe("h2");
      const reader = readAsFirmware(answer.header("content-type"), Buffer.from(answer.body));
      expect(reader.directives).toMatchObject([
        { name: "System.Exception", payload: { code: 426 } },
      ]);
    },
  );
});
