// The operations listener: what it answers, and what it does where something else fails.

import { once } from "node:events";
import { connect } from "node:net";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, describe, expect, it } from "vitest";
import { type Logger, silentLogger } from "../logging/index.js";
import {
  Measures,
  type MetricSources,
  type OperationsListener,
  ReadinessGate,
  createExposition,
  listenForOperations,
  metrics,
} from "./index.js";

let listener: OperationsListener | undefined;

afterEach(async () => {
  await listener?.close();
  listener = undefined;
});

async function start(changes: Partial<MetricSources> & { database?: () => Promise<unknown> } = {}) {
  const clock = new FakeClock();
  const measures = new Measures();
  let overloaded = false;
  const warnings: unknown[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (_, fields) => void warnings.push(fields?.["metric"]),
  };
  const readiness = new ReadinessGate(
    { database: changes.database ?? (async () => 1), overloaded: () => overloaded },
    clock,
  );
  const exposition = await createExposition(
    {
      measures,
      clock,
      version: "1.2.3",
      gateway: { openConnections: 5, openDownchannels: 4 },
      census: async () => ({ depth: 3, oldestQueuedAt: clock.now() - 90_000 }),
      limits: () => ({ "stream-resets": 1, idle: 0 }),
      tokenChecks: () => ({ cached: 10, loaded: 1 }),
      cachedTokens: () => 7,
      presenceWatchers: () => 1,
      overloaded: () => overloaded,
      ...changes,
    },
    log,
  );
  listener = await listenForOperations({
    host: "127.0.0.1",
    port: 0,
    readiness,
    exposition,
    log,
  });
  const { port } = listener;
  const get = async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  return {
    clock,
    measures,
    readiness,
    get,
    port,
    warnings,
    overload: (now: boolean) => (overloaded = now),
  };
}

describe("/livez", () => {
  it("answers 200 as long as the process answers at all", async () => {
    const { get, readiness } = await start();
    expect((await get("/livez")).status).toBe(200);
    readiness.close();
    expect((await get("/livez")).status).toBe(200);
  });
});

describe("/readyz", () => {
  it("answers 503 until the server listens, and from when it drains", async () => {
    const { get, readiness } = await start();
    expect(await get("/readyz")).toMatchObject({ status: 503, body: "unready: starting\n" });
    readiness.open();
    expect(await get("/readyz")).toMatchObject({ status: 200, body: "ready\n" });
    readiness.close();
    readiness.open();
    const draining = await get("/readyz");
    expect(draining).toMatchObject({ status: 503, body: "unready: draining\n" });
    expect(draining.headers.get("retry-after")).toBe("1");
  });

  it("answers 503 while the server is overloaded", async () => {
    const { get, readiness, overload } = await start();
    readiness.open();
    overload(true);
    expect(await get("/readyz")).toMatchObject({ status: 503, body: "unready: overloaded\n" });
    overload(false);
    expect((await get("/readyz")).status).toBe(200);
  });

  it("answers 503 where the database fails, or takes too long", async () => {
    const failing = await start({ database: () => Promise.reject(new Error("away")) });
    failing.readiness.open();
    expect(await failing.get("/readyz")).toMatchObject({ body: "unready: database\n" });
    await listener?.close();
    const slow = await start({ database: () => new Promise(() => undefined) });
    slow.readiness.open();
    const answer = slow.readiness.ask();
    slow.clock.advance(2_000);
    expect(await answer).toEqual({ kind: "unready", reasons: ["database"] });
  });
});

describe("/metrics", () => {
  it("serves what was counted, in Prometheus' text format", async () => {
    const { get, measures } = await start();
    measures.gateway.events.add("TextRecognizer.Recognize", 200, 2);
    measures.gateway.requests.add("ping", 204);
    measures.gateway.pingSeconds.observe(0.02);
    const { status, headers, body } = await get("/metrics");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = body.split("\n");
    for (const line of [
      'trefoil_info{version="1.2.3"} 1',
      "trefoil_connections 5",
      "trefoil_downchannels 4",
      'trefoil_events_total{name="TextRecognizer.Recognize",status="200"} 2',
      'trefoil_requests_total{route="ping",status="204"} 1',
      'trefoil_ping_round_trip_seconds_bucket{le="0.01"} 0',
      'trefoil_ping_round_trip_seconds_bucket{le="0.025"} 1',
      'trefoil_ping_round_trip_seconds_bucket{le="+Inf"} 1',
      "trefoil_ping_round_trip_seconds_sum 0.02",
      "trefoil_ping_round_trip_seconds_count 1",
      'trefoil_limits_met_total{limit="stream-resets"} 1',
      'trefoil_limits_met_total{limit="idle"} 0',
      'trefoil_directives_dropped_total{reason="overflow"} 0',
      'trefoil_token_checks_total{result="cached"} 10',
      "trefoil_mailbox_entries 3",
      "trefoil_mailbox_oldest_seconds 90",
    ]) {
      expect(lines).toContain(line);
    }
    expect(body).toMatch(/^process_cpu_seconds_total \d/m);
    expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it("has help and type of every metric, each once", async () => {
    const { get } = await start();
    const { body } = await get("/metrics");
    for (const { name, help, type } of metrics) {
      expect(body.split(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)).toHaveLength(2);
    }
  });

  it("leaves out what cannot be read, and says so in the log", async () => {
    const { get, warnings } = await start({
      census: () => Promise.reject(new Error("the database is away")),
    });
    const { status, body } = await get("/metrics");
    expect(status).toBe(200);
    expect(body).not.toMatch(/^trefoil_mailbox_entries /m);
    expect(body).toMatch(/^trefoil_connections /m);
    expect(warnings).toEqual(["trefoil_mailbox_entries", "trefoil_mailbox_oldest_seconds"]);
  });

  it("asks the database once, however many ask at the same time or soon after", async () => {
    let asked = 0;
    const { get, clock } = await start({
      census: async () => ({ depth: ++asked, oldestQueuedAt: undefined }),
    });
    await Promise.all([get("/metrics"), get("/metrics"), get("/metrics")]);
    await get("/metrics");
    expect(asked).toBe(1);
    clock.advance(5_000);
    expect((await get("/metrics")).body).toContain("trefoil_mailbox_entries 2\n");
  });
});

describe("the operations listener", () => {
  it("has nothing else, and takes nothing but GET and HEAD", async () => {
    const { get } = await start();
    expect((await get("/")).status).toBe(404);
    expect((await get("/admin/v1/devices")).status).toBe(404);
    const refused = await get("/livez", "POST");
    expect(refused.status).toBe(405);
    expect(refused.headers.get("allow")).toBe("GET, HEAD");
    expect(await get("/livez?verbose", "HEAD")).toMatchObject({ status: 200, body: "" });
  });

  it("closes at once, whoever is still connected", async () => {
    const { port } = await start();
    const idle = connect(port, "127.0.0.1");
    await once(idle, "connect");
    const closed = once(idle, "close");
    idle.resume();
    await listener?.close();
    listener = undefined;
    await closed;
  });
});
