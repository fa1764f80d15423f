// What is asked of the admin API, of the developer server and of the command.

import { type Section, works } from "../row.js";
import {
  admin,
  certificates,
  configCommand,
  configLoading,
  conformanceFaults,
  conformanceOwn,
  curl,
  developerServer,
  deviceCommands,
  deviceSessions,
  deviceTerminal,
  doctor,
  failures,
  fleet,
  help,
  openapi,
  serve,
} from "./tests.js";

export const adminApi: Section = {
  title: "Admin API",
  columns: ["Request", "Status", "When"],
  rows: [
    works(
      ["`GET /admin/v1/devices`", "200", "devices with their presence, in pages, narrowed"],
      admin(
        "devices > are listed with their presence",
        "devices > come in pages",
        "devices > can be narrowed",
      ),
    ),
    works(
      ["`GET /admin/v1/devices/{id}`", "200", "by `deviceKey` or `device_id`"],
      admin("devices > are found by deviceKey and by device_id, also with a colon or slash in it"),
    ),
    works(
      ["`GET /admin/v1/devices/{id}`", "404, 409", "no such device; several share the `device_id`"],
      admin(
        "devices > that do not exist, or were removed, are 404",
        "devices > that share a device_id are 409, naming them",
      ),
    ),
    works(
      [
        "`POST /admin/v1/devices/{id}/directives`",
        "202",
        "durably queued, and at the device at once",
      ],
      admin("sending a directive > hands it to the device and answers 202 with what became of it"),
      curl(
        "curl > goes through a device's life: signs in, holds a downchannel, asks, is pushed to, refreshes, signs out",
      ),
    ),
    works(
      [
        "`POST /admin/v1/devices/{id}/directives`",
        "400",
        "the payload is wrong, the member is named",
      ],
      admin(
        "sending a directive > of the catalogue checks its payload, naming the field, unless told not to",
      ),
    ),
    works(
      ["`POST /admin/v1/devices/{id}/directives`", "413, 415", "too large, or not JSON"],
      admin("sending a directive > takes JSON alone, in UTF-8, within a bound"),
    ),
    works(
      ["`GET /admin/v1/clients`, `POST /admin/v1/clients`", "200, 201", "a secret is shown once"],
      admin("clients > are registered with a secret that is shown once and works"),
    ),
    works(
      ["`POST /admin/v1/clients`", "409", "the id is taken"],
      admin("clients > may bring their own id, once"),
    ),
    works(["any", "401", "no admin token, or not the right one"], admin("the admin token > *")),
    works(
      ["any", "404, 405", "an unknown path, a wrong method"],
      admin(
        "other requests > to unknown paths are 404 in JSON",
        "other requests > with a wrong method are 405 with the right ones",
      ),
    ),
    works(
      ["any", "500", "our own failure, without a word of why"],
      admin("sending a directive > that fails inside is 500 without a word of why, and logged"),
    ),
    works(
      [
        "`GET /openapi/admin.json`, `GET /openapi/auth.json`",
        "200",
        "what is served is what they say",
      ],
      openapi(
        "the documents > are served to everyone, as JSON",
        "the admin API > serves exactly what its document says",
        "the authorization API > serves exactly the paths of its document, by exactly its methods",
      ),
    ),
  ],
};

