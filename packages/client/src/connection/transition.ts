// What a device does about each thing that happens to its connection: one pure function.

import { TrefoilError } from "@trefoil/protocol/errors";
import { backoffDelay, retryDelay } from "./backoff.js";
import type {
  ConnectionEffect,
  ConnectionInput,
  ConnectionRules,
  ConnectionState,
  StopReason,
} from "./connection-state.js";

/** The state after an input, and what is to be done. */
export interface Step {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** Phases in which the connection is wanted. */
type Active = Exclude<ConnectionState, { phase: "closed" | "stopped" }>;

/**
 * The next step of a connection. News of lines, channels and timers that are not the current ones change nothing.
 * @param random 0 <= random < 1, for the jitter of a wait
 */
export function transition(
  state: ConnectionState,
  input: ConnectionInput,
  rules: ConnectionRules,
  random: number,
): Step {
  if (input.kind === "stop") {
    if (state.phase === "closed") return unchanged(state);
    return { state: { phase: "closed", ...fresh(state) }, effects: [{ kind: "hang-up-all" }] };
  }
  if (state.phase === "closed" || state.phase === "stopped") {
    return input.kind === "start" ? dial(fresh(state)) : unchanged(state);
  }
  const step = new Transition(state, rules, random);
  switch (input.kind) {
    case "start":
      return unchanged(state);
    case "line-ready":
      return step.lineReady(input.line);
    case "line-lost":
      return step.lineLost(input.line, input.cause);
    case "goaway":
      return step.goaway(input.line);
    case "channel-open":
      return step.channelOpen(input.channel);
    case "channel-refused":
      return step.channelRefused(input.channel, input.status, input.cause);
    case "channel-ended":
      return step.channelEnded(input.channel, input.cause);
    case "channel-void":
      return state.phase === "open"
        ? step.channelEnded(input.channel, input.cause)
        : unchanged(state);
    case "settled":
      return step.settled(input.channel);
    case "renewed":
      return step.renewed(input.channel);
    case "renewal-failed":
      return step.renewalFailed(input.channel, input.cause);
    case "sign-in-needed":
      return halt(state, "sign-in", input.cause);
    case "pause-over":
      return step.pauseOver(input.timer);
    case "network-changed":
      return step.networkChanged();
  }
}

/** The steps of a connection that is wanted. */
class Transition {
  readonly #state: Active;
  readonly #rules: ConnectionRules;
  readonly #random: number;

  constructor(state: Active, rules: ConnectionRules, random: number) {
    this.#state = state;
    this.#rules = rules;
    this.#random = random;
  }

  lineReady(line: number): Step {
    const state = this.#state;
    if (state.phase !== "connecting" || state.line !== line) return unchanged(state);
    return open(state, line, false);
  }

