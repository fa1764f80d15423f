// OpenTelemetry spans over the API alone. Whoever runs the server loads the SDK (`node --import ...`); without one there is
// no tracer, no span is made, and asking costs a few nanoseconds.
// @see https://opentelemetry.io/docs/specs/otel/trace/api/

import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  type SpanContext,
  type Tracer,
  type TracerProvider,
  context,
  propagation,
  trace,
} from "@opentelemetry/api";

export type { Span, SpanContext } from "@opentelemetry/api";

const scope = "trefoil";

/** The tracer, where somebody has registered a provider. */
function activeTracer(): Tracer | undefined {
  const provider: TracerProvider & { readonly getDelegateTracer?: unknown } =
    trace.getTracerProvider();
  // The API's own stand-in says whether it stands in for anything.
  return typeof provider.getDelegateTracer === "function"
    ? (provider.getDelegateTracer(scope) as Tracer | undefined)
    : provider.getTracer(scope);
}

/** What a span is begun with. */
export interface SpanBeginning {
  readonly kind: "server" | "producer" | "consumer";
  readonly attributes: Attributes;
  /** The span that caused this one, where that is over or elsewhere. */
  readonly cause?: SpanContext | undefined;
  /** Where a peer's trace context stands (W3C `traceparent`). */
  readonly carrier?: { header(name: string): string | undefined };
}

const kinds = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Whether anybody traces: asked before a span's attributes are put together. */
export function isTraced(): boolean {
  return activeTracer() !== undefined;
}

/** Begins a span. @returns undefined where nobody traces: callers go on by `span?.` */
export function beginSpan(name: string, beginning: SpanBeginning): Span | undefined {
  const tracer = activeTracer();
  if (tracer === undefined) return undefined;
  const { kind, attributes, cause, carrier } = beginning;
  const links: Link[] = cause === undefined ? [] : [{ context: cause }];
  return tracer.startSpan(name, { kind: kinds[kind], attributes, links }, parentOf(carrier));
}

function parentOf(carrier: SpanBeginning["carrier"]): Context {
  if (carrier === undefined) return context.active();
  return propagation.extract(context.active(), carrier, {
    get: (from, name) => from.header(name),
    keys: () => [],
  });
}

/** Runs `work` as part of a span: spans that it begins are below it. */
export function withinSpan<T>(span: Span | undefined, work: () => T): T {
  return span === undefined ? work() : context.with(trace.setSpan(context.active(), span), work);
}

/** Ends a span as failed. The message holds no secret: it is one that the peer may read. */
export function failSpan(span: Span | undefined, message: string): void {
  span?.setStatus({ code: SpanStatusCode.ERROR, message });
  span?.end();
}
