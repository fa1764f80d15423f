// A browser without scripts, as far as the pages of the authorization server need one: it keeps cookies, reads a page, and
// sends its form with the fields that it found there.

import type { Harness } from "./harness.js";

/** A page, or the answer to a form. */
export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where a redirect leads; null where there is none. */
  readonly location: string | null;
  /** The address of the page itself. */
  readonly url: string;
}

export interface BrowserOptions {
  readonly language?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Sent {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What answers: a server in this process, or one that is reached some other way. */
export type Visited =
  | Pick<Harness, "server">
  | { readonly fetch: (request: Request) => Promise<Response> };

/** Opens pages and sends forms. */
export class Browser {
  readonly #visited: Visited;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #cookies = new Map<string, string>();

  constructor(visited: Visited, options: BrowserOptions = {}) {
    this.#visited = visited;
    this.#headers = {
      ...(options.language === undefined ? {} : { "accept-language": options.language }),
      ...options.headers,
    };
  }

  open(url: string, method = "GET"): Promise<Shown> {
    return this.#fetch(url, { method });
  }

  /**
   * Sends the form of a page.
   * @param fields what the person typed, ticked or pressed, over the hidden fields of the page
   */
  submit(page: Shown, fields: Readonly<Record<string, string>>): Promise<Shown> {
    return this.post(page.url, { ...hiddenFields(page.html), ...fields });
  }

  post(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Shown> {
    const body = new URLSearchParams(fields).toString();
    return this.#fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(body.length),
        ...headers,
      },
      body,
    });
  }

  async #fetch(url: string, init: Sent): Promise<Shown> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request(url, {
      ...init,
      headers: { ...this.#headers, ...(cookie === "" ? {} : { cookie }), ...init.headers },
    });
    const response =
      "fetch" in this.#visited
        ? await this.#visited.fetch(request)
        : await this.#visited.server.app.fetch(request, { remoteAddress: "192.0.2.1" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return {
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      location: response.headers.get("location"),
      url,
    };
  }
}

function hiddenFields(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, name = "", value = ""] of html.matchAll(
    /<input type="hidden" name="([^"]*)" value="([^"]*)" \/>/g,
  )) {
    fields[name] = unescaped(value);
  }
  return fields;
}

function unescaped(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
