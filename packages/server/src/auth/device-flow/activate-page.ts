// `/activate`: a person who is signed in types the code that a device shows, sees which device that is, and lets it in or not.
// @see https://www.rfc-editor.org/rfc/rfc8628#section-3.3

import { html } from "hono/html";
import { TrefoilError } from "@trefoil/protocol/errors";
import { networkOf } from "../../identity/index.js";
import type { DeviceAuthorizationRecord } from "../../storage/index.js";
import { sessionOf } from "../pages/account/context.js";
import type { AccountPagesContext } from "../pages/account/context.js";
import { type FormProblem, problemSummary, textField } from "../pages/form-fields.js";
import { moment } from "../pages/moment.js";
import type { PageForm } from "../pages/page-form.js";
import type { Visit } from "../pages/visit.js";
import { digestOf } from "../secrets.js";
import { type DocumentState, decideTerms, isOutstanding } from "../terms/agreement.js";
import { boxName, documentSections, purposeOf } from "../terms/terms-page.js";
import { nameOf } from "../terms/terms-registry.js";
import { accountWords } from "../pages/account/words/index.js";
import { userCodeParameter } from "./device-authorization.js";
import { shownUserCode, typedUserCode, userCodeFieldLength, userCodeHash } from "./user-code.js";
import { activateWords } from "./words.js";

/**
 * How many codes may be looked up, the right ones among them: nothing gives tries back but time. One account that types
 * the codes of its devices stays far below.
 */
const lookupsPerAccount = { attempts: 20, window: 900_000 };
const lookupsPerNetwork = { attempts: 120, window: 900_000 };

export async function activatePage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  if (visit.isPost) return decide(context, visit);
  // The form sends an empty field too: whoever sent it is told what is missing.
  return visit.url.searchParams.has(userCodeParameter)
    ? lookUp(context, visit, visit.query(userCodeParameter))
    : showForm(visit, "", [], 200);
}

async function lookUp(
  context: AccountPagesContext,
  visit: Visit,
  typed: string,
): Promise<Response> {
  const words = activateWords[visit.language];
  const wrong = (sentence: string, status: number, retryAfter?: number) =>
    showForm(visit, typed, [{ field: userCodeParameter, sentence }], status, retryAfter);
  if (typed.trim() === "") return wrong(words.missing, 422);
  // What can be no code is no try: nothing was learnt by it.
  const code = typedUserCode(typed);
  if (code === undefined) return wrong(words.malformed, 422);
  const retryAfter = countLookup(context, visit);
  if (retryAfter !== undefined) {
    return wrong(accountWords[visit.language].busy(retryAfter), 429, retryAfter);
  }
  const { database, clock } = context;
  const hash = userCodeHash(code);
  const waiting = await database.stores.deviceAuthorizations.findWaiting(hash, clock.now());
  if (waiting === undefined) {
    record(context, visit, "access_denied");
    return wrong(words.unknown, 404);
  }
  return showDevice(context, visit, code, waiting, [], 200);
}

/** @returns the seconds to wait where too many codes were looked up */
function countLookup(context: AccountPagesContext, visit: Visit): number | undefined {
  const { accountId } = sessionOf(visit);
  const network = networkOf(visit.caller.remoteAddress);
  return context.limiter.take(
    [
      { key: digestOf(`user code account ${accountId}`), limit: lookupsPerAccount },
      { key: digestOf(`user code network ${network}`), limit: lookupsPerNetwork },
    ],
    context.clock.now(),
  );
}

/** The form of the second page. Its token is given out with a code that was looked up: guessing here leads nowhere. */
async function decide(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = activateWords[visit.language];
  const { accountId } = sessionOf(visit);
  const { database, clock } = context;
  const code = typedUserCode(visit.query(userCodeParameter)) ?? "";
  const states = await context.terms.statesOf(accountId);
  const { form, refused } = await visit.readForm(purposeOfDevice(code, states));
  if (refused !== undefined) {
    return showForm(visit, shownUserCode(code), [{ sentence: refused.sentence }], refused.status);
  }
  const hash = userCodeHash(code);
  const clientId = (await database.stores.deviceAuthorizations.findWaiting(hash, clock.now()))
    ?.clientId;
  const gone = () => showForm(visit, "", [{ field: userCodeParameter, sentence: words.gone }], 409);
  if (form.text("decision") !== "allow") {
    if (!(await database.stores.deviceAuthorizations.decide(hash, "denied", null, clock.now()))) {
      return gone();
    }
    record(context, visit, "denied", { clientId });
    return visit.page({
      title: words.deniedTitle,
      content: html`<div class="card"><p>${words.denied}</p></div>`,
    });
  }
  const terms = decideTermsOf(states, form);
  if (terms === undefined) {
    const waiting = await database.stores.deviceAuthorizations.findWaiting(hash, clock.now());
    const problems = [{ sentence: words.termsMissing }];
    return waiting === undefined
      ? gone()
      : showDevice(context, visit, code, waiting, problems, 422);
  }
  const approved = await database.write(async (stores) => {
    const now = clock.now();
    if (!(await stores.deviceAuthorizations.decide(hash, "approved", accountId, now))) return false;
    await context.terms.recordIn(stores, terms, {
      accountId,
      language: visit.language,
      clientId: null,
    });
    return true;
  });
  if (!approved) return gone();
  record(context, visit, "ok", { clientId, terms: terms.map(nameOf).join(" ") });
  return visit.redirect("/account?done=activated");
}

