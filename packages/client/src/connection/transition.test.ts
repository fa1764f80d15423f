// What a device does about each thing that happens to its connection, by properties over any order of things.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrefoilError } from "@trefoil/protocol/errors";
import {
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  closedConnection,
} from "./connection-state.js";
import { connectionDefaults as rules } from "./settings.js";
import { transition } from "./transition.js";

const cause = new TrefoilError("unavailable", "lost");
const slow = new TrefoilError("too_many_requests", "slow down", { retryAfter: 20 });

/** Things that can happen, about lines, channels and timers of any age. */
const anyInput: fc.Arbitrary<ConnectionInput> = fc.integer({ min: 0, max: 12 }).chain((back) => {
  // Numbers are given relative to the newest one, so that most news concern what there is.
  const id = -back;
  return fc.oneof(
    fc.constant<ConnectionInput>({ kind: "start" }),
    fc.constant<ConnectionInput>({ kind: "stop" }),
    fc.constant<ConnectionInput>({ kind: "network-changed" }),
    fc.constant<ConnectionInput>({ kind: "sign-in-needed", cause }),
    fc.constant<ConnectionInput>({ kind: "line-ready", line: id }),
    fc.constant<ConnectionInput>({ kind: "line-lost", line: id, cause }),
    fc.constant<ConnectionInput>({ kind: "goaway", line: id }),
    fc.constant<ConnectionInput>({ kind: "channel-open", channel: id }),
    fc.constantFrom(204, 400, 401, 403, 404, 412, 429, 500, 503).map((status): ConnectionInput => ({
      kind: "channel-refused",
      channel: id,
      status,
      cause: status === 429 ? slow : cause,
    })),
    fc.constant<ConnectionInput>({ kind: "channel-ended", channel: id, cause }),
    fc.constant<ConnectionInput>({ kind: "channel-void", channel: id, cause }),
    fc.constant<ConnectionInput>({ kind: "settled", channel: id }),
    fc.constant<ConnectionInput>({ kind: "renewed", channel: id }),
    fc.constant<ConnectionInput>({ kind: "renewal-failed", channel: id, cause }),
    fc.constant<ConnectionInput>({ kind: "pause-over", timer: id }),
  );
});

/** Makes relative numbers real ones. */
function absolute(input: ConnectionInput, { nextId }: ConnectionState): ConnectionInput {
  const real = { ...input } as Record<string, unknown>;
  for (const name of ["line", "channel", "timer"]) {
    if (typeof real[name] === "number") real[name] = nextId - 1 + real[name];
  }
  return real as unknown as ConnectionInput;
}

/** What the gateway and the network can do about what is under way. */
function likely(state: ConnectionState): ConnectionInput[] {
  const news: ConnectionInput[] = [];
  if ("line" in state && state.line !== undefined) {
    const { line } = state;
    news.push({ kind: "line-lost", line, cause }, { kind: "goaway", line });
    const ready: ConnectionInput = { kind: "line-ready", line };
    if (state.phase === "connecting") news.push(ready, ready, ready);
  }
  if ("channel" in state) {
    const { channel } = state;
    news.push({ kind: "channel-ended", channel, cause });
    if (state.phase === "opening") {
      const opened: ConnectionInput = { kind: "channel-open", channel };
      news.push(opened, opened, opened, { kind: "renewal-failed", channel, cause });
      for (const status of [401, 401, 429, 503]) {
        news.push({ kind: "channel-refused", channel, status, cause });
      }
    }
    if (state.phase === "open") news.push({ kind: "channel-void", channel, cause });
    if (state.phase === "renewing") {
      news.push({ kind: "renewed", channel }, { kind: "renewal-failed", channel, cause });
    }
  }
  return news;
}

