// Progress reports for any stream and any way of playing it.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AudioStream,
  advanced,
  nextMilestone,
  reported,
  sought,
  startOf,
} from "./progress.js";

const time = fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: null });
const streams = fc.record({
  token: fc.constant("t"),
  url: fc.constant("u"),
  urlPlayable: fc.constant(true),
  beginAtInMilliseconds: fc.integer({ min: 0, max: 20_000 }),
  durationInMilliseconds: fc.integer({ min: 0, max: 20_000 }),
  progressReport: fc.record({
    progressReportDelayInMilliseconds: time,
    progressReportIntervalInMilliseconds: time,
    progressReportPositionInMilliseconds: time,
  }),
}) satisfies fc.Arbitrary<AudioStream>;

describe("a stream that is played to its end", () => {
  it("reports what the definition says, whatever its times are", () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const { beginAtInMilliseconds: begin, durationInMilliseconds: duration } = stream;
        const end = begin + duration;
        const counts = { delay: 0, interval: 0, position: 0 };
        let head = startOf(stream);
        let last = -1;
        for (;;) {
          const milestone = nextMilestone(stream, head, end);
          expect(milestone.after).toBeGreaterThanOrEqual(0);
          head = advanced(head, milestone.after);
          expect(head.played).toBeGreaterThanOrEqual(last);
          last = head.played;
          if (milestone.kind === "end") break;
          counts[milestone.kind]++;
          head = reported(head, milestone.kind);
        }
        expect(head.offset).toBe(end);
        const {
          progressReportDelayInMilliseconds: delay,
          progressReportIntervalInMilliseconds: interval,
          progressReportPositionInMilliseconds: place,
        } = stream.progressReport;
        expect(counts.delay).toBe(delay !== null && delay <= duration ? 1 : 0);
        expect(counts.position).toBe(place !== null && begin <= place && place <= end ? 1 : 0);
        expect(counts.interval).toBe(
          interval === null || interval === 0 ? 0 : Math.floor(duration / Math.max(interval, 250)),
        );
      }),
    );
  });
});

describe("seeking", () => {
  it("reports the place exactly when it was ahead and is not any more", () => {
    fc.assert(
      fc.property(
        streams,
        fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 10 }),
        (stream, places) => {
          const place = stream.progressReport.progressReportPositionInMilliseconds ?? -1;
          let head = startOf(stream);
          let ahead = head.offset <= place;
          for (const offset of places) {
            const { head: after, crossed } = sought(stream, head, offset);
            expect(crossed).toBe(ahead && offset >= place ? place : undefined);
            ahead = offset < place;
            expect(after.offset).toBe(offset);
            expect(after.played).toBe(head.played);
            head = after;
          }
        },
      ),
    );
  });
});
