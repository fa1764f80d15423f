// One request of a browser: who it is, which language it wants, and the forms that it is given and sends back.

import { TrefoilError } from "@trefoil/protocol/errors";
import { type AuthBindings, type Caller, callerOf } from "../http/caller.js";
import type { EndpointLimits } from "../limits/endpoint-limits.js";
import { type Random, newSecret } from "../secrets.js";
import { continueParameter } from "./continue-path.js";
import { clearCookie, cookieNames, cookieOf, setCookie } from "./cookies.js";
import { hiddenField, tokenField } from "./form-fields.js";
import { type FormTokens, formLifetime } from "./form-tokens.js";
import { type Language, acceptedLanguage, asLanguage } from "./language.js";
import { type Html, type Page, languageParameter, pageAnswer, seeOther } from "./page.js";
import { PageForm } from "./page-form.js";
import { pageWords } from "./page-words.js";
import type { Session, Sessions } from "./sessions.js";

export interface VisitParts {
  readonly formTokens: FormTokens;
  readonly sessions: Sessions;
  readonly random: Random;
  readonly limits: EndpointLimits;
}

/** A form that was sent: it may be acted on only where `refused` is undefined. */
export interface SentForm {
  readonly form: PageForm;
  /** Why it is not acted on, in a sentence for the person; the page is shown again with a fresh form. */
  readonly refused: { readonly sentence: string; readonly status: number } | undefined;
}

/** Cookies that pages keep for a while. */
type PassingCookie = (typeof cookieNames)["recovery" | "outside"];

/** How long the language that was picked is kept. Seconds. */
const languageLifetime = 365 * 86_400;

export class Visit {
  readonly request: Request;
  readonly url: URL;
  readonly caller: Caller;
  readonly language: Language;
  readonly #parts: VisitParts;
  #session: Session | undefined;
  /** `Set-Cookie` values of the answer, by the cookie's name. */
  readonly #cookies = new Map<string, string>();
  #visitorSecret: string | undefined;

  private constructor(
    parts: VisitParts,
    request: Request,
    bindings: AuthBindings | undefined,
    session: Session | undefined,
  ) {
    this.#parts = parts;
    this.request = request;
    this.url = new URL(request.url);
    this.caller = callerOf(request, bindings);
    this.#session = session;
    this.#visitorSecret = cookieOf(request, cookieNames.form);
    const picked = asLanguage(this.url.searchParams.get(languageParameter));
    this.language =
      picked ??
      asLanguage(cookieOf(request, cookieNames.language)) ??
      acceptedLanguage(request.headers.get("accept-language"));
    if (picked !== undefined) {
      this.#keep(cookieNames.language, setCookie(cookieNames.language, picked, languageLifetime));
    }
  }

  /** A visit of somebody who could not be looked up. */
  static ofNobody(parts: VisitParts, request: Request, bindings: AuthBindings | undefined): Visit {
    return new Visit(parts, request, bindings, undefined);
  }

  static async open(
    parts: VisitParts,
    request: Request,
    bindings: AuthBindings | undefined,
  ): Promise<Visit> {
    const secret = cookieOf(request, cookieNames.session);
    const session = secret === undefined ? undefined : await parts.sessions.find(secret);
    return new Visit(parts, request, bindings, session);
  }

  /** Who is signed in. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The address that was asked for, as a path: where a form of the page is sent. It leaves out what a link had marked. */
  get here(): string {
    // Two slashes at the beginning would name another host.
    return `${this.url.pathname.replace(/^\/+/, "/")}${this.url.search}`;
  }

  /** A parameter of the address; empty where there is none. */
  query(name: string): string {
    return this.url.searchParams.get(name) ?? "";
  }

  /** Sends the browser to the sign-in, and from there back to this page. */
  toSignIn(): Response {
    const back = new URLSearchParams({ [continueParameter]: this.here });
    return this.redirect(`/sign-in?${back.toString()}`);
  }