/** What only time, the application and the platform can do. */
function fromInside(state: ConnectionState): ConnectionInput[] {
  if (state.phase === "waiting") return [{ kind: "pause-over", timer: state.timer }];
  if (state.phase === "open") return [{ kind: "settled", channel: state.channel }];
  return state.phase === "stopped" ? [{ kind: "start" }] : [{ kind: "network-changed" }];
}

/** One thing that happens: likely news picked by number, or a stray one. */
type Happening = number | ConnectionInput;

interface Moment {
  readonly before: ConnectionState;
  readonly input: ConnectionInput;
  readonly after: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** Runs what happens through, from the start. */
function run(
  happenings: readonly Happening[],
  random = 0.5,
  choices = (state: ConnectionState) => [...likely(state), ...fromInside(state)],
): Moment[] {
  const moments: Moment[] = [];
  let state = closedConnection;
  for (const happening of [{ kind: "start" } as const, ...happenings]) {
    const likelyNews = choices(state);
    const input =
      typeof happening === "number"
        ? likelyNews[happening % likelyNews.length]
        : absolute(happening, state);
    if (input === undefined) continue;
    const before = state;
    const step = transition(state, input, rules, random);
    state = step.state;
    moments.push({ before, input, after: state, effects: step.effects });
  }
  return moments;
}

const inputs: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.nat(1_000) }, { weight: 1, arbitrary: anyInput }),
  { maxLength: 80 },
);
const lineOf = (state: ConnectionState) => ("line" in state ? state.line : undefined);

