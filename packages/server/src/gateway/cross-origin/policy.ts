// Which pages of other origins may use this server, and the headers that tell their browser so.
//
// No answer ever has Access-Control-Allow-Credentials: who asks is said by a bearer token that the page puts into its
// request, never by a cookie that a browser adds by itself, so a page has nothing to gain from a person's session here.
// @see https://fetch.spec.whatwg.org/#http-cors-protocol

/** Headers by their lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** The answer to a preflight. */
export interface Preflight {
  readonly status: 204;
  readonly headers: AnswerHeaders;
}

/** Headers of a request that a page may set: those that the client sends, and those that devices may. */
const requestHeaders = [
  "authorization",
  "content-type",
  "accept",
  "x-clova-device-tags",
  "x-device-name",
  "x-device-ruid",
] as const;

/** Headers of an answer that its script may read besides those that every script may. */
const readableHeaders = ["retry-after", "www-authenticate"] as const;

/** How long a browser may remember a preflight. Browsers have bounds of their own, as two hours in Chromium. Seconds. */
const preflightAge = 7_200;

/** The pages that are let in; made from the setting `gateway.allowedOrigins`. */
export class CrossOriginPolicy {
  readonly #everyone: boolean;
  readonly #origins: ReadonlySet<string>;

  /** @param allowed exact origins, or `["*"]` for every page, or none */
  constructor(allowed: readonly string[]) {
    this.#everyone = allowed.includes("*");
    this.#origins = new Set(allowed);
  }

  /**
   * What an answer to a page of that origin has more than one to a device. Undefined where the answer stays as it is: there
   * is no origin, or it is not let in.
   * @param origin the request's `Origin` header
   */
  headersFor(origin: string | undefined): AnswerHeaders | undefined {
    const who = this.#admitted(origin);
    return who === undefined
      ? undefined
      : { ...who, "access-control-expose-headers": readableHeaders.join(", ") };
  }

  /**
   * The answer to a preflight, or undefined where the request is none or its page is not let in.
   * @param request its method, and its headers by their lower-case names
   * @param methods what the path takes
   */
  preflight(
    request: {
      readonly method: string;
      readonly header: (name: string) => string | undefined;
    },
    methods: readonly string[],
  ): Preflight | undefined {
    if (request.method !== "OPTIONS") return undefined;
    if (request.header("access-control-request-method") === undefined) return undefined;
    const who = this.#admitted(request.header("origin"));
    if (who === undefined) return undefined;
    return {
      status: 204,
      headers: {
        ...who,
        "access-control-allow-methods": methods.join(", "),
        "access-control-allow-headers": requestHeaders.join(", "),
        "access-control-max-age": String(preflightAge),
      },
    };
  }

  #admitted(origin: string | undefined): AnswerHeaders | undefined {
    if (origin === undefined) return undefined;
    if (this.#everyone) return { "access-control-allow-origin": "*" };
    if (!this.#origins.has(origin)) return undefined;
    // A cache must not give one page the answer that another was given.
    return { "access-control-allow-origin": origin, vary: "Origin" };
  }
}
