// `trefoil doctor`: what a device would meet on its way to a server, with advice where it would get stuck.

import { attachedClock } from "@trefoil/client/node";
import type { Clock } from "@trefoil/protocol/clock";
import {
  type SubjectOptions,
  adviceOn,
  findSubject,
  subjectCommand,
} from "../known-server/index.js";
import { ownDevices } from "../own-devices/index.js";
import { type Terminal, hasColour, processTerminal } from "../terminal.js";
import { examine } from "./examine.js";
import { conclusion, jsonReport, stepLines, tally } from "./report.js";

const more = `
Without an address and with --dev it examines the developer server of the data directory. Without a client and an account it
looks at everything that needs no token. The device that it signs in gives its tokens back, and is
removed from the developer server. Secrets are sent only over a
connection whose certificate is trusted. Exit code 1: a device would not get through, or what signing in takes was given in part.

Examples:
  trefoil doctor --dev
  trefoil doctor https://clova.example.org
  trefoil doctor https://clova.example.org --ca ca.pem --client-id my-app --guest --json
`;

/** The command `doctor`. */
export function doctorCommand(terminal: Terminal = processTerminal, clock: Clock = attachedClock) {
  return subjectCommand("doctor")
    .description("what a device would meet on its way to a server, step by step, with advice")
    .option("--json", "the report as JSON")
    .addHelpText("after", more)
    .action(async (address, options) => {
      try {
        await run(address, options, terminal, clock);
      } catch (error) {
        terminal.fail([adviceOn(error, options.dev === true ? "developer" : "named")]);
      }
    });
}

/** Client, its secret, and an account or a guest: who gives some of them wants a device to be signed in. */
const allCredentials = 3;

interface DoctorOptions extends SubjectOptions {
  readonly json?: true;
}

async function run(
  address: string | undefined,
  options: DoctorOptions,
  terminal: Terminal,
  clock: Clock,
): Promise<void> {
  const subject = await findSubject(address, options, terminal, "trefoil-doctor");
  const isForPeople = options.json !== true;
  const colour = hasColour(terminal);
  let server: string | undefined;
  const devices = await ownDevices({
    ...subject,
    deviceIds: [subject.deviceId],
    isNamed: subject.isDeviceNamed,
  });
  const steps = await examine(subject, clock, (step) => {
    if (!isForPeople) return;
    if (step.server !== server) terminal.out(`${server === undefined ? "" : "\n"}${step.server}\n`);
    server = step.server;
    terminal.out(stepLines(step, colour));
  });
  await devices.remove();
  terminal.out(isForPeople ? `\n${conclusion(steps)}\n` : jsonReport(steps));
  const { bad } = tally(steps);
  const { missing, accessToken } = subject;
  if (bad > 0) terminal.fail([`a device would not get through to ${subject.gatewayUrl.origin}`]);
  else if (accessToken === undefined && missing.length > 0 && missing.length < allCredentials) {
    terminal.fail([`no sign-in was tried: give ${missing.join(", ")} too`]);
  }
}
