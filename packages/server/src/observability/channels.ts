// diagnostics_channel: what a plugin in the same process can listen to. Publishing to a channel that nobody listens to costs
// a comparison.
// @see https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html

import { type Channel, channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { DeviceIdentity } from "../identity/index.js";

/** Each channel with what its messages hold. Times are durations in seconds. */
export interface TrefoilMessages {
  "trefoil:downchannel:opened": {
    readonly device: DeviceIdentity;
    readonly remoteAddress: string;
    readonly userAgent: string;
  };
  "trefoil:downchannel:ended": {
    readonly deviceKey: string;
    readonly why: string;
    /** False where a newer downchannel has taken its place. */
    readonly offline: boolean;
  };
  "trefoil:event:received": {
    readonly device: DeviceIdentity;
    /** `Namespace.Name` as the catalogue spells it, or as it was sent where the catalogue has none. */
    readonly name: string;
    readonly messageId: string;
    readonly validation: "valid" | "unknown" | "tolerated" | "refused";
    /** What is wrong with a payload that was tolerated or refused: names of members, no values. */
    readonly problem: string | undefined;
  };
  "trefoil:event:answered": {
    readonly device: DeviceIdentity;
    /** Undefined where the request broke before its event could be read. */
    readonly name: string | undefined;
    readonly messageId: string | undefined;
    /** The HTTP status; undefined where the device went away first. */
    readonly status: number | undefined;
    readonly duration: number;
  };
  "trefoil:directive:queued": {
    readonly deviceKey: string;
    readonly messageId: string;
    readonly name: string;
  };
  "trefoil:directive:written": {
    readonly deviceKey: string;
    readonly messageId: string;
  };
  "trefoil:directive:acknowledged": {
    readonly deviceKey: string;
    readonly messageId: string;
  };
  "trefoil:directive:dropped": {
    readonly deviceKey: string;
    readonly reason: "overflow" | "offline";
    readonly count: number;
  };
  "trefoil:limit:met": {
    readonly limit: string;
  };
}

/** The name of a channel. */
export type ChannelName = keyof TrefoilMessages;

const channels = Object.fromEntries(
  (
    [
      "trefoil:downchannel:opened",
      "trefoil:downchannel:ended",
      "trefoil:event:received",
      "trefoil:event:answered",
      "trefoil:directive:queued",
      "trefoil:directive:written",
      "trefoil:directive:acknowledged",
      "trefoil:directive:dropped",
      "trefoil:limit:met",
    ] as const satisfies readonly ChannelName[]
  ).map((name) => [name, channel(name)]),
) as Readonly<Record<ChannelName, Channel>>;

/** The names of all channels. */
export const channelNames = Object.keys(channels) as readonly ChannelName[];

/** Whether somebody listens to a channel: asked before a message is put together. */
export function isHeard(name: ChannelName): boolean {
  return channels[name].hasSubscribers;
}

/** Publishes a message to whoever listens. */
export function publish<Name extends ChannelName>(
  name: Name,
  message: TrefoilMessages[Name],
): void {
  channels[name].publish(message);
}

/**
 * Calls `listener` with each message of a channel, in the turn in which it happens: a listener that takes long delays what
 * it listens to, and one that throws ends the process (Node's rule).
 * @returns how to stop listening
 */
export function listenTo<Name extends ChannelName>(
  name: Name,
  listener: (message: TrefoilMessages[Name]) => void,
): () => void {
  const receive = (message: unknown): void => listener(message as TrefoilMessages[Name]);
  subscribe(name, receive);
  return () => void unsubscribe(name, receive);
}
