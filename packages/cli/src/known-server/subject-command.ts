// The options of commands that examine a server: where it is, and what it may be shown to be let in.

import { Command } from "@commander-js/extra-typings";

/** A command with the options of {@link SubjectOptions}. */
export function subjectCommand(name: string) {
  return new Command(name)
    .argument("[address]", "the server, as in https://localhost:8443")
    .option("--dev", "the developer server: reads dev.json of the data directory")
    .option(
      "--data <directory>",
      "data directory of the developer server (also: TREFOIL_DATA_DIR; default: ./data)",
    )
    .option("--auth-url <address>", "its authorization server, where that is apart")
    .option("--gateway-url <address>", "its gateway, where that is apart")
    .option("--client-id <id>", "registered client (also: TREFOIL_CLIENT_ID)")
    .option("--client-secret <secret>", "its secret (better: TREFOIL_CLIENT_SECRET)")
    .option("--account-token <token>", "account access token (better: TREFOIL_ACCOUNT_TOKEN)")
    .option("--access-token <token>", "look at the gateway alone (better: TREFOIL_ACCESS_TOKEN)")
    .option("--guest", "sign in without an account")
    .option("--device-id <id>", "what the ids of its devices begin with")
    .option("--model <id>", "their model")
    .option("--ca <file>", "certificate authority to trust, PEM")
    .option("--insecure", "accept any certificate");
}
