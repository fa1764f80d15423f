// HTTP/1.1 written by hand on a TLS socket that offers no ALPN: what the oldest devices do.

import { once } from "node:events";
import { type ConnectionOptions, connect } from "node:tls";

/** An answer, to the letter. */
export interface Http1Answer {
  readonly status: number;
  /** Names as they were written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  header(name: string): string | undefined;
  readonly body: string;
  json(): Record<string, unknown>;
}

/**
 * Sends bytes on a connection of its own, and reads until the server ends it.
 * @param request the whole request; it should say `Connection: close`
 */
export async function exchange(
  port: number,
  request: string | Uint8Array,
  options: ConnectionOptions = {},
): Promise<Http1Answer> {
  // No server name and no look at the certificate: many devices do neither.
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  if (socket.alpnProtocol !== false && options.ALPNProtocols === undefined) {
    throw new Error("The server chose a protocol that was not offered.");
  }
  socket.write(request);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return parse(Buffer.concat(chunks));
}

/** POSTs a form (or another body, with its content type among the headers). */
export function postForm(
  port: number,
  target: string,
  form: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Http1Answer> {
  const body = typeof form === "string" ? form : new URLSearchParams(form).toString();
  const fields = {
    host: "auth.clova.ai",
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
    ...headers,
  };
  return exchange(port, `POST ${target} HTTP/1.1\r\n${lines(fields)}\r\n${body}`);
}

/** GETs an address. */
export function get(
  port: number,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  options: ConnectionOptions = {},
): Promise<Http1Answer> {
  const fields = { host: "auth.clova.ai", connection: "close", ...headers };
  return exchange(port, `GET ${target} HTTP/1.1\r\n${lines(fields)}\r\n`, options);
}

function lines(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}

function parse(bytes: Buffer): Http1Answer {
  const end = bytes.indexOf("\r\n\r\n");
  const [statusLine = "", ...headerLines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = headerLines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const header = (name: string) => headers.find(([own]) => own.toLowerCase() === name)?.[1];
  const raw = bytes.subarray(end + 4);
  const body = (header("transfer-encoding") === "chunked" ? joinChunks(raw) : raw).toString("utf8");
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]),
    headers,
    header,
    body,
    json: () => JSON.parse(body) as Record<string, unknown>,
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