export const developerServerRules: Section = {
  title: "Developer server",
  columns: ["Feature"],
  rows: [
    works(
      ["makes certificates, demo client, demo account and admin token on its first start"],
      developerServer(
        "a first start > makes what dev.json names: client, account, tokens and a certificate that is trusted through caFile",
      ),
      certificates(
        "the certificates > form a chain that OpenSSL takes for a server, for every name",
      ),
    ),
    works(
      ["`dev.json`: exactly the members of the contract, for its owner alone"],
      developerServer(
        "a first start > writes dev.json with exactly the members of the contract, for its owner alone",
      ),
    ),
    works(
      ["port, host and data directory by option and by variable"],
      developerServer("a first start > takes port, host and data directory from the environment"),
      help("trefoil serve --help > has every option with its variable"),
    ),
    works(
      ["a banner with three commands on a terminal, JSON lines without one"],
      serve(
        "trefoil serve --dev > prints the banner on a terminal, without a line of JSON",
        "trefoil serve --dev > logs JSON lines without a terminal",
        "the banner > has three commands that a shell takes as they are, wherever the data are",
      ),
    ),
    works(
      ["a second start finds everything again: tokens from before still work"],
      developerServer(
        "a second start > finds everything again: tokens that were given before still work",
      ),
    ),
    works(
      ["SIGTERM and Ctrl-C: a clean end, exit code 0 within 5 s"],
      developerServer("an end > by SIG* is clean: exit code 0 within 5 s"),
    ),
    works(
      ["port taken, directory unwritable, configuration broken: one clear line, exit code 1"],
      failures(
        "trefoil serve --dev > says when the port is taken",
        "trefoil serve --dev > says when the data directory cannot be written to",
        "trefoil serve --dev > says when the configuration is broken, with file, line and setting",
      ),
    ),
  ],
};

export const command: Section = {
  title: "Command",
  columns: ["Command", "What it does"],
  rows: [
    works(
      [
        "`trefoil serve --config FILE`",
        "the production form: nothing generated, missing settings named",
      ],
      failures(
        "trefoil serve > in the production form names all settings that are missing, and makes nothing",
      ),
      configLoading("the production form > names all missing settings in one line"),
    ),
    works(
      ["`trefoil config check`", "says whether the server would start"],
      configCommand(
        "trefoil config check > says that a good configuration is good",
        "trefoil config check > names every problem on a line of its own and leaves exit code 1",
      ),
    ),
    works(
      [
        "`trefoil config print`, `trefoil config doc`",
        "the effective configuration, the reference",
      ],
      configCommand(
        "trefoil config print > prints the effective configuration with where it came from",
        "trefoil config doc > prints the reference",
      ),
    ),
    works(
      ["`trefoil device`", "a simulated device: shows each directive, asks what is typed"],
      deviceCommands(
        "trefoil device > asks what it is given, line by line, and ends with the input",
        "trefoil device > shows each directive that is sent to it, at once",
      ),
    ),
    works(
      ["`trefoil device --once TEXT`", "sends one event, prints the directives as JSON lines"],
      deviceCommands(
        "trefoil device --once > asks, prints the answer as JSON lines and nothing else, and ends",
      ),
    ),
    works(
      ["`trefoil device` without a server", "one clear line, exit code 1"],
      deviceCommands("what keeps a device from starting > is one line where the server is away"),
    ),
    works(
      ["`trefoil device --guest`", "a device without an account"],
      deviceCommands(
        "trefoil device --once > is a guest's when asked to be, and its own device's with an id of its own",
      ),
    ),
    works(
      ["`trefoil send DEVICE NAME PAYLOAD`", "a directive through the admin API"],
      deviceCommands(
        "trefoil send > tells a person what became of it, in one line",
        "trefoil send > refuses a payload that the catalogue refuses, unless told to send it anyway",
      ),
    ),
    works(
      ["`trefoil device --fleet N`", "many devices with a spread of behaviours"],
      deviceSessions("a fleet > *"),
      fleet("behaviours > *"),
    ),
    works(
      ["`trefoil device --record`, `--replay`", "a session, secrets redacted"],
      deviceSessions("a recorded session > *"),
    ),
    works(
      ["`trefoil device` on a terminal", "is given back as it was, also by a second Ctrl-C"],
      deviceTerminal("a device on a terminal > *"),
    ),
    works(
      ["`trefoil doctor URL`", "what a device would meet, step by step"],
      doctor("our own server > *", "a certificate that > *", "a server that > *"),
    ),
    works(
      ["`trefoil conformance URL`", "judges any server by the protocol"],
      conformanceOwn("our own server > *"),
      conformanceFaults(
        "a server that > *",
        "a server that is right > passes every check that a fault can fail",
      ),
    ),
  ],
};