/** The documents that are agreed to along with it, or undefined where a required one was left out. */
function decideTermsOf(
  states: readonly DocumentState[],
  form: PageForm,
): readonly DocumentState["document"][] | undefined {
  const decision = decideTerms(states, false, ({ id }) => form.ticked(boxName(id)));
  return decision.kind === "agreed" ? decision.documents : undefined;
}

function purposeOfDevice(code: string, states: readonly DocumentState[]): string {
  return `activate ${code} ${purposeOf(states)}`;
}

function record(
  context: AccountPagesContext,
  visit: Visit,
  outcome: string,
  about: { readonly clientId?: string | undefined; readonly terms?: string } = {},
): void {
  const { clientId, terms = "" } = about;
  context.audit.record({
    event: "device.activate",
    outcome,
    clientId,
    accountId: sessionOf(visit).accountId,
    remoteAddress: visit.caller.remoteAddress,
    detail: terms === "" ? undefined : `agreed to ${terms}`,
  });
}

/** The first page: a field for the code. It is sent in the address, as the link of a QR code is. */
function showForm(
  visit: Visit,
  typed: string,
  problems: readonly FormProblem[],
  status: number,
  retryAfter?: number,
): Promise<Response> {
  const words = activateWords[visit.language];
  return visit.page({
    title: words.title,
    status,
    headers: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
    hasProblem: problems.length > 0,
    content: html`${problemSummary(visit.language, problems)}
      <div class="card">
        <p>${words.lead}</p>
        <form method="get" action="/activate" novalidate>
          ${textField(
            {
              name: userCodeParameter,
              label: words.code,
              hint: words.codeHint,
              value: typed,
              autocomplete: "off",
              maxLength: userCodeFieldLength,
              isCode: true,
            },
            problems,
          )}
          <p><button class="wide">${words.submit}</button></p>
        </form>
      </div>`,
  });
}

/** The second page: which device it is, and the two answers. @see https://www.rfc-editor.org/rfc/rfc8628#section-5.4 */
async function showDevice(
  context: AccountPagesContext,
  visit: Visit,
  code: string,
  waiting: DeviceAuthorizationRecord,
  problems: readonly FormProblem[],
  status: number,
): Promise<Response> {
  const words = activateWords[visit.language];
  const { language } = visit;
  const { accountId } = sessionOf(visit);
  const client = await context.database.stores.clients.get(waiting.clientId);
  if (client === undefined) throw new TrefoilError("not_found", "There is no such client.");
  const states = await context.terms.statesOf(accountId);
  const asksTerms = isOutstanding(states);
  const { reportedName, modelId, deviceId, remoteAddress, createdAt } = waiting;
  return visit.page({
    title: words.confirmTitle,
    status,
    hasProblem: problems.length > 0,
    narrow: !asksTerms,
    content: html`${problemSummary(language, problems)}
      <div class="card">
        <dl>
          <dt>${words.shown}</dt>
          <dd><strong>${shownUserCode(code)}</strong></dd>
          ${
            reportedName === null
              ? ""
              : html`<dt>${words.name}</dt>
                  <dd>${reportedName}</dd>`
          }
          <dt>${words.app}</dt>
          <dd>${client.name}</dd>
          <dt>${words.model}</dt>
          <dd><bdi>${modelId}</bdi></dd>
          <dt>${words.deviceId}</dt>
          <dd><bdi>${deviceId}</bdi></dd>
          <dt>${words.askedFrom}</dt>
          <dd>${remoteAddress}</dd>
          <dt>${words.asked}</dt>
          <dd>${moment(language, createdAt, context.clock.now())}</dd>
        </dl>
        <p>${words.warning}</p>
      </div>
      <form method="post" action="${visit.here}" novalidate>
        ${visit.formToken(purposeOfDevice(code, states))}
        ${
          asksTerms
            ? html`<h2>${words.terms}</h2>
                ${documentSections(states, language)}`
            : ""
        }
        <p class="actions">
          <button name="decision" value="allow">${words.allow}</button>
          <button class="second" name="decision" value="deny">${words.deny}</button>
        </p>
      </form>`,
  });
}
