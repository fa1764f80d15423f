// The command `trefoil`: its subcommands, and what happens when one of them fails.

import { Command } from "@commander-js/extra-typings";
import { accountCommand } from "./account/index.js";
import { auditCommand } from "./audit/index.js";
import { clientCommand } from "./client/index.js";
import { configCommand } from "./config/index.js";
import { conformanceCommand } from "./conformance/index.js";
import { deviceCommand } from "./device/index.js";
import { doctorCommand } from "./doctor/index.js";
import { failureLines } from "./failure.js";
import { sendCommand } from "./send/index.js";
import { serveCommand } from "./serve/index.js";
import { processTerminal } from "./terminal.js";
import { tokenCommand } from "./token/index.js";
import { packageVersion } from "./version.js";

// Whoever read the output has gone (`| head`): what runs goes on unread instead of crashing.
process.stdout.on("error", () => {});

const program = new Command("trefoil")
  .description(
    "An open, self-hosted platform that speaks the Clova Interface Connect (CIC) protocol.",
  )
  .version(packageVersion())
  .showHelpAfterError("Try: trefoil --help")
  .addCommand(serveCommand())
  .addCommand(deviceCommand())
  .addCommand(sendCommand())
  .addCommand(doctorCommand())
  .addCommand(conformanceCommand())
  .addCommand(clientCommand())
  .addCommand(accountCommand())
  .addCommand(tokenCommand())
  .addCommand(auditCommand())
  .addCommand(configCommand());

try {
  await program.parseAsync();
} catch (error) {
  processTerminal.fail(failureLines(error).slice(0, 1));
}