describe("a connection, whatever happens to it", () => {
  it("is shown in every phase by these tests", () => {
    const seen: Record<string, number> = {};
    const sample = fc.sample(inputs, { numRuns: 300, seed: 1 });
    for (const { after } of sample.flatMap((each) => run(each))) {
      seen[after.phase] = (seen[after.phase] ?? 0) + 1;
    }
    for (const phase of ["connecting", "opening", "open", "renewing", "waiting"]) {
      expect(seen[phase], phase).toBeGreaterThan(50);
    }
  });

  it("never forgets a line: each that was dialled is the current one, retired or hung up", () => {
    fc.assert(
      fc.property(inputs, (each) => {
        const alive = new Set<number>();
        for (const { effects, after } of run(each)) {
          for (const effect of effects) {
            if (effect.kind === "dial") alive.add(effect.line);
            if (effect.kind === "hang-up" || effect.kind === "retire") alive.delete(effect.line);
            if (effect.kind === "hang-up-all") alive.clear();
          }
          const line = lineOf(after);
          expect([...alive]).toEqual(line === undefined ? [] : [line]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("never stands still: each phase has something under way that will end it", () => {
    fc.assert(
      fc.property(inputs, (each) => {
        const underWay = new Set<string>();
        for (const { effects, after } of run(each)) {
          for (const effect of effects) {
            if (effect.kind === "dial") underWay.add(`line ${effect.line}`);
            if (effect.kind === "open") underWay.add(`channel ${effect.channel}`);
            if (effect.kind === "renew") underWay.add(`renewal ${effect.channel}`);
            if (effect.kind === "pause") underWay.add(`timer ${effect.timer}`);
          }
          switch (after.phase) {
            case "connecting":
              expect(underWay).toContain(`line ${after.line}`);
              break;
            case "opening":
            case "open":
              expect(underWay).toContain(`channel ${after.channel}`);
              break;
            case "renewing":
              expect(underWay).toContain(`renewal ${after.channel}`);
              break;
            case "waiting":
              expect(underWay).toContain(`timer ${after.timer}`);
              break;
            case "closed":
            case "stopped":
              break;
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("is left alone by news of what is not current", () => {
    fc.assert(
      fc.property(inputs, anyInput, (each, stray) => {
        const state = run(each).at(-1)!.after;
        const old = { ...stray } as Record<string, unknown>;
        let concernsNothing = false;
        for (const name of ["line", "channel", "timer"]) {
          if (typeof old[name] === "number") {
            old[name] = 100_000;
            concernsNothing = true;
          }
        }
        fc.pre(concernsNothing);
        const step = transition(state, old as unknown as ConnectionInput, rules, 0.5);
        expect(step).toEqual({ state, effects: [] });
      }),
    );
  });

  it("does nothing after it was closed until it is started again", () => {
    fc.assert(
      fc.property(inputs, fc.array(anyInput), (each, later) => {
        const closed = run([...each, { kind: "stop" }]).at(-1)!.after;
        expect(closed.phase).toBe("closed");
        for (const input of later.filter(({ kind }) => kind !== "start")) {
          const step = transition(closed, absolute(input, closed), rules, 0.5);
          expect(step).toEqual({ state: closed, effects: [] });
        }
      }),
    );
  });

  it("hangs everything up when it is closed or stopped", () => {
    fc.assert(
      fc.property(inputs, (each) => {
        for (const { before, after, effects } of run(each)) {
          const ends = after.phase === "closed" || after.phase === "stopped";
          if (ends && after !== before) expect(effects).toEqual([{ kind: "hang-up-all" }]);
        }
      }),
    );
  });

  it("never spins: between two good downchannels it makes a few tries, then waits before each further one", () => {
    // The gateway does whatever it likes, as fast as it likes; only time, the application and the platform are outside it.
    const byTheGateway = fc.array(fc.nat(1_000), { maxLength: 100 });
    fc.assert(
      fc.property(byTheGateway, (each) => {
        let tries = 0;
        for (const { effects } of run(each, 0.5, likely)) {
          tries += effects.filter(({ kind }) => kind === "dial" || kind === "open").length;
        }
        expect(tries).toBeLessThanOrEqual(10);
      }),
      { numRuns: 5_000 },
    );
  });

  it("waits at most as long as the backoff's bound and the Retry-After together", () => {
    fc.assert(
      fc.property(inputs, fc.double({ min: 0, max: 0.999, noNaN: true }), (each, random) => {
        for (const { effects } of run(each, random)) {
          for (const effect of effects) {
            if (effect.kind === "pause") expect(effect.delay).toBeLessThanOrEqual(60_000 + 20_000);
            if (effect.kind === "pause") expect(effect.delay).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it("asks for no more than one refresh for each downchannel that was refused", () => {
    fc.assert(
      fc.property(inputs, (each) => {
        for (const { effects, input } of run(each)) {
          if (effects.some(({ kind }) => kind === "renew")) {
            expect(input).toMatchObject({ kind: "channel-refused", status: 401 });
          }
        }
      }),
    );
  });
});

describe("a downchannel that was lost", () => {
  const opened = run([
    { kind: "line-ready", line: 0 },
    { kind: "channel-open", channel: 0 },
  ]).at(-1)!.after;

  it("is reopened at once on the line that is left", () => {
    const step = transition(opened, { kind: "channel-ended", channel: 2, cause }, rules, 0.9);
    expect(step.state).toMatchObject({ phase: "opening", line: 1, reused: true });
    expect(step.effects).toEqual([{ kind: "open", line: 1, channel: 3 }]);
  });

  it("is reopened at once on a new line when that line turns out to be dead", () => {
    const first = transition(opened, { kind: "channel-ended", channel: 2, cause }, rules, 0.9);
    const second = transition(first.state, { kind: "line-lost", line: 1, cause }, rules, 0.9);
    expect(second.effects).toEqual([
      { kind: "hang-up", line: 1 },
      { kind: "dial", line: 4 },
    ]);
  });

  it("is reopened after a wait when it is lost again soon", () => {
    let state = opened;
    for (const input of [
      { kind: "channel-ended", channel: 2, cause },
      { kind: "channel-open", channel: 3 },
      { kind: "channel-ended", channel: 3, cause },
    ] as const) {
      state = transition(state, input, rules, 0.9).state;
    }
    expect(state).toMatchObject({ phase: "waiting", delay: 225, line: 1 });
  });
});
