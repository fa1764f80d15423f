// A node:http listener answering Fetch requests.

import { createServer } from "node:http";
import { expect, it } from "vitest";
import { answerByListener } from "./node-exchange.js";

const origin = "https://id.example:8443";
type Listener = Parameters<typeof answerByListener>[0];
const ask = (listener: Listener, init: RequestInit = {}, path = "/a/b?c=d") =>
  answerByListener(listener, new Request(`https://any.host${path}`, init), {
    origin,
    remoteAddress: "192.0.2.7",
    maxBody: 65_536,
  });

it("hands over method, target, headers, body and peer; the host is the configured one", async () => {
  const answer = await ask(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method, url, headers, socket } = request;
        const seen = {
          method,
          url,
          host: headers.host,
          type: headers["content-type"],
          length: headers["content-length"],
          address: socket.remoteAddress,
          encrypted: "encrypted" in socket,
          body: Buffer.concat(chunks).toString(),
        };
        response.end(JSON.stringify(seen));
      });
    },
    { method: "POST", body: "größe=1", headers: { "content-type": "text/x", host: "evil" } },
  );
  expect(await answer.json()).toEqual({
    method: "POST",
    url: "/a/b?c=d",
    host: "id.example:8443",
    type: "text/x",
    length: "9",
    address: "192.0.2.7",
    encrypted: true,
    body: "größe=1",
  });
});

it("hands back status, headers, each cookie, and the body in whatever pieces it was written", async () => {
  const answer = await ask((_, response) => {
    response.statusCode = 418;
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.setHeader("x-one", "1");
    response.write("grö");
    response.write(Buffer.from("ß"));
    response.end("65", "hex");
  });
  expect(answer.status).toBe(418);
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(answer.headers.get("x-one")).toBe("1");
  expect(answer.headers.get("transfer-encoding")).toBeNull();
  expect(await answer.text()).toBe("größe");
});

it.each([204, 303, 304])("takes an answer %i without a body", async (status) => {
  const answer = await ask((_, response) => response.writeHead(status, { location: "/x" }).end());
  expect(answer.status).toBe(status);
  expect(await answer.text()).toBe("");
});

it("carries what a real server would, piece by piece", async () => {
  const body = "x".repeat(300_000);
  const listener: Listener = (_, response) => {
    for (let at = 0; at < body.length; at += 1_000) response.write(body.slice(at, at + 1_000));
    response.end();
  };
  expect(await (await ask(listener)).text()).toBe(body);
  // The same listener on a server of Node's own: it is an ordinary one.
  const server = createServer(listener).listen(0, "127.0.0.1");
  const { port } = await new Promise<{ port: number }>((resolve) =>
    server.once("listening", () => resolve(server.address() as { port: number })),
  );
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(body);
  server.close();
});

it("fails where the listener breaks the answer off", async () => {
  await expect(ask((_, response) => void response.destroy())).rejects.toThrow("broken off");
});

it("hides the path that a listener is mounted at, and tells where to find it", async () => {
  const answer = await answerByListener(
    (request, response) => {
      const { originalUrl } = request as typeof request & { readonly originalUrl: string };
      response.end(`${request.url} of ${originalUrl}`);
    },
    new Request("https://any.host/oidc/auth?x=1"),
    { origin, remoteAddress: "::1", maxBody: 1, mountPath: "/oidc" },
  );
  expect(await answer.text()).toBe("/auth?x=1 of /oidc/auth?x=1");
});

it("waits for a listener that answers a good while after it read the body", async () => {
  const answer = await ask(
    (request, response) => {
      void (async () => {
        let read = 0;
        for await (const chunk of request) read += (chunk as Buffer).byteLength;
        for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
        response.end(String(read));
      })();
    },
    { method: "POST", body: "x".repeat(1_000) },
  );
  expect(await answer.text()).toBe("1000");
});
