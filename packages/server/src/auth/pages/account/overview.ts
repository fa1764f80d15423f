// `/account`: the devices, the ways to sign in, the consents, and the way out, on one page.

import { html } from "hono/html";
import type { DeviceRecord } from "../../../storage/index.js";
import { notice } from "../form-fields.js";
import { moment } from "../moment.js";
import type { Html } from "../page.js";
import type { Visit } from "../visit.js";
import { consentsCard } from "./consents.js";
import { type AccountPagesContext, sessionOf, wordsOf } from "./context.js";
import { type DeviceState, deviceStates } from "./device-state.js";
import type { AccountWords } from "./words/index.js";

export async function overviewPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  const { accountId } = sessionOf(visit);
  const states = await deviceStates(context, accountId);
  const { hasPassword } = sessionOf(visit);
  const codesLeft = await context.security.unusedRecoveryCodes(accountId);
  return visit.page({
    title: words.account.title,
    narrow: false,
    content: html`${notice(doneOf(words, visit.query("done")))}
      ${devicesCard(visit, words, states, context.clock.now())}
      <section class="card" aria-labelledby="security">
        <h2 id="security">${words.account.security}</h2>
        ${hasPassword ? passwordActions(words, codesLeft) : ""}
        <div class="actions">
          <form method="post" action="/sign-out">
            ${visit.formToken("sign-out")}<button class="second">${words.account.signOut}</button>
          </form>
          <a class="button second" href="/account/sign-out-everywhere"
            >${words.account.signOutEverywhere}</a
          >
        </div>
      </section>
      ${await consentsCard(context, visit)}
      <section class="card" aria-labelledby="close">
        <h2 id="close">${words.account.close}</h2>
        <p>${words.account.closeLead}</p>
        <p class="actions">
          <a class="button danger" href="/account/close">${words.account.close}</a>
        </p>
      </section>`,
  });
}

function passwordActions(words: AccountWords, codesLeft: number): Html {
  return html`<p>${words.account.codesLeft(codesLeft)}</p>
    <div class="actions">
      <a class="button second" href="/account/password">${words.account.changePassword}</a>
      <a class="button second" href="/account/recovery-codes">${words.account.recoveryCodes}</a>
    </div>`;
}

/** What was just done, by the word that the redirect carries. */
function doneOf(words: AccountWords, done: string): string | undefined {
  const sentences: Readonly<Record<string, string>> = words.account.done;
  return Object.hasOwn(sentences, done) ? sentences[done] : undefined;
}

function devicesCard(
  visit: Visit,
  words: AccountWords,
  states: readonly DeviceState[],
  now: number,
): Html {
  const items = states.map(({ device, name, isOnline, isSignedIn, lastSeenAt }) => {
    const label = name ?? words.devices.unnamed;
    return html`<li>
      <div class="row">
        <div>
          <h3>${label}${badgeOf(words, isOnline, isSignedIn)}</h3>
          <span class="quiet"
            ><bdi>${device.modelId}</bdi
            >${isOnline ? "" : html` · ${seen(visit, words, lastSeenAt, now)}`}</span
          >
        </div>
        <a
          class="button second"
          href="${devicePath(device)}"
          aria-label="${words.devices.manageNamed(label)}"
          >${words.devices.manage}</a
        >
      </div>
    </li>`;
  });
  return html`<section class="card" aria-labelledby="devices">
    <h2 id="devices">${words.devices.title}</h2>
    ${
      items.length === 0
        ? html`<p class="quiet">${words.devices.none}</p>`
        : html`<ul class="plain">
            ${items}
          </ul>`
    }
    <p class="actions"><a class="button" href="/activate">${words.devices.add}</a></p>
  </section>`;
}

export function badgeOf(words: AccountWords, isOnline: boolean, isSignedIn: boolean): Html {
  if (isOnline) return html` <span class="badge">${words.devices.online}</span>`;
  return isSignedIn ? html`` : html` <span class="badge off">${words.devices.signedOut}</span>`;
}

/** The sentence around a moment, whose place in it each language decides. */
function seen(visit: Visit, words: AccountWords, at: number, now: number): Html {
  const [before = "", after = ""] = words.devices.seen("\0").split("\0");
  return html`${before}${moment(visit.language, at, now)}${after}`;
}

export function devicePath(device: Pick<DeviceRecord, "deviceKey">): string {
  return `/account/devices/${device.deviceKey}`;
}
