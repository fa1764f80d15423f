// `trefoil send`: a directive to a device, through the admin API.

import { InvalidArgumentError } from "@commander-js/extra-typings";
import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";
import type { MessageName } from "@trefoil/protocol/messages";
import {
  type AdminConnection,
  type AdminOptions,
  adminCommand,
  withAdmin,
} from "../admin/index.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { listDevices, sendDirective } from "./admin-api.js";
import { findDevice } from "./find-device.js";
import { readPayload } from "./read-payload.js";

const more = `
DEVICE is a device_id or deviceKey, the beginning of one, or - for the only device (the only one online).

Examples:
  trefoil send - Clova.RenderText '{"text":"hello"}'
  trefoil send 3f2c Notifier.ClearIndicator
  trefoil send kitchen AudioPlayer.ClearQueue '{"clearBehavior":"CLEAR_ALL"}' --ttl 60
`;

/** The command `send`. */
export function sendCommand(terminal: Terminal = processTerminal) {
  return adminCommand("send")
    .description("send a directive to a device")
    .argument("<device>", "which device")
    .argument("<name>", "Namespace.Name of the directive", readName)
    .argument("[payload]", "what it says, a JSON object", "{}")
    .option("--ttl <seconds>", "how long it waits for the device; 0: now or never", readSeconds)
    .option("--dialog <id>", "the dialogRequestId that it carries")
    .option("--no-validate", "send it also when name or payload are not as the catalogue says")
    .addHelpText("after", more)
    .action((device, name, payload, options) =>
      withAdmin(options, terminal, (admin) =>
        send({ device, name, text: payload }, options, admin, terminal),
      ),
    );
}

interface SendCommandOptions extends AdminOptions {
  readonly ttl?: number;
  readonly dialog?: string;
  readonly validate: boolean;
}

async function send(
  {
    device,
    name,
    text,
  }: { readonly device: string; readonly name: MessageName; readonly text: string },
  options: SendCommandOptions,
  admin: AdminConnection,
  terminal: Terminal,
): Promise<void> {
  const payload = readPayload(text);
  const directive = {
    name,
    payload,
    ...(options.ttl === undefined ? {} : { ttl: options.ttl }),
    ...(options.dialog === undefined ? {} : { dialogRequestId: options.dialog }),
  };
  const sendTo = (to: string) =>
    sendDirective(admin, to, directive, options.validate).catch((error: unknown) => {
      throw inWordsOfTheCommand(error);
    });
  // A whole id needs no list, of a server with very many devices least of all.
  let sent = device === "-" ? undefined : await sendTo(device);
  let shownAs = device;
  if (sent === undefined) {
    const { deviceKey, deviceId } = findDevice(await listDevices(admin), device);
    shownAs = deviceId;
    sent = await sendTo(deviceKey);
  }
  if (sent === undefined) {
    throw new TrefoilError("not_found", `the device ${shownAs} was removed just now`);
  }
  if (sent.outcome === "dropped") {
    throw new TrefoilError("unavailable", `${shownAs} is not there to take it now`);
  }
  terminal.out(
    terminal.isInteractive
      ? `${name} to ${shownAs}: ${sent.outcome} (messageId ${sent.messageId})\n`
      : `${JSON.stringify({ ...sent, device: shownAs })}\n`,
  );
}

/** The admin API speaks of its query; the command calls that an option. */
function inWordsOfTheCommand(error: unknown): unknown {
  if (!isTrefoilError(error) || !error.message.includes("?validate=false")) return error;
  const message = error.message.replace("?validate=false", "--no-validate");
  return new TrefoilError(error.code, message, { cause: error });
}

function readName(text: string): MessageName {
  if (/^[A-Za-z][A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*$/.test(text)) return text as MessageName;
  throw new InvalidArgumentError("It must be Namespace.Name, as in Clova.RenderText.");
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,8}$/.test(text) && seconds <= 31_536_000) return seconds;
  throw new InvalidArgumentError("It must be a whole number of seconds, at most a year.");
}
