// What a server process holds, counted by itself: memory, and whatever keeps its event loop busy.

/** What is counted. */
export interface ProcessCensus {
  /** The JavaScript heap in use, and what it holds outside itself. Bytes. */
  readonly heap: number;
  /** Timers that are pending, where they are counted. */
  readonly timers: number | undefined;
  /** What keeps the event loop alive, sockets above all, by the names that Node.js gives them. */
  readonly resources: Readonly<Record<string, number>>;
  readonly operationsPort: number | undefined;
}

export function censusCommands(
  operationsPort: number | undefined,
  timers: () => number | undefined,
) {
  return {
    census(): ProcessCensus {
      const { heapUsed, external } = process.memoryUsage();
      const resources: Record<string, number> = {};
      for (const kind of process.getActiveResourcesInfo()) {
        resources[kind] = (resources[kind] ?? 0) + 1;
      }
      return { heap: heapUsed + external, timers: timers(), resources, operationsPort };
    },
  };
}
