// Every metric: its name, what it says, and where its value is read when somebody asks. docs/operations.md says the same in
// more words, and a test holds the two together.

import type { Clock } from "@trefoil/protocol/clock";
import type { Histogram } from "./histogram.js";
import type { Measures } from "./measures.js";

/** One value with its labels. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Where values are read, beside what is counted in {@link Measures}. */
export interface MetricSources {
  readonly measures: Measures;
  readonly clock: Clock;
  readonly version: string;
  readonly gateway: { readonly openConnections: number; readonly openDownchannels: number };
  /** What waits in the mailbox, of all devices. */
  readonly census: () => Promise<{
    readonly depth: number;
    readonly oldestQueuedAt: number | undefined;
  }>;
  readonly limits: () => Readonly<Record<string, number>>;
  readonly tokenChecks: () => Readonly<Record<string, number>>;
  readonly cachedTokens: () => number;
  readonly presenceWatchers: () => number;
  readonly overloaded: () => boolean;
}

type Read<T> = (sources: MetricSources) => T | Promise<T>;

/** One metric. */
export type Metric = {
  readonly name: string;
  /** A sentence of the exposition, without a full stop. */
  readonly help: string;
} & (
  | { readonly type: "counter" | "gauge"; readonly read: Read<readonly Sample[]> }
  | { readonly type: "histogram"; readonly read: Read<Histogram> }
);

const one = (value: number): readonly Sample[] => [{ value }];

/** Counts by one label. */
const by = (
  label: string,
  counts: { rows(): readonly { readonly label: string; readonly value: number }[] },
): readonly Sample[] =>
  counts.rows().map((row) => ({ labels: { [label]: row.label }, value: row.value }));

const samplesOf = (label: string, counts: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));

/** Counts by two labels. */
const by2 = (
  first: string,
  second: string,
  counts: {
    rows(): readonly { readonly labels: readonly [string, string]; readonly value: number }[];
  },
): readonly Sample[] =>
  counts.rows().map(({ labels, value }) => ({
    labels: { [first]: labels[0], [second]: labels[1] },
    value,
  }));

