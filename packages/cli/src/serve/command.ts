// `trefoil serve`: a server in the foreground.

import { systemClock } from "@trefoil/protocol/clock";
import { configurable } from "../config/index.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { type ServerProcess, runServer } from "./run-server.js";

const realProcess: ServerProcess = {
  clock: systemClock,
  signals: process,
  exit: (code) => process.exit(code),
  onCrash: (listener) => void process.on("uncaughtException", listener),
  start: async (options) => (await import("@trefoil/server")).startServer(options),
};

const more = `
Without --dev this is the production form: nothing is generated, and every setting that is missing is named.
Flags win over environment variables, those over the file. Every setting: trefoil config doc

Examples:
  trefoil serve --dev                              a developer server on https://localhost:8443
  trefoil serve --dev --port 9000 --data /tmp/t    the same elsewhere
  trefoil serve --config /etc/trefoil.yaml         production
  trefoil config check --config /etc/trefoil.yaml  would it start?
`;

/** The command `serve`. */
export function serveCommand(
  terminal: Terminal = processTerminal,
  parts: ServerProcess = realProcess,
) {
  return configurable("serve")
    .description("run the authorization server and the gateway")
    .addHelpText("after", more)
    .action((options) => runServer(options, terminal, parts));
}
