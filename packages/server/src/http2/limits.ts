// The engine's limits, as the configuration has them.

import type { Config } from "../config/index.js";
import type { EngineLimits } from "./engine.js";

/** Pairs in a request's header list. */
const maxHeaderPairs = 100;

/** Frames that carry nothing: far more than any stack sends, and a fraction of a second's work. */
const emptyFrames = { burst: 1_000, perSecond: 100 };

/** What the settings say, in the engine's units. */
export function engineLimits(config: Pick<Config, "gateway" | "limits">): EngineLimits {
  const { gateway, limits } = config;
  return {
    maxConcurrentStreams: gateway.maxConcurrentStreams,
    maxHeaderListSize: gateway.maxHeaderBytes,
    maxHeaderPairs,
    resets: { burst: limits.resetBurst, perSecond: limits.resetsPerSecond },
    emptyFrames,
    controlFrames: { burst: limits.controlFrameBurst, perSecond: limits.controlFramesPerSecond },
    maxQueuedBytes: limits.maxConnectionQueuedBytes,
    slowReaderTimeout: gateway.slowReaderSeconds * 1000,
    firstRequestTimeout: limits.firstRequestSeconds * 1000,
    pingTimeout: gateway.pingTimeoutSeconds * 1000,
    idleTimeout: limits.idleSeconds * 1000,
  };
}
