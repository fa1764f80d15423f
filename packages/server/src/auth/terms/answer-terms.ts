// `GET|POST /terms`: where the app of a 451 sends its person. It always ends in a 302 that tells the app the outcome.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Logger } from "../../logging/index.js";
import type { Database } from "../../storage/index.js";
import type { AuditTrail } from "../audit-trail.js";
import type { AuthBindings } from "../http/caller.js";
import { readQueryParameters } from "../http/request.js";
import { Visit, type VisitParts } from "../pages/visit.js";
import { hashOf } from "../secrets.js";
import { type DocumentState, decideTerms } from "./agreement.js";
import { type ReturnAddress, type TermsOutcome, formTargetOf, locationOf } from "./outcome.js";
import {
  boxName,
  deadEnd,
  decisionField,
  decisions,
  purposeOf,
  termsContent,
} from "./terms-page.js";
import { type TermsRegistry, nameOf } from "./terms-registry.js";
import {
  type TermsAdmission,
  type TermsRequest,
  admitToTerms,
  readTermsRequest,
  termsParameters,
  termsPath,
} from "./terms-request.js";
import { termsWords } from "./words.js";

/** What the page works with. */
export interface TermsContext extends VisitParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly log: Logger;
  readonly terms: TermsRegistry;
}

/** One request of the page that may agree to something. */
interface OpenTerms {
  readonly visit: Visit;
  readonly request: TermsRequest;
  readonly admission: TermsAdmission & { readonly kind: "open" };
  /** Undefined where the app gave no redirect URI; else one that it registered. */
  readonly back: ReturnAddress | undefined;
  readonly states: readonly DocumentState[];
}

/** Answers a request. Never throws: what goes wrong is an outcome too. */
export async function answerTerms(
  context: TermsContext,
  request: Request,
  bindings: AuthBindings | undefined,
): Promise<Response> {
  /** Where a failure is reported: known to be the app's only once the code was looked up. */
  let back: ReturnAddress | undefined;
  try {
    const visit = await Visit.open(context, request, bindings);
    try {
      const asked = readTermsRequest(readQueryParameters(request, termsParameters));
      const admission = await admit(context, asked);
      if (admission.kind !== "open") return await refuse(visit, admission.kind);
      const { code, state, redirectUri } = asked;
      back = redirectUri === undefined ? undefined : { redirectUri, code, state };
      const states = await context.terms.statesOf(admission.accountId);
      const open = { visit, request: asked, admission, back, states };
      return visit.isPost ? await decide(context, open) : await show(open, 200);
    } catch (thrown) {
      const error = TrefoilError.from(thrown);
      if (error.wire.http >= 500) throw error;
      return await refuse(visit, "gone", error);
    }
  } catch (thrown) {
    context.log.error("The terms page failed.", { path: termsPath, err: thrown });
    return outcomeAnswer("server_error", back);
  }
}

async function admit(context: TermsContext, request: TermsRequest): Promise<TermsAdmission> {
  const { stores } = context.database;
  const record = await stores.authorizationCodes.find(hashOf(request.code));
  const client = record === undefined ? undefined : await stores.clients.get(record.clientId);
  return admitToTerms(record, client, request, context.clock.now());
}

function show(open: OpenTerms, status: number, problem?: string): Promise<Response> {
  const { visit, request, states } = open;
  const { language } = visit;
  return visit.page({
    title: termsWords[language].title,
    status,
    narrow: false,
    hasProblem: problem !== undefined,
    formTargets: [formTargetOf(request.redirectUri)],
    content: termsContent({
      language,
      states,
      token: visit.formToken(purposeOf(states), request.code),
      problems: problem === undefined ? [] : [{ sentence: problem }],
    }),
  });
}

async function decide(context: TermsContext, open: OpenTerms): Promise<Response> {
  const { visit, request, admission, states, back } = open;
  const { form, refused } = await visit.readForm(purposeOf(states), request.code);
  if (refused !== undefined) return show(open, refused.status, refused.sentence);
  const declined = form.text(decisionField) === decisions.decline;
  const decision = decideTerms(states, declined, ({ id }) => form.ticked(boxName(id)));
  const about = {
    clientId: admission.record.clientId,
    accountId: admission.accountId,
    remoteAddress: visit.caller.remoteAddress,
  };
  if (decision.kind !== "agreed") {
    context.audit.record({ ...about, event: "terms.agree", outcome: decision.kind });
    return outcomeAnswer(decision.kind, back);
  }
  if (!(await agree(context, open, decision.documents))) return refuse(visit, "gone");
  const detail = decision.documents.map(nameOf).join(" ");
  context.audit.record({ ...about, event: "terms.agree", outcome: "ok", detail });
  return outcomeAnswer("agreed", back);
}

/** @returns whether the code was still there to be agreed for */
async function agree(
  context: TermsContext,
  open: OpenTerms,
  documents: readonly DocumentState["document"][],
): Promise<boolean> {
  const { record, accountId } = open.admission;
  const { clientId } = record;
  const { language } = open.visit;
  return context.database.write(async (stores) => {
    if (!(await stores.authorizationCodes.agree(record.hash, context.clock.now()))) return false;
    await context.terms.recordIn(stores, documents, { accountId, clientId, language });
    return true;
  });
}

/** A page for who came with an address that is of no use; its link lets the app know. */
function refuse(
  visit: Visit,
  why: Exclude<TermsAdmission["kind"], "open">,
  error?: TrefoilError,
): Promise<Response> {
  const words = termsWords[visit.language];
  const { title, lead } = why === "gone" ? words.gone : words.foreignRedirect;
  return visit.page({
    title,
    status: error?.wire.http ?? 400,
    content: deadEnd(lead, { label: words.back, href: locationOf("server_error", undefined) }),
    ...(error === undefined ? {} : { headers: error.headers }),
  });
}

/** 302, as apps of the service expect it. */
function outcomeAnswer(outcome: TermsOutcome, back: ReturnAddress | undefined): Response {
  return new Response(null, {
    status: 302,
    headers: {
      location: locationOf(outcome, back),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  });
}
