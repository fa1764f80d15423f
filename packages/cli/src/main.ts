// The command `trefoil`: its subcommands, and what happens when one of them fails.

import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { failureLines } from "./failure.js";
import { processTerminal } from "./terminal.js";
import { packageVersion } from "./version.js";

// Whoever read the output has gone (`| head`): what runs goes on unread instead of crashing.
process.stdout.on("error", () => {});

/**
 * Each subcommand by its name. Only the one that was asked for is loaded: a server need not carry the simulated device with it, nor
 * the device the server.
 */
const subcommands: Readonly<Record<string, () => Promise<CommandUnknownOpts>>> = {
  serve: async () => (await import("./serve/index.js")).serveCommand(),
  device: async () => (await import("./device/index.js")).deviceCommand(),
  send: async () => (await import("./send/index.js")).sendCommand(),
  doctor: async () => (await import("./doctor/index.js")).doctorCommand(),
  conformance: async () => (await import("./conformance/index.js")).conformanceCommand(),
  client: async () => (await import("./client/index.js")).clientCommand(),
  account: async () => (await import("./account/index.js")).accountCommand(),
  token: async () => (await import("./token/index.js")).tokenCommand(),
  audit: async () => (await import("./audit/index.js")).auditCommand(),
  config: async () => (await import("./config/index.js")).configCommand(),
};

const program = new Command("trefoil")
  .description(
    "An open, self-hosted platform that speaks the Clova Interface Connect (CIC) protocol.",
  )
  .version(packageVersion())
  // What follows a subcommand is that one's alone, a token that begins with -V among it.
  .enablePositionalOptions()
  .showHelpAfterError("Try: trefoil --help");

const named = process.argv[2] ?? "";
// Help and typing errors need all of them.
const wanted = Object.hasOwn(subcommands, named) ? [named] : Object.keys(subcommands);
for (const name of wanted) {
  const load = subcommands[name];
  if (load !== undefined) program.addCommand(await load());
}

try {
  await program.parseAsync();
} catch (error) {
  processTerminal.fail(failureLines(error).slice(0, 1));
}
