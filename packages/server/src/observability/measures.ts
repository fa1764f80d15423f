// What the rooms count and time while they work; the metrics are read from here.

import { CountTable, LabelCounts } from "./counts.js";
import { Histogram, latencyBounds } from "./histogram.js";

/** Which of the gateway's paths a request was for; `none` where there is nothing at its path. */
export type RequestRoute = "downchannel" | "events" | "ping" | "none";

/** How a request ended: its HTTP status, or that the device took it back. */
export type RequestStatus = number | "aborted";

/** What an event turned out to be; `unread` where the request broke before it could be read. */
export type ValidationResult = "valid" | "unknown" | "tolerated" | "refused" | "unread";

/** Counted by the gateway. */
export class GatewayMeasures {
  connections = 0;
  downchannels = 0;
  pingTimeouts = 0;
  readonly downchannelEnds = new LabelCounts<string>();
  readonly requests = new CountTable<RequestRoute, RequestStatus>();
  /** By the catalogue's name; `other` for what it does not have, `none` where there was no name to be read. */
  readonly events = new CountTable<string, RequestStatus>();
  readonly validations = new LabelCounts<ValidationResult>([
    "valid",
    "unknown",
    "tolerated",
    "refused",
    "unread",
  ]);
  /** Seconds from an event's headers to the end of its answer. */
  readonly eventSeconds = new Histogram(latencyBounds);
  /** Seconds from a PING to its ACK. */
  readonly pingSeconds = new Histogram(latencyBounds);
}

/** Why a directive was given up. */
export type DropReason = "overflow" | "offline" | "expired" | "owner_changed";

/** Counted by delivery. */
export class DeliveryMeasures {
  readonly sends = new LabelCounts<"queued" | "written" | "dropped" | "failed">([
    "queued",
    "written",
    "dropped",
    "failed",
  ]);
  /** Written to a downchannel: straight from the sender, or read back from the mailbox. */
  readonly writes = new LabelCounts<"sender" | "mailbox">(["sender", "mailbox"]);
  acknowledged = 0;
  readonly drops = new LabelCounts<DropReason>(["overflow", "offline", "expired", "owner_changed"]);
  /** Seconds from `send` until the bytes were handed to the network, of devices that were connected when it was called. */
  readonly pushSeconds = new Histogram(latencyBounds);
  /** Seconds from then until the PING's ACK said that they have arrived. */
  readonly acknowledgeSeconds = new Histogram(latencyBounds);
  /** Seconds that the mailbox took to make a group of changes durable. */
  readonly commitSeconds = new Histogram(latencyBounds);
}

/** Everything that is counted in one process. */
export class Measures {
  readonly gateway = new GatewayMeasures();
  readonly delivery = new DeliveryMeasures();
  /** What the authorization server did, and how it went: as in the audit log. */
  readonly authEvents = new CountTable<string, string>();
  /** Requests beside the gateway's, by the first segments of the path and the status. */
  readonly webRequests = new CountTable<string, number>();
}
