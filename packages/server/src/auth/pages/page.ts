// What every page is: the frame around its content, and the headers that keep it from being framed, scripted or leaked.
// Pages work without JavaScript, in light and dark, by keyboard and by screen reader.

import { html } from "hono/html";
import { type Language, languageNames, languages } from "./language.js";
import { pageWords } from "./page-words.js";
import { stylesheetPath } from "./stylesheet.js";

/** A piece of a page. Values in `html` templates are escaped; attributes must be quoted. */
export type Html = ReturnType<typeof html>;

/** What a page is made of. */
export interface Page {
  readonly language: Language;
  /** Its heading, and its title in the browser. */
  readonly title: string;
  readonly content: Html;
  /** What was asked for: the footer links to the same page in the other languages. */
  readonly url: URL;
  /** Who is signed in, as they know themselves. */
  readonly account?: string | undefined;
  /** Pages of one form are narrow. Default true. */
  readonly narrow?: boolean;
  /** Default 200. */
  readonly status?: number;
  /** Whether it comes back because the form was not in order: the title says so first. */
  readonly hasProblem?: boolean;
  /**
   * Where its forms may lead besides this server: origins (`https://app.example`) or schemes (`clova:`). Browsers hold
   * redirects that answer a form against this list too.
   */
  readonly formTargets?: readonly string[];
  /** `Set-Cookie` values. */
  readonly cookies?: readonly string[];
  /** Further headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer that shows a page. */
export async function pageAnswer(page: Page): Promise<Response> {
  const { cookies = [], status = 200, formTargets = [] } = page;
  const headers = new Headers({
    ...page.headers,
    "content-type": "text/html; charset=utf-8",
    "content-language": page.language,
    "cache-control": "no-store",
    vary: "accept-language, cookie",
    // No scripts at all, styles from here alone, and nobody may put it into a frame (RFC 9700 section 4.16).
    "content-security-policy": [
      "default-src 'none'",
      "style-src 'self'",
      "img-src 'self'",
      `form-action ${["'self'", ...formTargets.filter(isSource)].join(" ")}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    // Codes stand in addresses of pages: no other site may read them there (RFC 9700 section 4.2.4).
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(String(await documentOf(page)), { status, headers });
}

/** The answer to a form that did its work: the browser gets the next page, and a reload sends nothing again. */
export function seeOther(location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({
    location,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** An origin or a scheme, and nothing that could end the directive and begin another. */
function isSource(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*:(\/\/[\w.:[\]-]+)?$/i.test(target);
}

function documentOf(page: Page): Html {
  const { language, title, content, account, url } = page;
  const words = pageWords[language];
  const inTitle = page.hasProblem === true ? `${words.problem}: ${title}` : title;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${inTitle} - Trefoil</title>
        <link rel="icon" href="${iconPath}" type="image/svg+xml" />
        <link rel="stylesheet" href="${stylesheetPath}" />
      </head>
      <body>
        <a class="skip" href="#content">${words.skip}</a>
        <header>
          <a class="mark" href="/account">${mark}<span>Trefoil</span></a>
          ${account === undefined ? "" : html`<span class="who">${account}</span>`}
        </header>
        <main id="content" tabindex="-1" ${page.narrow === false ? "" : html` class="narrow"`}>
          <h1>${title}</h1>
          ${content}
        </main>
        <footer>
          <nav aria-label="${words.languages}">
            <ul>
              ${languages.map((other) =>
                other === language
                  ? html`<li>
                      <span lang="${other}" aria-current="true">${languageNames[other]}</span>
                    </li>`
                  : html`<li>
                      <a href="${inLanguage(url, other)}" lang="${other}" hreflang="${other}"
                        >${languageNames[other]}</a
                      >
                    </li>`,
              )}
            </ul>
          </nav>
        </footer>
      </body>
    </html>`;
}

/** The name of the parameter that picks a language. */
export const languageParameter = "lang";

function inLanguage(url: URL, language: Language): string {
  const parameters = new URLSearchParams(url.search);
  parameters.set(languageParameter, language);
  // Two slashes at the beginning would name another host.
  return `${url.pathname.replace(/^\/+/, "/")}?${parameters.toString()}`;
}

/** Three leaves and a stem. */
const leaves = html`<circle cx="12" cy="6.6" r="4.4" /><circle cx="6.8" cy="13.4" r="4.4" /><circle
    cx="17.2"
    cy="13.4"
    r="4.4"
  /><path d="M11 11h2c0 5 .5 8 2.4 10.6l-1.9.9C11.5 19.7 11 16 11 11z" />`;
const mark = html`<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">
  ${leaves}
</svg>`;

/** Where the icon is. */
export const iconPath = "/assets/trefoil.svg";

export async function iconAnswer(): Promise<Response> {
  const icon = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#1b7a44">
    ${leaves}
  </svg>`;
  return new Response(String(await icon), {
    headers: {
      "content-type": "image/svg+xml",
      "cache-control": "public, max-age=86400",
      "x-content-type-options": "nosniff",
    },
  });
}