  lineLost(line: number, cause: TrefoilError): Step {
    const state = this.#state;
    if (state.line !== line) return unchanged(state);
    const hangUp: ConnectionEffect = { kind: "hang-up", line };
    switch (state.phase) {
      case "connecting":
        return preceded(hangUp, this.#later(cause, undefined));
      case "opening":
        return preceded(hangUp, this.#unanswered(state, cause));
      case "open":
        return preceded(hangUp, this.#again(cause, undefined));
      case "renewing":
      case "waiting":
        return { state: { ...state, line: undefined }, effects: [hangUp] };
    }
  }

  goaway(line: number): Step {
    const state = this.#state;
    if (state.line !== line) return unchanged(state);
    const retire: ConnectionEffect = { kind: "retire", line };
    switch (state.phase) {
      case "connecting":
      case "open":
        return preceded(retire, this.#again(goneAway(), undefined));
      case "opening":
      case "renewing":
      case "waiting":
        return { state: { ...state, line: undefined }, effects: [retire] };
    }
  }

  channelOpen(channel: number): Step {
    const state = this.#state;
    if (state.phase !== "opening" || state.channel !== channel) return unchanged(state);
    // It delivers, but takes no events any more: the move begins at once.
    if (state.line === undefined) return this.#again(goneAway(), undefined);
    const counts = { ...countsOf(state), renewed: false, refusals: 0 };
    return {
      state: { phase: "open", line: state.line, channel, ...counts },
      effects: [{ kind: "settle", channel, delay: this.#rules.settleAfter }],
    };
  }

  channelRefused(channel: number, status: number, cause: TrefoilError): Step {
    const state = this.#state;
    if (state.phase !== "opening" || state.channel !== channel) return unchanged(state);
    switch (status) {
      case 401:
        return this.#unauthorized(state, cause);
      case 403:
        return halt(state, "forbidden", cause);
      case 429:
        return this.#later(cause, state.line);
      default:
        // Not this line: the gateway behind it is going away, or is none.
        return this.#retired(state.line, this.#later(cause, undefined));
    }
  }

  channelEnded(channel: number, cause: TrefoilError): Step {
    const state = this.#state;
    if (!("channel" in state) || state.channel !== channel) return unchanged(state);
    switch (state.phase) {
      case "open":
        return this.#again(cause, state.line);
      case "opening":
        return this.#retired(state.line, this.#unanswered(state, cause));
      case "renewing":
        return unchanged(state);
    }
  }

  settled(channel: number): Step {
    const state = this.#state;
    if (state.phase !== "open" || state.channel !== channel) return unchanged(state);
    return { state: { ...state, attempt: 0, reopened: false }, effects: [] };
  }

  renewed(channel: number): Step {
    const state = this.#state;
    if (state.phase !== "renewing" || state.channel !== channel) return unchanged(state);
    return this.#resume({ ...countsOf(state), renewed: true }, state.line);
  }

  renewalFailed(channel: number, cause: TrefoilError): Step {
    const state = this.#state;
    const waits =
      (state.phase === "renewing" || state.phase === "opening") && state.channel === channel;
    return waits ? this.#later(cause, state.line) : unchanged(state);
  }

  pauseOver(timer: number): Step {
    const state = this.#state;
    if (state.phase !== "waiting" || state.timer !== timer) return unchanged(state);
    return this.#resume(state, state.line);
  }

  networkChanged(): Step {
    const state = this.#state;
    switch (state.phase) {
      case "waiting":
        return this.#resume({ ...countsOf(state), attempt: 0 }, state.line);
      case "open":
        return { state, effects: [{ kind: "probe", line: state.line }] };
      case "connecting":
      case "opening":
      case "renewing":
        return unchanged(state);
    }
  }

  #unauthorized(state: Active & { phase: "opening" }, cause: TrefoilError): Step {
    const { line, channel } = state;
    if (!state.renewed) {
      return {
        state: { phase: "renewing", line, channel, ...countsOf(state) },
        effects: [{ kind: "renew", channel }],
      };
    }
    const refusals = state.refusals + 1;
    if (refusals >= this.#rules.maxRefusals) return halt(state, "sign-in", cause);
    return this.#later(cause, line, { renewed: false, refusals });
  }

  /** The downchannel that was asked for will not be answered, for no fault of the gateway's that we know of. */
  #unanswered(state: Active & { phase: "opening" }, cause: TrefoilError): Step {
    // The connection had ended before it was used again: that was no try.
    if (state.reused) return dial(state);
    return state.line === undefined ? this.#again(cause, undefined) : this.#later(cause, undefined);
  }

  #retired(line: number | undefined, step: Step): Step {
    return line === undefined ? step : preceded({ kind: "retire", line }, step);
  }

  #resume(counts: Counts, line: number | undefined): Step {
    return line === undefined ? dial(counts) : open(counts, line, true);
  }

  /** Tries again, without a wait if that was not done since the downchannel last stayed open. */
  #again(cause: TrefoilError, line: number | undefined): Step {
    const state = this.#state;
    if (state.reopened) return this.#later(cause, line);
    return this.#resume({ ...countsOf(state), reopened: true }, line);
  }

  /** Tries again after a wait. */
  #later(cause: TrefoilError, line: number | undefined, changed: Partial<Counts> = {}): Step {
    const state = this.#state;
    const { backoff, longestRetryAfter } = this.#rules;
    const delay =
      cause.retryAfter === undefined
        ? backoffDelay(backoff, state.attempt, this.#random)
        : retryDelay(backoff, state.attempt, this.#random, cause.retryAfter, longestRetryAfter);
    const timer = state.nextId;
    const counts = {
      ...countsOf(state),
      ...changed,
      attempt: state.attempt + 1,
      nextId: timer + 1,
    };
    return {
      state: { phase: "waiting", line, timer, delay, cause, ...counts },
      effects: [{ kind: "pause", timer, delay }],
    };
  }
}

type Counts = Pick<ConnectionState, "attempt" | "reopened" | "renewed" | "refusals" | "nextId">;

/** What outlives the phase. */
function countsOf({ attempt, reopened, renewed, refusals, nextId }: Counts): Counts {
  return { attempt, reopened, renewed, refusals, nextId };
}

function dial(counts: Counts): Step {
  const line = counts.nextId;
  return {
    state: { phase: "connecting", line, ...countsOf(counts), nextId: line + 1 },
    effects: [{ kind: "dial", line }],
  };
}

function open(counts: Counts, line: number, reused: boolean): Step {
  const channel = counts.nextId;
  return {
    state: { phase: "opening", line, channel, reused, ...countsOf(counts), nextId: channel + 1 },
    effects: [{ kind: "open", line, channel }],
  };
}

function halt(state: ConnectionState, reason: StopReason, cause: TrefoilError): Step {
  return {
    state: { phase: "stopped", reason, cause, ...fresh(state) },
    effects: [{ kind: "hang-up-all" }],
  };
}

function fresh({ nextId }: ConnectionState): Counts {
  return { attempt: 0, reopened: false, renewed: false, refusals: 0, nextId };
}

function goneAway(): TrefoilError {
  return new TrefoilError("unavailable", "The gateway moves this client elsewhere (GOAWAY).");
}

function unchanged(state: ConnectionState): Step {
  return { state, effects: [] };
}

function preceded(effect: ConnectionEffect, step: Step): Step {
  return { state: step.state, effects: [effect, ...step.effects] };
}
