// One HTTP/1.1 request on a connection of its own, as plain as can be: what comes back is what the server wrote.

import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TlsOptions } from "@trefoil/client/node";
import { Violation } from "../verdict.js";

/** An answer, whole. */
export interface WebAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Members of the body, where it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Milliseconds from the request to the end of the answer. */
  readonly took: number;
}

/** What to ask. */
export interface WebRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Longest answer that is taken. Bytes. */
const maxBody = 1_048_576;

/**
 * Asks once.
 * @param timeout milliseconds until the answer must be whole
 * @throws {Violation} where no answer comes
 */
export async function webRequest(
  url: URL,
  tls: TlsOptions,
  timeout: number,
  { method = "GET", headers = {}, body }: WebRequest = {},
): Promise<WebAnswer> {
  const begun = performance.now();
  const send = url.protocol === "http:" ? httpRequest : httpsRequest;
  const outgoing = send(url, {
    method,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    },
    agent: false,
    rejectUnauthorized: tls.insecure !== true,
    signal: AbortSignal.timeout(timeout),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  });
  try {
    outgoing.end(body);
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of incoming.setEncoding("utf8")) {
      text += chunk as string;
      if (text.length > maxBody) throw new Error("a body of more than 1 MiB");
    }
    return {
      status: incoming.statusCode ?? 0,
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: text,
      json: membersOf(text),
      took: performance.now() - begun,
    };
  } catch (error) {
    outgoing.destroy();
    throw new Violation(
      `an answer to ${method} ${url.pathname} within ${timeout / 1000} s`,
      describeFailure(error),
    );
  }
}

/** Members whose values are shown in reports. Everything else may be a secret. */
const shown: ReadonlySet<string> = new Set([
  "error",
  "error_description",
  "expires_in",
  "token_type",
  "state",
]);

/** An answer in a few words, without what is secret in it. */
export function describe({ status, headers, json, body }: WebAnswer): string {
  const members = Object.entries(json).map(([name, value]) =>
    shown.has(name) ? `${name}: ${JSON.stringify(value)}` : name,
  );
  if (members.length > 0) return `status ${status} with ${members.join(", ")}`;
  const type = headers["content-type"];
  return `status ${status} with ${body === "" ? "no body" : `a body that is no JSON object (${type ?? "no Content-Type"})`}`;
}

/** A failure of the network in a few words. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError" || error.name === "TimeoutError") return "no answer";
  if (error instanceof AggregateError && error.errors.length > 0) {
    return describeFailure(error.errors[0]);
  }
  return error.message === "" ? error.name : error.message;
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
