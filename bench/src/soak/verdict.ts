// Whether a soak went well: a rule for each thing that may go wrong, decided from what was counted.

import type { Census } from "./census.js";

/** Resident memory at a moment. */
export interface MemorySample {
  /** Since the load began. */
  readonly minutes: number;
  /** Bytes. */
  readonly resident: number;
}

/** What a soak came to. */
export interface SoakOutcome {
  /** Before the fleet came, when one device had come and gone. */
  readonly before: Census;
  /** With all devices, when each has done everything. */
  readonly warm: Census;
  /** With all devices, at the end of the load. */
  readonly end: Census;
  /** When all devices have gone. */
  readonly after: Census;
  /** From warm to end. */
  readonly samples: readonly MemorySample[];
  readonly errors: number;
  readonly words: readonly string[];
  /** Directives that were accepted and never came. */
  readonly lost: number;
  /** Whether the load was long enough for its memory to say something. */
  readonly judgesMemory: boolean;
}

const megabyte = 1_048_576;

/** How much what is held may grow under load: caches fill, tables double. The rest of a byte for each event would be more. */
export const heapGrowth = { bytes: 2 * megabyte, share: 0.02 } as const;

/** The same of resident memory, which is what the allocator and the collector make of it. */
export const residentGrowth = { bytes: 16 * megabyte, share: 0.08 } as const;

/** @returns growth by least squares over the whole, bytes a minute; 0 of fewer than two samples */
export function slopeOf(samples: readonly MemorySample[]): number {
  const count = samples.length;
  if (count < 2) return 0;
  const mean = (of: (sample: MemorySample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / count;
  const time = mean(({ minutes }) => minutes);
  const size = mean(({ resident }) => resident);
  let covariance = 0;
  let variance = 0;
  for (const { minutes, resident } of samples) {
    covariance += (minutes - time) * (resident - size);
    variance += (minutes - time) ** 2;
  }
  return variance === 0 ? 0 : covariance / variance;
}

/** What of a server's holdings is still there when all devices have gone: one line each. */
export function leftovers(before: Census, after: Census): readonly string[] {
  const left: string[] = [];
  const compare = (what: string, was: number, is: number): void => {
    if (is > was) left.push(`${what}: ${was} before, ${is} after`);
  };
  compare("open files", before.files, after.files);
  compare("sockets", before.sockets, after.sockets);
  compare("timers", before.timers, after.timers);
  compare("connections", before.connections, after.connections);
  compare("downchannels", before.downchannels, after.downchannels);
  compare("directives in the mailbox", before.mailbox, after.mailbox);
  for (const [kind, count] of Object.entries(after.resources)) {
    compare(kind, before.resources[kind] ?? 0, count);
  }
  return left;
}

/** What went wrong, one line each: none where the soak went well. */
export function judge(outcome: SoakOutcome): readonly string[] {
  const { before, warm, end, after, samples, errors, words, lost, judgesMemory } = outcome;
  const problems: string[] = [];
  if (errors > 0) problems.push(`${errors} errors, among them: ${words.join("; ")}`);
  if (lost > 0) problems.push(`${lost} directives were accepted and never came`);
  problems.push(...leftovers(before, after).map((line) => `left behind: ${line}`));
  if (!judgesMemory) return problems;
  const heap = end.heap - warm.heap;
  if (heap > heapGrowth.bytes + warm.heap * heapGrowth.share) {
    problems.push(`the heap grew under load by ${megabytes(heap)} MB`);
  }
  const [first, last] = [samples[0], samples.at(-1)];
  const resident = slopeOf(samples) * ((last?.minutes ?? 0) - (first?.minutes ?? 0));
  if (resident > residentGrowth.bytes + warm.resident * residentGrowth.share) {
    problems.push(`resident memory grew under load by ${megabytes(resident)} MB`);
  }
  return problems;
}

/** As many megabytes, with one digit. */
export function megabytes(bytes: number): string {
  return (bytes / megabyte).toFixed(1);
}
