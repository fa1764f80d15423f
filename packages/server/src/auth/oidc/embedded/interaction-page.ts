// `/oidc/interaction/<uid>`: where the OpenID Connect library sends a browser when a person has to sign in, or to say that an
// app may know them.

import { html } from "hono/html";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Interaction, InteractionResults, Provider } from "oidc-provider";
import type { AuditTrail } from "../../audit-trail.js";
import { continueParameter } from "../../pages/continue-path.js";
import { type FormProblem, problemSummary } from "../../pages/form-fields.js";
import type { Session } from "../../pages/sessions.js";
import type { Visit } from "../../pages/visit.js";
import type { Database } from "../../../storage/index.js";
import { mountPath } from "./mount-path.js";
import { type NodeExchange, nodeExchange } from "./node-exchange.js";
import { type Scope, hasScope, scopes } from "./scopes.js";
import { consentWords } from "./words.js";

/** What the page works with. */
export interface InteractionContext {
  readonly provider: Provider;
  readonly database: Database;
  readonly audit: AuditTrail;
  readonly origin: string;
}

/** One interaction of one browser. */
interface OpenInteraction {
  readonly context: InteractionContext;
  readonly visit: Visit;
  readonly exchange: NodeExchange;
  readonly interaction: Interaction;
}

export async function interactionPage(
  context: InteractionContext,
  visit: Visit,
): Promise<Response> {
  const open = await openInteraction(context, visit);
  if (open === undefined) return showGone(visit);
  const { interaction } = open;
  const { session } = visit;
  if (session === undefined || mustSignInAnew(interaction, session)) return toSignIn(visit);
  switch (interaction.prompt.name) {
    case "login":
      return signIn(open, session);
    case "consent":
      return consent(open, session);
    default:
      throw new TrefoilError("internal", "The library asks for something that no page is for.");
  }
}

/** @returns undefined where the browser has no such interaction (any more) */
async function openInteraction(
  context: InteractionContext,
  visit: Visit,
): Promise<OpenInteraction | undefined> {
  const { url } = visit.request;
  const { remoteAddress } = visit.caller;
  const { origin, provider } = context;
  // The library wants the cookie, which is in the headers; a body is for the form, and not announced to the library.
  const headers = new Headers(visit.request.headers);
  headers.delete("content-length");
  const request = new Request(url, { headers });
  const exchange = await nodeExchange(request, { origin, remoteAddress, maxBody: 0, mountPath });
  try {
    const interaction = await provider.interactionDetails(exchange.request, exchange.response);
    return { context, visit, exchange, interaction };
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "SessionNotFound") return undefined;
    throw thrown;
  }
}

/** Whether the app wants the person to prove themselves now, and they did so before that. */
function mustSignInAnew({ prompt, iat }: Interaction, session: Session): boolean {
  const isWanted = prompt.reasons.some(
    (reason) => reason === "login_prompt" || reason === "max_age",
  );
  return isWanted && session.signedInAt < iat * 1_000;
}

function toSignIn(visit: Visit): Response {
  const parameters = new URLSearchParams({ [continueParameter]: visit.here, again: "1" });
  return visit.redirect(`/sign-in?${parameters.toString()}`);
}

/** The account pages know who it is: the library is told. */
async function signIn(open: OpenInteraction, session: Session): Promise<Response> {
  const { context, interaction } = open;
  const before = interaction.session;
  if (before !== undefined && before.accountId !== session.accountId) {
    // Somebody else was signed in when the library last looked: that session of its own ends.
    await context.database.stores.oidcRecords.removeByUid("Session", before.uid);
    Object.assign(interaction, { session: undefined });
    await interaction.persist();
  }
  const { accountId, signedInAt } = session;
  return finish(open, { login: { accountId, ts: Math.floor(signedInAt / 1_000) } });
}

async function consent(open: OpenInteraction, session: Session): Promise<Response> {
  const { context, visit, interaction } = open;
  const { accountId } = session;
  const clientId = String(interaction.params["client_id"]);
  if (interaction.session?.accountId !== accountId) return showGone(visit);
  const purpose = `consent ${interaction.uid}`;
  if (!visit.isPost) return showConsent(open, clientId, purpose, [], 200);
  const { form, refused } = await visit.readForm(purpose);
  if (refused !== undefined) {
    const problems = [{ sentence: refused.sentence }];
    return showConsent(open, clientId, purpose, problems, refused.status);
  }
  const isAllowed = form.text("decision") === "allow";
  context.audit.record({
    event: "oidc.consent",
    outcome: isAllowed ? "ok" : "access_denied",
    clientId,
    accountId,
    remoteAddress: visit.caller.remoteAddress,
    detail: askedScopes(interaction).join(" "),
  });
  if (!isAllowed) {
    return finish(open, { error: "access_denied", error_description: "the person said no" });
  }
  return finish(open, { consent: { grantId: await grant(open, clientId, accountId) } });
}

/** @returns the id of the grant, which the library keeps to itself */
async function grant(
  { context, interaction }: OpenInteraction,
  clientId: string,
  accountId: string,
): Promise<string> {
  const { provider } = context;
  const known =
    interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId);
  const given =
    known?.accountId === accountId ? known : new provider.Grant({ accountId, clientId });
  given.addOIDCScope(askedScopes(interaction).join(" "));
  return given.save();
}

async function finish(open: OpenInteraction, result: InteractionResults): Promise<Response> {
  const { context, visit, exchange } = open;
  const { request, response } = exchange;
  const returnTo = await context.provider.interactionResult(request, response, result);
  const { pathname, search } = new URL(returnTo);
  return visit.redirect(`${pathname}${search}`);
}

function askedScopes({ params }: Interaction): readonly Scope[] {
  const { scope: asked } = params;
  return typeof asked === "string" ? scopes.filter((scope) => hasScope(asked, scope)) : [];
}

function showGone(visit: Visit): Promise<Response> {
  const words = consentWords[visit.language];
  return visit.page({
    title: words.goneTitle,
    status: 400,
    content: html`<div class="card"><p>${words.gone}</p></div>`,
  });
}

async function showConsent(
  { context, visit, interaction }: OpenInteraction,
  clientId: string,
  purpose: string,
  problems: readonly FormProblem[],
  status: number,
): Promise<Response> {
  const words = consentWords[visit.language];
  const client = await context.database.stores.clients.get(clientId);
  const app = client?.name ?? clientId;
  const redirectUri = new URL(String(interaction.params["redirect_uri"]));
  const isWeb = /^https?:$/.test(redirectUri.protocol);
  return visit.page({
    title: words.title(app),
    status,
    hasProblem: problems.length > 0,
    formTargets: [formTargetOf(redirectUri)],
    content: html`${problemSummary(visit.language, problems)}
      <div class="card">
        <p>${words.lead(app)}</p>
        <ul>
          ${askedScopes(interaction).map((scope) => html`<li>${words.scopes[scope]}</li>`)}
        </ul>
        ${isWeb ? html`<p class="quiet">${words.goesTo(redirectUri.host)}</p>` : ""}
        <form method="post" action="${visit.here}" novalidate>
          ${visit.formToken(purpose)}
          <p class="actions">
            <button name="decision" value="allow">${words.allow}</button>
            <button class="second" name="decision" value="deny">${words.deny}</button>
          </p>
        </form>
      </div>`,
  });
}

/** Where a form may lead, for its `form-action`: an origin or a scheme. */
export function formTargetOf({ protocol, origin }: URL): string {
  return origin === "null" ? protocol : origin;
}
