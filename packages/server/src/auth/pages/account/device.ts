// `/account/devices/<key>`: one device, its name, and its removal.

import { html } from "hono/html";
import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";
import { maxDeviceName } from "../../devices.js";
import type { Actor } from "../../operators/actor.js";
import { type FormProblem, problemSummary, textField } from "../form-fields.js";
import { dayOf, moment } from "../moment.js";
import type { Visit } from "../visit.js";
import {
  type AccountPagesContext,
  backLink,
  problemStatus,
  sessionOf,
  wordsOf,
} from "./context.js";
import { type DeviceState, deviceState } from "./device-state.js";
import { badgeOf, devicePath } from "./overview.js";

/** `/account/devices/<key>`: what is known of it, and its name. */
export async function devicePage(
  context: AccountPagesContext,
  visit: Visit,
  deviceKey: string,
): Promise<Response> {
  const state = await ownDevice(context, visit, deviceKey);
  const typed = state.device.name ?? "";
  if (!visit.isPost) return showDevice(context, visit, state, typed, [], 200);
  const { form, refused } = await visit.readForm(`rename ${deviceKey}`);
  const name = form.text("name").trim();
  if (refused !== undefined) {
    const problems = [{ sentence: refused.sentence }];
    return showDevice(context, visit, state, name, problems, refused.status);
  }
  try {
    const { accountId } = sessionOf(visit);
    await context.devices.rename(deviceKey, name === "" ? null : name, ownerAt(visit), accountId);
  } catch (thrown) {
    if (!isTrefoilError(thrown) || thrown.code !== "invalid_request") throw thrown;
    const sentence = wordsOf(visit).devices.nameWrong(maxDeviceName);
    return showDevice(context, visit, state, name, [{ field: "name", sentence }], problemStatus);
  }
  return visit.redirect("/account?done=renamed");
}

/** `/account/devices/<key>/remove`: asks, then removes. */
export async function removeDevicePage(
  context: AccountPagesContext,
  visit: Visit,
  deviceKey: string,
): Promise<Response> {
  const state = await ownDevice(context, visit, deviceKey);
  const purpose = `remove ${deviceKey}`;
  let problems: readonly FormProblem[] = [];
  let status = 200;
  if (visit.isPost) {
    const { refused } = await visit.readForm(purpose);
    if (refused === undefined) {
      await context.devices.remove(deviceKey, ownerAt(visit), sessionOf(visit).accountId);
      return visit.redirect("/account?done=removed");
    }
    ({ status } = refused);
    problems = [{ sentence: refused.sentence }];
  }
  const words = wordsOf(visit);
  return visit.page({
    title: words.devices.removeTitle(state.name ?? words.devices.unnamed),
    status,
    hasProblem: problems.length > 0,
    content: html`${problemSummary(visit.language, problems)}
      <div class="card">
        <p>${words.devices.removeLead}</p>
        <form method="post" action="${visit.here}" novalidate>
          ${visit.formToken(purpose)}
          <p class="actions">
            <button class="danger">${words.devices.remove}</button>
            <a class="button second" href="${devicePath(state.device)}">${words.cancel}</a>
          </p>
        </form>
      </div>`,
  });
}

/** Who changes a device here, for the audit log. */
function ownerAt(visit: Visit): Actor {
  return { by: "account", remoteAddress: visit.caller.remoteAddress };
}

/** @throws TrefoilError `not_found`, the same for a device of somebody else and for one that does not exist */
async function ownDevice(
  context: AccountPagesContext,
  visit: Visit,
  deviceKey: string,
): Promise<DeviceState> {
  const state = await deviceState(context, sessionOf(visit).accountId, deviceKey);
  if (state !== undefined) return state;
  throw new TrefoilError("not_found", "There is no such device.");
}

async function showDevice(
  context: AccountPagesContext,
  visit: Visit,
  state: DeviceState,
  typed: string,
  problems: readonly FormProblem[],
  status: number,
): Promise<Response> {
  const words = wordsOf(visit);
  const { device, name, isOnline, isSignedIn, lastSeenAt, lastSeenAddress } = state;
  const client = await context.database.stores.clients.get(device.clientId);
  return visit.page({
    title: name ?? words.devices.unnamed,
    status,
    hasProblem: problems.length > 0,
    content: html`${problemSummary(visit.language, problems)}
      <section class="card" aria-label="${words.devices.title}">
        ${isOnline || !isSignedIn ? html`<p>${badgeOf(words, isOnline, isSignedIn)}</p>` : ""}
        <dl>
          <dt>${words.devices.model}</dt>
          <dd><bdi>${device.modelId}</bdi></dd>
          <dt>${words.devices.deviceId}</dt>
          <dd><bdi>${device.deviceId}</bdi></dd>
          <dt>${words.devices.app}</dt>
          <dd>${client?.name ?? words.devices.unknown}</dd>
          <dt>${words.devices.added}</dt>
          <dd>${dayOf(visit.language, device.createdAt)}</dd>
          <dt>${words.devices.lastSeen}</dt>
          <dd>${moment(visit.language, lastSeenAt, context.clock.now())}</dd>
          <dt>${words.devices.from}</dt>
          <dd>${lastSeenAddress ?? words.devices.unknown}</dd>
        </dl>
      </section>
      <div class="card">
        <form method="post" action="${visit.here}" novalidate>
          ${visit.formToken(`rename ${device.deviceKey}`)}
          ${textField(
            {
              name: "name",
              label: words.devices.name,
              hint: words.devices.nameHint,
              value: typed,
              autocomplete: "off",
              maxLength: maxDeviceName,
              required: false,
            },
            problems,
          )}
          <p><button>${words.devices.rename}</button></p>
        </form>
      </div>
      <div class="card">
        <p class="actions">
          <a class="button danger" href="${devicePath(device)}/remove">${words.devices.remove}</a>
        </p>
      </div>
      ${backLink(words)}`,
  });
}
