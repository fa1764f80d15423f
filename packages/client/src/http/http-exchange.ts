// The one HTTP request that authorization needs, as a port: `fetch` in a browser, node:https where a CA file is to be trusted.

import { TrefoilError } from "@trefoil/protocol/errors";
import { connectionFailure } from "../transport/index.js";

/** A request whose answer is small. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Its answer, whole. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as UTF-8. */
  readonly body: string;
}

/**
 * Makes one request. Does not follow redirects: tokens go to who they were meant for.
 * @throws {TrefoilError} `unavailable` where the peer cannot be reached, does not answer in time or answers too much
 */
export type HttpExchange = (request: HttpRequest) => Promise<HttpAnswer>;

/** How much of an answer is taken, and how long is waited for it. */
export const httpLimits = { maxBodyBytes: 1_048_576, timeout: 15_000 } as const;

/** Requests by the platform's `fetch`. */
export const fetchExchange: HttpExchange = async ({ method, url, headers, body }) => {
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      credentials: "omit",
      signal: AbortSignal.timeout(httpLimits.timeout),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await boundedText(response),
    };
  } catch (thrown) {
    throw connectionFailure(url.origin, thrown);
  }
};

async function boundedText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > httpLimits.maxBodyBytes) {
      await reader.cancel();
      throw new TrefoilError("unavailable", `The answer of ${response.url} is too long.`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
