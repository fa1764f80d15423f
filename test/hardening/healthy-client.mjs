// A client that asks and waits for its answer, again and again, on one connection; in a process of its own, so that what it
// measures is the server and not the attackers. Started with the port, the bearer token and the file of the trusted authority.

import { readFileSync } from "node:fs";
import { connect } from "node:http2";

const [port, token, authority] = process.argv.slice(2);

/** Milliseconds that an answer may take, and between an answer and the next question. */
const patience = 10_000;
const pause = 20;

const session = connect(`https://localhost:${port}`, { ca: readFileSync(authority) });
let latencies = [];
let stopped = false;

function fail(reason) {
  process.send({ failed: String(reason) });
  process.exit(1);
}

session.on("error", fail);
session.on("goaway", (code) => fail(`GOAWAY ${code}`));
session.on("close", () => {
  if (!stopped) fail("the connection ended");
});

function ask() {
  const start = performance.now();
  const request = session.request({ ":path": "/ping", authorization: `Bearer ${token}` });
  request.setTimeout(patience, () => fail(`no answer within ${patience} ms`));
  request.on("error", fail);
  request.on("response", (headers) => {
    if (headers[":status"] !== 204) fail(`answered ${headers[":status"]}`);
    latencies.push(performance.now() - start);
    setTimeout(ask, pause);
  });
  request.resume();
  request.end();
}

process.on("message", () => {
  process.send({ latencies });
  latencies = [];
});
process.on("disconnect", () => {
  stopped = true;
  process.exit(0);
});
ask();
