// The suite's arithmetic: what it reads from the kernel and from h2load, and what it makes of it.

import { describe, expect, it } from "vitest";
import { parseH2Load } from "../../bench/src/load/h2load.js";
import { FrameReader, FrameType, frame, statusOf } from "../../bench/src/load/frames.js";
import { parseCoreList } from "../../bench/src/measure/cores.js";
import { cpuOfStat } from "../../bench/src/measure/proc.js";
import { alternate } from "../../bench/src/measure/rounds.js";
import { median, medianRatio, percentile } from "../../bench/src/measure/statistics.js";
import { createProgress } from "../../bench/src/progress.js";
import { writeMarkdown } from "../../bench/src/report/markdown.js";
import { type Floor, type RunResult, isMet } from "../../bench/src/report/result.js";
import { groupOf, ratioTo } from "../../bench/src/scenarios/scenario.js";
import { eventBody } from "../../bench/src/load/event-body.js";
import { directiveBytes, directiveText, sendTimes } from "../../bench/src/servers/push-driver.js";

describe("statistics", () => {
  it("take the middle, and interpolate between neighbours", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(percentile([0, 10], 99)).toBeCloseTo(9.9);
    expect(median([])).toBeNaN();
  });

  it("compare round by round, so that a machine that slows down changes nothing", () => {
    expect(medianRatio([10, 20, 40], [5, 10, 20])).toBe(2);
  });

  it("read a ratio as better or worse, whichever way the quantity goes", () => {
    const samples = {
      ours: { cpu: [10, 10], rate: [50, 50] },
      peer: { cpu: [20, 20], rate: [100, 100] },
    };
    const group = groupOf(
      "group",
      {
        cpu: { label: "CPU", unit: "µs", better: "lower" },
        rate: { label: "rate", unit: "/s", better: "higher" },
      },
      samples,
      "peer",
    );
    expect(ratioTo(group, "cpu", "ours", "peer")).toBe(2);
    expect(ratioTo(group, "rate", "ours", "peer")).toBe(0.5);
  });
});

describe("measuring in turns", () => {
  it("goes A B A B, and throws the first rounds away", async () => {
    const order: string[] = [];
    const results = await alternate(
      { a: 1, b: 2 },
      2,
      async (subject) => {
        order.push(subject === 1 ? "a" : "b");
        return { value: order.length };
      },
      () => undefined,
    );
    expect(order.join("")).toBe("abababab");
    expect(results).toEqual({ a: { value: [5, 7] }, b: { value: [6, 8] } });
  });
});

describe("what the kernel says", () => {
  it("reads CPU time past a program's name that holds spaces and parentheses", () => {
    const fields = ["S", ...Array.from({ length: 10 }, () => "0"), "25", "17", "0"];
    expect(cpuOfStat(`42 (a (b) c) ${fields.join(" ")}`)).toBe(420_000);
  });

  it("reads lists of cores", () => {
    expect(parseCoreList("0-2,5\n")).toEqual([0, 1, 2, 5]);
    expect(parseCoreList("3")).toEqual([3]);
  });
});

describe("what h2load says", () => {
  const output = (succeeded: number) =>
    `finished in 1.23s, 32520.33 req/s, 1.2MB/s\nstatus codes: ${succeeded} 2xx, 0 3xx, 0 4xx, 0 5xx\ntime for request:     12us     4.00ms      1.50ms     1ms    66%\n`;

  it("is taken where every request succeeded", () => {
    expect(parseH2Load(output(100), 100)).toEqual({ rate: 32_520.33, meanTime: 1.5 });
  });

  it("is an error where a single one did not", () => {
    expect(() => parseH2Load(output(99), 100)).toThrow("99 of 100 requests succeeded");
    expect(() => parseH2Load("nothing of the kind", 1)).toThrow("0 of 1");
  });
});

describe("the load's frames", () => {
  it("come out whole, however they were cut", () => {
    const bytes = Buffer.concat([
      frame(FrameType.data, 1, 3, Buffer.from("hello")),
      frame(FrameType.ping, 0, 0, Buffer.alloc(8)),
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const seen: string[] = [];
      const reader = new FrameReader();
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        reader.read(piece, (type, flags, stream, payload) =>
          seen.push(`${type} ${flags} ${stream} ${payload.length}`),
        );
      }
      expect(seen).toEqual(["0 1 3 5", "6 0 0 8"]);
    }
  });

  it("tell the common statuses from a header block, behind a change of the table's size", () => {
    expect(statusOf(Uint8Array.from([0x89]))).toBe(204);
    expect(statusOf(Uint8Array.from([0x20, 0x88, 0x5f]))).toBe(200);
    expect(statusOf(Uint8Array.from([0x48]))).toBe(0);
  });
});

describe("what is sent", () => {
  it("is as large as the plan says", () => {
    expect(eventBody().length).toBe(600);
    expect(Buffer.byteLength(directiveText())).toBe(directiveBytes);
  });

  it("carries the time of its sending, also where several come together", () => {
    const before = process.hrtime.bigint();
    const times = [...sendTimes(Buffer.from(directiveText() + directiveText()))];
    expect(times.length).toBe(2);
    for (const time of times) {
      expect(time >= before && time <= process.hrtime.bigint()).toBe(true);
    }
  });
});

describe("the report", () => {
  const floor = (value: number, sense: Floor["sense"]): Floor => ({
    text: "floor",
    value,
    bound: 1,
    sense,
    unit: "×",
  });
  const run = (foreignLoad: number): RunResult => ({
    machine: {
      time: "2025-01-01T00:00:00.000Z",
      cpu: "test",
      cores: 2,
      memory: "1 GiB",
      kernel: "6",
      node: "v20",
      openssl: "3",
      commit: "abc",
      pinning: "none",
      foreignLoad,
      packages: {},
    },
    quick: false,
    scenarios: [
      {
        scenario: "ping",
        about: "about",
        groups: [],
        curves: [],
        floors: [floor(1, "at least"), floor(0.9, "at least"), floor(1.1, "at most")],
        notes: [],
      },
    ],
  });

  it("says of each floor whether it is met", () => {
    expect([floor(1, "at least"), floor(1, "at most"), floor(0.99, "at least")].map(isMet)).toEqual(
      [true, true, false],
    );
    const report = writeMarkdown(run(0));
    expect(report.match(/\| met \|/g)?.length).toBe(1);
    expect(report.match(/\| \*\*not met\*\* \|/g)?.length).toBe(2);
    expect(report).not.toContain("The machine was busy");
  });

  it("says when others used the machine", () => {
    expect(writeMarkdown(run(0.4))).toContain("other processes used 40 % of its cores");
  });
});

describe("progress", () => {
  function captured(isTTY: boolean) {
    const written: string[] = [];
    let time = 0;
    const stream = { isTTY, columns: 20, write: (text: string) => written.push(text) > 0 };
    const progress = createProgress(stream, () => time);
    return { progress, written, advance: (by: number) => (time += by) };
  }

  it("rewrites one line on a terminal, no longer than it is wide", () => {
    const { progress, written } = captured(true);
    progress.step("a step that is longer than the terminal");
    expect(written).toEqual(["\r\u001B[Ka step that is long"]);
  });

  it("writes plain lines elsewhere, and repeats a step that only counts after a while", () => {
    const { progress, written, advance } = captured(false);
    progress.step("1 of 10 devices");
    progress.step("2 of 10 devices");
    progress.step("warming up");
    advance(6_000);
    progress.step("warming up");
    expect(written).toEqual(["1 of 10 devices\n", "warming up\n", "warming up\n"]);
  });
});
