// The metrics in Prometheus' text format. prom-client writes the format and knows the process; our own values are read from
// plain counters only now, so that nobody pays for a metric but who asks for it.
// @see https://prometheus.io/docs/instrumenting/exposition_formats/

import type { Metric as PromMetric, MetricValue } from "prom-client";
import type { Logger } from "../logging/index.js";
import type { Histogram } from "./histogram.js";
import { type Metric, type MetricSources, metrics } from "./metrics.js";

/** What is served at `/metrics`. */
export interface Exposition {
  readonly contentType: string;
  /** The text; those who ask at the same time share one reading. */
  text(): Promise<string>;
}

/** Milliseconds that what waits in the mailbox is not counted anew. */
const censusLifetime = 5_000;

/** Makes the exposition, and begins to measure the process itself (event loop, garbage collection). */
export async function createExposition(sources: MetricSources, log: Logger): Promise<Exposition> {
  // Loaded only where somebody wants metrics.
  const { Registry, collectDefaultMetrics } = await import("prom-client");
  const registry = new Registry();
  const shared = { ...sources, census: remembered(sources) };
  for (const metric of metrics) {
    registry.registerMetric(readerOf(metric, shared, log) as unknown as PromMetric);
  }
  collectDefaultMetrics({ register: registry });
  let reading: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    text: () =>
      (reading ??= registry.metrics().finally(() => {
        reading = undefined;
      })),
  };
}

/** The part of prom-client's Metric that its registry uses. */
interface ReadableMetric {
  readonly name: string;
  get(): Promise<object>;
}

function readerOf(metric: Metric, sources: MetricSources, log: Logger): ReadableMetric {
  const { name, help, type } = metric;
  return {
    name,
    async get() {
      let values: MetricValue<string>[] = [];
      try {
        values = await valuesOf(metric, sources);
      } catch (error) {
        // One that cannot be read (the database is away) is missing; the others are wanted then more than ever.
        log.warn("A metric could not be read.", { metric: name, err: error });
      }
      return { name, help, type, aggregator: "sum", values };
    },
  };
}

async function valuesOf(metric: Metric, sources: MetricSources): Promise<MetricValue<string>[]> {
  if (metric.type === "histogram") return histogramValues(metric.name, await metric.read(sources));
  const samples = await metric.read(sources);
  return samples.map(({ labels = {}, value }) => ({ labels, value }));
}

function histogramValues(name: string, histogram: Histogram): MetricValue<string>[] {
  const { buckets, count, sum } = histogram.read();
  const bucket = (le: string, value: number) => ({
    labels: { le },
    value,
    metricName: `${name}_bucket`,
  });
  return [
    ...buckets.map(({ bound, cumulative }) => bucket(String(bound), cumulative)),
    bucket("+Inf", count),
    { labels: {}, value: sum, metricName: `${name}_sum` },
    { labels: {}, value: count, metricName: `${name}_count` },
  ] as MetricValue<string>[];
}

/** The census asks the database: once for all metrics of a reading, and for readings that follow each other closely. */
function remembered({ census, clock }: MetricSources): MetricSources["census"] {
  let known:
    | { readonly at: number; readonly answer: ReturnType<MetricSources["census"]> }
    | undefined;
  return () => {
    const now = clock.now();
    if (known === undefined || now - known.at >= censusLifetime) {
      const answer = census();
      known = { at: now, answer };
      // One that failed is asked again the next time.
      answer.catch(() => (known = undefined));
    }
    return known.answer;
  };
}