/** All metrics of Trefoil's own, in the order in which they are served. */
export const metrics: readonly Metric[] = [
  {
    name: "trefoil_info",
    help: "Always 1; its label is the version that runs",
    type: "gauge",
    read: ({ version }) => [{ labels: { version }, value: 1 }],
  },
  {
    name: "trefoil_overloaded",
    help: "1 while new work is refused because the event loop is late",
    type: "gauge",
    read: ({ overloaded }) => one(overloaded() ? 1 : 0),
  },
  // Connections.
  {
    name: "trefoil_connections",
    help: "Open HTTP/2 connections",
    type: "gauge",
    read: ({ gateway }) => one(gateway.openConnections),
  },
  {
    name: "trefoil_connections_total",
    help: "HTTP/2 connections that were accepted",
    type: "counter",
    read: ({ measures }) => one(measures.gateway.connections),
  },
  {
    name: "trefoil_downchannels",
    help: "Open downchannels: devices that are online",
    type: "gauge",
    read: ({ gateway }) => one(gateway.openDownchannels),
  },
  {
    name: "trefoil_downchannels_opened_total",
    help: "Downchannels that were opened",
    type: "counter",
    read: ({ measures }) => one(measures.gateway.downchannels),
  },
  {
    name: "trefoil_downchannels_ended_total",
    help: "Downchannels that ended, by reason",
    type: "counter",
    read: ({ measures }) => by("reason", measures.gateway.downchannelEnds),
  },
  {
    name: "trefoil_ping_round_trip_seconds",
    help: "From a PING to its ACK",
    type: "histogram",
    read: ({ measures }) => measures.gateway.pingSeconds,
  },
  {
    name: "trefoil_ping_timeouts_total",
    help: "Connections that were dropped because no ACK came",
    type: "counter",
    read: ({ measures }) => one(measures.gateway.pingTimeouts),
  },
  {
    name: "trefoil_limits_met_total",
    help: "Limits that peers ran into, by limit",
    type: "counter",
    read: ({ limits }) => samplesOf("limit", limits()),
  },
  // Requests.
  {
    name: "trefoil_requests_total",
    help: "Requests to the gateway, by route and status",
    type: "counter",
    read: ({ measures }) => by2("route", "status", measures.gateway.requests),
  },
  {
    name: "trefoil_events_total",
    help: "Events, by name and status",
    type: "counter",
    read: ({ measures }) => by2("name", "status", measures.gateway.events),
  },
  {
    name: "trefoil_event_validations_total",
    help: "What events turned out to be when they were compared with the catalogue",
    type: "counter",
    read: ({ measures }) => by("result", measures.gateway.validations),
  },
  {
    name: "trefoil_event_duration_seconds",
    help: "From an event's headers to the end of its answer",
    type: "histogram",
    read: ({ measures }) => measures.gateway.eventSeconds,
  },
  // Directives.
  {
    name: "trefoil_directives_sent_total",
    help: "Directives that were to be sent, by what became of them at once",
    type: "counter",
    read: ({ measures }) => by("outcome", measures.delivery.sends),
  },
  {
    name: "trefoil_directives_written_total",
    help: "Directives that were written to a downchannel, repeats included, by where they came from",
    type: "counter",
    read: ({ measures }) => by("source", measures.delivery.writes),
  },
  {
    name: "trefoil_directives_acknowledged_total",
    help: "Directives that a PING's ACK has confirmed",
    type: "counter",
    read: ({ measures }) => one(measures.delivery.acknowledged),
  },
  {
    name: "trefoil_directives_dropped_total",
    help: "Directives that were given up, by reason",
    type: "counter",
    read: ({ measures }) => by("reason", measures.delivery.drops),
  },
  {
    name: "trefoil_directive_push_seconds",
    help: "From send to flushed, of devices that were connected",
    type: "histogram",
    read: ({ measures }) => measures.delivery.pushSeconds,
  },
  {
    name: "trefoil_directive_acknowledge_seconds",
    help: "From flushed to acknowledged",
    type: "histogram",
    read: ({ measures }) => measures.delivery.acknowledgeSeconds,
  },
  {
    name: "trefoil_mailbox_entries",
    help: "Directives that wait, of all devices",
    type: "gauge",
    read: async ({ census }) => one((await census()).depth),
  },
  {
    name: "trefoil_mailbox_oldest_seconds",
    help: "Age of the directive that has waited longest; 0 where none waits",
    type: "gauge",
    read: async ({ census, clock }) => {
      const { oldestQueuedAt } = await census();
      return one(
        oldestQueuedAt === undefined ? 0 : Math.max(0, clock.now() - oldestQueuedAt) / 1_000,
      );
    },
  },
  {
    name: "trefoil_mailbox_commit_seconds",
    help: "How long the mailbox took to make a group of changes durable",
    type: "histogram",
    read: ({ measures }) => measures.delivery.commitSeconds,
  },
  // Authorization and administration.
  {
    name: "trefoil_token_checks_total",
    help: "Access tokens that were checked, by where the answer came from",
    type: "counter",
    read: ({ tokenChecks }) => samplesOf("result", tokenChecks()),
  },
  {
    name: "trefoil_tokens_cached",
    help: "Access tokens in memory",
    type: "gauge",
    read: ({ cachedTokens }) => one(cachedTokens()),
  },
  {
    name: "trefoil_auth_events_total",
    help: "What the authorization server did, by event and outcome, as in its audit log",
    type: "counter",
    read: ({ measures }) => by2("event", "outcome", measures.authEvents),
  },
  {
    name: "trefoil_web_requests_total",
    help: "Requests to everything beside the gateway, by area and status",
    type: "counter",
    read: ({ measures }) => by2("area", "status", measures.webRequests),
  },
  {
    name: "trefoil_presence_watchers",
    help: "Open streams of presence events",
    type: "gauge",
    read: ({ presenceWatchers }) => one(presenceWatchers()),
  },
];