  /** Begins a session in this browser; one that was there before ends. */
  async signIn(accountId: string): Promise<void> {
    const { sessions } = this.#parts;
    if (this.#session !== undefined) await sessions.end(this.#session.secret);
    this.adopt(await sessions.start(accountId));
  }

  /** Takes over a session that was begun elsewhere. */
  adopt(secret: string): void {
    const { lifetime } = this.#parts.sessions;
    this.#keep(cookieNames.session, setCookie(cookieNames.session, secret, lifetime));
  }

  /** Ends the session of this browser. */
  async signOut(): Promise<void> {
    if (this.#session !== undefined) await this.#parts.sessions.end(this.#session.secret);
    this.#session = undefined;
    this.#keep(cookieNames.session, clearCookie(cookieNames.session));
    this.dropCookie(cookieNames.recovery);
  }

  /** Keeps a cookie in the browser; of several with one name the last counts. */
  keepCookie(name: PassingCookie, value: string, maxAge: number): void {
    this.#keep(name, setCookie(name, value, maxAge));
  }

  dropCookie(name: PassingCookie): void {
    this.#keep(name, clearCookie(name));
  }

  /** What forms of somebody who is not signed in are bound to: a cookie, set along with the page where it is new. */
  get visitorSecret(): string {
    if (this.#visitorSecret === undefined) {
      this.#visitorSecret = newSecret(this.#parts.random);
      const age = formLifetime / 1_000;
      this.#keep(cookieNames.form, setCookie(cookieNames.form, this.#visitorSecret, age));
    }
    return this.#visitorSecret;
  }

  /**
   * The hidden field that a form of ours has.
   * @param purpose what the form is for, with what it is about
   * @param secret what only this browser has; default: its session's cookie, else the visitor's
   */
  formToken(purpose: string, secret?: string): Html {
    const bound = secret ?? this.#session?.secret ?? this.visitorSecret;
    return hiddenField(tokenField, this.#parts.formTokens.issue(bound, purpose));
  }

  /**
   * Reads a form that was sent, and uses its token up.
   * @param purpose @param secret as they were for {@link formToken}
   * @throws TrefoilError where the body is no form; `too_many_requests`
   */
  async readForm(purpose: string, secret?: string): Promise<SentForm> {
    this.#parts.limits.takeForm(this.caller.remoteAddress);
    const form = await PageForm.read(this.request);
    const bound = secret ?? this.#session?.secret ?? this.#visitorSecret;
    const words = pageWords[this.language];
    // Browsers say where a request comes from, beyond the reach of the page that sends it.
    const site = this.request.headers.get("sec-fetch-site");
    const isForeign = site !== null && site !== "same-origin" && site !== "none";
    const state =
      bound === undefined || isForeign
        ? "forged"
        : await this.#parts.formTokens.spend(bound, purpose, form.text(tokenField));
    switch (state) {
      case "good":
        return { form, refused: undefined };
      case "forged":
        return { form, refused: { sentence: words.formForeign, status: 403 } };
      case "stale":
        return { form, refused: { sentence: words.formSpent, status: 409 } };
    }
  }

  /** Answers with a page in this visit's language. */
  page(page: Omit<Page, "language" | "url" | "account" | "cookies">): Promise<Response> {
    return pageAnswer({
      ...page,
      language: this.language,
      url: this.url,
      account: this.#session?.label,
      cookies: [...this.#cookies.values()],
    });
  }

  /** Answers 303 with what this visit keeps in the browser. */
  redirect(location: string): Response {
    return seeOther(location, [...this.#cookies.values()]);
  }

  /** @throws TrefoilError `method_not_allowed` for anything but GET, HEAD and POST */
  get isPost(): boolean {
    const { method } = this.request;
    if (method === "POST") return true;
    if (method === "GET" || method === "HEAD") return false;
    throw new TrefoilError("method_not_allowed", "The method must be GET or POST.", {
      headers: { allow: "GET, HEAD, POST" },
    });
  }

  #keep(name: string, header: string): void {
    this.#cookies.set(name, header);
  }
}
