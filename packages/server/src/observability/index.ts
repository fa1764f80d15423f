// The public door of this room.
export {
  type ChannelName,
  type TrefoilMessages,
  channelNames,
  isHeard,
  listenTo,
  publish,
} from "./channels.js";
export { CountTable, LabelCounts } from "./counts.js";
export { type Exposition, createExposition } from "./exposition.js";
export { Histogram, latencyBounds, secondsSince } from "./histogram.js";
export { LoadMonitor } from "./load.js";
export {
  DeliveryMeasures,
  type DropReason,
  GatewayMeasures,
  Measures,
  type RequestRoute,
  type RequestStatus,
  type ValidationResult,
} from "./measures.js";
export { type Metric, type MetricSources, type Sample, metrics } from "./metrics.js";
export {
  type OperationsListener,
  type OperationsOptions,
  listenForOperations,
} from "./operations-listener.js";
export {
  type Readiness,
  type ReadinessChecks,
  ReadinessGate,
  type UnreadyReason,
} from "./readiness.js";
export {
  type Span,
  type SpanBeginning,
  type SpanContext,
  beginSpan,
  failSpan,
  isTraced,
  withinSpan,
} from "./tracing.js";
export { serverVersion } from "./version.js";
