// The rules by which a soak is judged: each thing that may go wrong fails it, and nothing else does.

import { describe, expect, it } from "vitest";
import type { Census } from "../../bench/src/soak/census.js";
import { Tally } from "../../bench/src/soak/tally.js";
import {
  type SoakOutcome,
  heapGrowth,
  judge,
  leftovers,
  residentGrowth,
  slopeOf,
} from "../../bench/src/soak/verdict.js";

const megabyte = 1_048_576;

const empty: Census = {
  resident: 110 * megabyte,
  heap: 25 * megabyte,
  files: 25,
  sockets: 4,
  timers: 8,
  resources: { TCPServerWrap: 2 },
  connections: 0,
  downchannels: 0,
  mailbox: 0,
};

const full: Census = {
  ...empty,
  resident: 300 * megabyte,
  heap: 100 * megabyte,
  files: 5_025,
  sockets: 5_004,
  resources: { TCPServerWrap: 2, TCPSocketWrap: 5_000 },
  connections: 5_000,
  downchannels: 5_000,
};

/** Resident memory that is the same for ten minutes, or grows, with the saw of a garbage collector over it. */
const memory = (megabytesAMinute: number) =>
  Array.from({ length: 60 }, (_, index) => ({
    minutes: 2 + index / 6,
    resident: full.resident + ((index / 6) * megabytesAMinute + (index % 5)) * megabyte,
  }));

function problems(changes: Partial<SoakOutcome>): readonly string[] {
  return judge({
    before: empty,
    warm: full,
    end: full,
    after: empty,
    samples: memory(0),
    errors: 0,
    words: [],
    lost: 0,
    judgesMemory: true,
    ...changes,
  });
}

describe("a soak", () => {
  it("goes well where all is as it was", () => {
    expect(problems({})).toEqual([]);
  });

  it("fails on a single error, and says which", () => {
    expect(problems({ errors: 1, words: ["device-7: an event: was answered 500"] })).toEqual([
      "1 errors, among them: device-7: an event: was answered 500",
    ]);
  });

  it("fails on a single directive that never came", () => {
    expect(problems({ lost: 1 })).toEqual(["1 directives were accepted and never came"]);
  });

  it.each([
    ["open files: 25 before, 26 after", { files: 26 }],
    ["sockets: 4 before, 5 after", { sockets: 5 }],
    ["timers: 8 before, 9 after", { timers: 9 }],
    ["connections: 0 before, 1 after", { connections: 1 }],
    ["downchannels: 0 before, 1 after", { downchannels: 1 }],
    ["directives in the mailbox: 0 before, 1 after", { mailbox: 1 }],
    ["TCPSocketWrap: 0 before, 1 after", { resources: { TCPServerWrap: 2, TCPSocketWrap: 1 } }],
  ])("fails on what is left behind: %s", (line, changes) => {
    const after = { ...empty, ...changes };
    expect(leftovers(empty, after)).toEqual([line]);
    expect(problems({ after })).toEqual([`left behind: ${line}`]);
  });

  it("may leave less behind than there was", () => {
    expect(problems({ after: { ...empty, timers: 7, files: 24, resources: {} } })).toEqual([]);
  });

  it("fails where the heap grows beyond what caches need", () => {
    const allowed = heapGrowth.bytes + full.heap * heapGrowth.share;
    expect(problems({ end: { ...full, heap: full.heap + allowed } })).toEqual([]);
    expect(problems({ end: { ...full, heap: full.heap + allowed + megabyte } })).toEqual([
      "the heap grew under load by 5.0 MB",
    ]);
  });

  it("fails where resident memory climbs, by its slope and not by where the collector stands", () => {
    const allowed = (residentGrowth.bytes + full.resident * residentGrowth.share) / megabyte;
    const minutes = 59 / 6;
    expect(problems({ samples: memory((allowed / minutes) * 0.9) })).toEqual([]);
    expect(problems({ samples: memory((allowed / minutes) * 1.1) })).toEqual([
      expect.stringMatching(/^resident memory grew under load by \d+\.\d MB$/),
    ]);
  });

  it("is not judged by its memory where it was too short to tell", () => {
    const end = { ...full, heap: 2 * full.heap };
    expect(problems({ end, samples: memory(100), judgesMemory: false })).toEqual([]);
  });
});

it("the slope of memory is bytes a minute", () => {
  expect(slopeOf([])).toBe(0);
  expect(slopeOf([{ minutes: 1, resident: 5 }])).toBe(0);
  expect(slopeOf([0, 1, 2].map((minutes) => ({ minutes, resident: 7 + 3 * minutes })))).toBe(3);
});

describe("the tally", () => {
  it("knows what is on its way, what came, and what came again", () => {
    const tally = new Tally();
    const [first, second] = [tally.send(0), tally.send(10)];
    tally.accept();
    tally.receive(first, 5);
    tally.receive(first, 6);
    expect(tally).toMatchObject({ received: 1, repeated: 1, waiting: 1, errors: 0 });
    expect(tally.pushTimes).toEqual([5]);
    // It may come before its sender has the answer.
    tally.receive(second, 30);
    tally.accept();
    expect(tally).toMatchObject({ accepted: 2, received: 2, waiting: 0, errors: 0 });
  });

  it("counts a refusal and a directive that nobody sent as errors, and keeps few of them in words", () => {
    const tally = new Tally();
    tally.refuse(tally.send(0), "503");
    tally.receive(99, 1);
    expect(tally).toMatchObject({ waiting: 0, errors: 2 });
    expect(tally.words).toEqual([
      "directive 1 was not accepted: 503",
      "directive 99 came and was never sent",
    ]);
    for (let more = 0; more < 1_000; more++) tally.fail("again");
    expect(tally.errors).toBe(1_002);
    expect(tally.words.length).toBeLessThan(100);
  });
});
