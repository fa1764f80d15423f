// The bare server in worker processes that accept from one socket without a dispatcher: what processes cost by themselves.

import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { ready } from "./commands.js";

const workers = 2;

// Each worker accepts by itself: the round robin of the primary process adds a hand-over to each connection.
cluster.schedulingPolicy = cluster.SCHED_NONE;
cluster.setupPrimary({
  exec: fileURLToPath(new URL("bare-http2.js", import.meta.url)),
  args: [process.argv[2] ?? "{}"],
});
let listening = 0;
cluster.on("listening", (_worker, { port }) => {
  if (++listening === workers) ready(port);
});
for (let count = 0; count < workers; count++) cluster.fork();
process.once("SIGTERM", () => {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGKILL");
  process.exit(0);
});
