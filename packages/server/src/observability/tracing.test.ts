// Spans, with and without somebody who traces.

import { type Span, type Tracer, context, propagation, trace } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { beginSpan, failSpan, isTraced, withinSpan } from "./index.js";

interface Recorded {
  readonly name: string;
  readonly options: Parameters<Tracer["startSpan"]>[1];
  readonly calls: unknown[][];
}

function record(): Recorded[] {
  const recorded: Recorded[] = [];
  const tracer = {
    startSpan(name: string, options: Recorded["options"]) {
      const entry: Recorded = { name, options, calls: [] };
      recorded.push(entry);
      return new Proxy({} as Span, {
        get: (_, method) =>
          method === "spanContext"
            ? () => ({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 })
            : (...all: unknown[]) => void entry.calls.push([method, ...all]),
      });
    },
  } as unknown as Tracer;
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  return recorded;
}

afterEach(() => {
  trace.disable();
  propagation.disable();
  context.disable();
});

describe("without a tracer provider", () => {
  it("no span is made, and callers can tell before they describe one", () => {
    expect(isTraced()).toBe(false);
    expect(beginSpan("x", { kind: "server", attributes: {} })).toBeUndefined();
    expect(withinSpan(undefined, () => 7)).toBe(7);
    expect(() => failSpan(undefined, "x")).not.toThrow();
  });
});

describe("with a tracer provider", () => {
  it("a span has its kind, attributes and the link to its cause", () => {
    const recorded = record();
    const cause = { traceId: "3".repeat(32), spanId: "4".repeat(16), traceFlags: 1 };
    const span = beginSpan("x", { kind: "consumer", attributes: { a: 1 }, cause });
    failSpan(span, "broken");
    expect(recorded[0]).toMatchObject({
      name: "x",
      options: { kind: 4, attributes: { a: 1 }, links: [{ context: cause }] },
      calls: [["setStatus", { code: 2, message: "broken" }], ["end"]],
    });
  });

  it("the peer's trace context is read through the propagator that is registered", () => {
    record();
    const asked: unknown[] = [];
    propagation.setGlobalPropagator({
      inject: () => undefined,
      fields: () => ["traceparent"],
      extract(base, carrier, getter) {
        asked.push(getter.get(carrier, "traceparent"));
        return base;
      },
    });
    beginSpan("x", {
      kind: "server",
      attributes: {},
      carrier: { header: (name) => `value of ${name}` },
    });
    expect(asked).toEqual(["value of traceparent"]);
  });

  it("ends when the provider goes", () => {
    record();
    expect(isTraced()).toBe(true);
    trace.disable();
    expect(isTraced()).toBe(false);
  });
});
