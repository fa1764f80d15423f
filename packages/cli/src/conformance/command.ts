// `trefoil conformance`: judges any CIC server by the documents, from outside.

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { attachedClock } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import { adviceOn, findSubject, reach, subjectCommand } from "../known-server/index.js";
import { type Terminal, hasColour, processTerminal } from "../terminal.js";
import { ownDevices } from "../own-devices/index.js";
import { deviceIdsOf } from "./bench.js";
import { type Check, allChecks } from "./checks/index.js";
import { type Judgement, judge, judgeLimits } from "./judge.js";
import { type MeansOptions, findMeans } from "./means.js";
import { jsonReport } from "./report/json-report.js";
import { junitReport } from "./report/junit-report.js";
import { TextReport, tally } from "./report/text-report.js";
import { commonReason, isSufficient } from "./sufficiency.js";

const more = `
Each check is a sentence of docs/protocol.md or docs/authorization.md. What cannot be put to the test with what was given is
not judged, and the report says what it needs. The judge signs five devices in, opens at most two downchannels a second, sends nothing
larger than 300 KB, gives its tokens back at the end, and removes its devices from the developer server. Exit code 1: a check
failed, less than a third of the checks could be judged, or the server cannot be reached.

Examples:
  trefoil conformance --dev                                 the developer server of ./data
  trefoil conformance https://clova.example.org --ca ca.pem --client-id my-app --guest
  trefoil conformance https://clova.example.org --access-token TOKEN     the gateway alone
  trefoil conformance --dev --only downchannel,first-byte   by id, or by words of the section
  trefoil conformance --dev --junit report.xml --json
  trefoil conformance https://clova.example.org --access-token TOKEN --text "sing a song" --only cid
`;

/** The command `conformance`. */
export function conformanceCommand(terminal: Terminal = processTerminal) {
  return subjectCommand("conformance")
    .description("judge any CIC server by the specification")
    .option("--text <text>", "what is asked in writing", "hello")
    .option(
      "--admin-token <token>",
      "send directives by the admin API of a Trefoil server (better: TREFOIL_ADMIN_TOKEN)",
    )
    .option(
      "--send-with <command>",
      "send them by a command; it gets DEVICE_ID and DIRECTIVE (name and payload, JSON)",
    )
    .option(
      "--locked-account-token <token>",
      "token of an account that withdrew (better: TREFOIL_LOCKED_ACCOUNT_TOKEN)",
    )
    .option(
      "--terms-account-token <token>",
      "token of one that has not agreed to the terms (better: TREFOIL_TERMS_ACCOUNT_TOKEN)",
    )
    .option(
      "--only <words>",
      "only these checks: ids, or words of an id or section, separated by commas",
    )
    .option("--skip <words>", "all but those")
    .option(
      "--timeout <seconds>",
      "how long one answer may take",
      readSeconds,
      judgeLimits.patience / 1_000,
    )
    .option("--junit <file>", "write the report as JUnit XML too")
    .option("--json", "the report as JSON")
    .option("--list", "list the checks, make none")
    .addHelpText("after", more)
    .action(async (address, options) => {
      try {
        await run(address, options, terminal);
      } catch (error) {
        terminal.fail([adviceOn(error, options.dev === true ? "developer" : "named")]);
      }
    });
}

interface ConformanceOptions extends MeansOptions {
  readonly only?: string;
  readonly skip?: string;
  readonly timeout: number;
  readonly junit?: string;
  readonly json?: true;
  readonly list?: true;
}

async function run(
  address: string | undefined,
  options: ConformanceOptions,
  terminal: Terminal,
): Promise<void> {
  const checks = chosen(options);
  if (options.list === true) {
    for (const { id, document, section, says } of checks) {
      terminal.out(`${id.padEnd(28)}${document}, ${section}: ${says}\n`);
    }
    return;
  }
  const subject = await findSubject(address, options, terminal, "trefoil-conformance");
  const report = new TextReport((text) => terminal.out(text), hasColour(terminal));
  const told = (judgement: Judgement) => {
    if (options.json !== true) report.add(judgement);
  };
  const begun = performance.now();
  const limits = { ...judgeLimits, patience: options.timeout * 1_000 };
  const means = await findMeans(options, terminal, subject.authUrl, subject.tls);
  await reach(subject, limits.patience);
  const devices = await ownDevices({
    ...subject,
    deviceIds: deviceIdsOf(subject.deviceId),
    isNamed: subject.isDeviceNamed,
  });
  const judgements = await judge({ subject, means, clock: attachedClock, limits }, checks, told);
  await devices.remove();
  const took = performance.now() - begun;
  const server = subject.gatewayUrl.origin;
  if (options.json === true) terminal.out(jsonReport(server, judgements, took));
  else report.end(judgements, took);
  if (options.junit !== undefined) {
    const file = resolve(terminal.cwd, options.junit);
    try {
      await writeFile(file, junitReport(server, judgements, took));
    } catch (cause) {
      throw new TrefoilError("invalid_configuration", `cannot write ${file}`, { cause });
    }
  }
  const { fail, pass } = tally(judgements);
  if (fail > 0)
    terminal.fail([`${server} does not conform: ${fail} of ${judgements.length} checks failed`]);
  else if (!isSufficient(judgements)) {
    const why = commonReason(judgements) ?? "";
    terminal.fail([
      pass === 0
        ? `nothing could be judged: all checks were skipped (${why})`
        : `too little could be judged, ${pass} of ${judgements.length} checks: it ${why}`,
    ]);
  }
}

/** @throws {TrefoilError} where nothing is left to be made */
function chosen({ only, skip }: ConformanceOptions): readonly Check[] {
  const words = (text: string | undefined) =>
    (text ?? "")
      .split(",")
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== "");
  const ids: ReadonlySet<string> = new Set(allChecks.map(({ id }) => id));
  // A whole id means that check alone; any other word whatever has it in its id or section.
  const named = ({ id, document, section }: Check, wanted: readonly string[]) =>
    wanted.some((word) =>
      ids.has(word)
        ? id === word
        : id.includes(word) || `${document}, ${section}`.toLowerCase().includes(word),
    );
  const [wanted, unwanted] = [words(only), words(skip)];
  const checks = allChecks.filter(
    (check) => (only === undefined || named(check, wanted)) && !named(check, unwanted),
  );
  if (checks.length > 0) return checks;
  throw new TrefoilError(
    "invalid_configuration",
    "no check is called so: see trefoil conformance --list",
  );
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,3}(?:\.\d+)?$/.test(text) && seconds >= 0.5 && seconds <= 120) return seconds;
  throw new InvalidArgumentError("It must be a number of seconds from 0.5 to 120.");
}
