// Trefoil as it runs in production: its configuration from settings like a file's, its logs at `warn`; and besides that a
// handler that discards speech, and sending from within the process.

import { createLogger } from "@trefoil/server/logging";
import { configSchema } from "@trefoil/server/config";
import { type EventHandler, startServer } from "@trefoil/server";
import { censusCommands } from "./census.js";
import { ready, startArgument } from "./commands.js";
import { CountingClock } from "./counting-clock.js";
import { profilerCommands } from "./profiler.js";
import { type PushOrder, payloadOf, push, timestamp } from "./push-driver.js";

const config = configSchema.parse(startArgument());

/** A recogniser that understands nothing. */
const discardSpeech: EventHandler = async function* (request) {
  for await (const attachment of request.attachments) {
    for await (const bytes of attachment.body) void bytes;
  }
  yield* [];
};

/** A handler that has nothing to say: events are handed over, and answered 204. */
const sayNothing: EventHandler = () => [];

// For a soak alone: what is measured should not count.
const clock = process.env["COUNT_TIMERS"] === undefined ? undefined : new CountingClock();

const server = await startServer({
  config,
  ...(clock === undefined ? {} : { clock }),
  log: createLogger({ level: config.log.level, format: "json" }),
  handlers: {
    "SpeechRecognizer.Recognize": discardSpeech,
    "AudioPlayer.PlayStarted": sayNothing,
  },
});
process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));
ready(server.port, {
  ...profilerCommands,
  ...censusCommands(server.operationsPort, () => clock?.pending),
  push: (order: PushOrder) =>
    push(order, (device) =>
      server.sender.send(
        device,
        { name: "Clova.RenderText", payload: payloadOf(timestamp()) },
        order.ttl === undefined ? {} : { ttl: order.ttl },
      ),
    ),
});
