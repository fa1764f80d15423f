// `trefoil send`: a directive to a device, through the admin API.

import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { httpsExchange } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { MessageName } from "@trefoil/protocol/messages";
import {
  adviceOn,
  dataDirectory,
  developerServer,
  serverUrl,
  trust,
} from "../known-server/index.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { AdminApi } from "./admin-api.js";
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
  return new Command("send")
    .description("send a directive to a device")
    .argument("<device>", "which device")
    .argument("<name>", "Namespace.Name of the directive", readName)
    .argument("[payload]", "what it says, a JSON object", "{}")
    .option("--ttl <seconds>", "how long it waits for the device; 0: now or never", readSeconds)
    .option("--dialog <id>", "the dialogRequestId that it carries")
    .option("--no-validate", "send it also when the payload is not as the catalogue says")
    .option(
      "--data <directory>",
      "data directory of the developer server (also: TREFOIL_DATA_DIR; default: ./data)",
    )
    .option("--url <address>", "another server than the developer server")
    .option(
      "--admin-token <token>",
      "admin token of that server (better: TREFOIL_ADMIN_TOKEN, which other users cannot see)",
    )
    .option("--ca <file>", "certificate authority to trust, PEM")
    .option("--insecure", "accept any certificate")
    .addHelpText("after", more)
    .action(async (device, name, payload, options) => {
      const isNamed = options.url !== undefined;
      try {
        await send(device, name, payload, options, terminal);
      } catch (error) {
        terminal.fail([adviceOn(error, isNamed ? "named" : "developer")]);
      }
    });
}

interface SendCommandOptions {
  readonly ttl?: number;
  readonly dialog?: string;
  readonly validate: boolean;
  readonly data?: string;
  readonly url?: string;
  readonly adminToken?: string;
  readonly ca?: string;
  readonly insecure?: true;
}

async function send(
  device: string,
  name: MessageName,
  text: string,
  options: SendCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const payload = readPayload(text);
  const api = await adminApi(options, terminal);
  const directive = {
    name,
    payload,
    ...(options.ttl === undefined ? {} : { ttl: options.ttl }),
    ...(options.dialog === undefined ? {} : { dialogRequestId: options.dialog }),
  };
  // A whole id needs no list, of a server with very many devices least of all.
  let sent = device === "-" ? undefined : await api.send(device, directive, options.validate);
  let shownAs = device;
  if (sent === undefined) {
    const { deviceKey, deviceId } = findDevice(await api.devices(), device);
    shownAs = deviceId;
    sent = await api.send(deviceKey, directive, options.validate);
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

async function adminApi(options: SendCommandOptions, terminal: Terminal): Promise<AdminApi> {
  const given = options.adminToken ?? terminal.env["TREFOIL_ADMIN_TOKEN"];
  if (options.url !== undefined) {
    const url = serverUrl(options.url, "--url");
    if (given === undefined) {
      throw new TrefoilError(
        "invalid_configuration",
        "no admin token: set TREFOIL_ADMIN_TOKEN to the one of that server",
      );
    }
    return new AdminApi(httpsExchange(await trust(options, undefined, terminal)), url, given);
  }
  const server = await developerServer(dataDirectory(options, terminal), "--url");
  const tls = await trust(options, server.caFile, terminal);
  return new AdminApi(httpsExchange(tls), new URL(server.authBaseUrl), given ?? server.adminToken);
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
