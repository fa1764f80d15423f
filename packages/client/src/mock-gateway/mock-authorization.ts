// An authorization server made of a function: gives tokens to whoever asks, until it is told otherwise.

import type { HttpAnswer, HttpExchange, HttpRequest } from "../http/index.js";

/** What the mock was asked. */
export interface MockAuthorizationRequest {
  /** `/authorize` or `/token`. */
  readonly path: string;
  readonly grantType: string | null;
  readonly form: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers one request; undefined leaves it to the mock. */
export type MockAuthorizationAnswer = (
  request: MockAuthorizationRequest,
) => HttpAnswer | Promise<HttpAnswer> | undefined;

/**
 * Hand its {@link http} to `createClient`: everybody is let in, with tokens `access-1`, `refresh-1`, `access-2`, and so on.
 */
export class MockAuthorization {
  readonly requests: MockAuthorizationRequest[] = [];
  /** Answers for the next requests, one each. */
  readonly next: MockAuthorizationAnswer[] = [];
  /** How long tokens live, in seconds. */
  lifetime = 332_000;
  #given = 0;

  /** The exchange for `ClientOptions.http`. */
  readonly http: HttpExchange = async (request: HttpRequest): Promise<HttpAnswer> => {
    const form = new URLSearchParams(request.body);
    const asked: MockAuthorizationRequest = {
      path: request.url.pathname,
      grantType: request.url.searchParams.get("grant_type") ?? form.get("grant_type"),
      form,
      headers: request.headers,
    };
    this.requests.push(asked);
    return (await this.next.shift()?.(asked)) ?? this.#answer(asked);
  };

  #answer({ path, grantType, form }: MockAuthorizationRequest): HttpAnswer {
    if (path.endsWith("/authorize")) return json(200, { code: "code", state: form.get("state") });
    if (!path.endsWith("/token")) return json(404, { error: "not_found" });
    if (grantType === "delete") return json(200, { expires_in: 1 });
    this.#given++;
    return json(200, {
      access_token: `access-${this.#given}`,
      refresh_token: `refresh-${this.#given}`,
      expires_in: this.lifetime,
      token_type: "Bearer",
    });
  }
}

/** An answer in JSON. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { status, headers, body: JSON.stringify(body) };
}
