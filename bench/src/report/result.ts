// What a run of the suite finds: the shape of `results/latest.json`.

/** How a quantity is shown, and which way is better. */
export interface Quantity {
  readonly label: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  /** Digits after the point in tables; 1 unless given. */
  readonly digits?: number;
}

/** One subject in one group. */
export interface Measured {
  /** `trefoil`, or the name of a peer or a variant. */
  readonly subject: string;
  /** By quantity: the median, and each round's value. */
  readonly values: Readonly<
    Record<string, { readonly median: number; readonly rounds: readonly number[] }>
  >;
}

/** Subjects that were measured in turns under the same load. */
export interface Group {
  readonly name: string;
  readonly quantities: Readonly<Record<string, Quantity>>;
  readonly measured: readonly Measured[];
  /** The quantity that the chart shows and that ratios are taken of. */
  readonly chart: string;
  /** Whom the others are compared with. */
  readonly baseline: string;
}

/** A floor of the benchmark plan, compared with what was measured. Not a test: the machine may be busy. */
export interface Floor {
  readonly text: string;
  readonly value: number;
  readonly bound: number;
  readonly sense: "at least" | "at most";
  readonly unit: string;
}

/** A line over a growing count, as memory over devices. */
export interface Curve {
  readonly name: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly {
    readonly subject: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

export interface ScenarioResult {
  readonly scenario: string;
  readonly about: string;
  readonly groups: readonly Group[];
  readonly curves: readonly Curve[];
  readonly floors: readonly Floor[];
  readonly notes: readonly string[];
}

/** Where and with what a run was made. */
export interface Machine {
  readonly time: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly kernel: string;
  readonly node: string;
  readonly openssl: string;
  readonly commit: string;
  /** Pinning of server and load; a run on one core compares little. */
  readonly pinning: string;
  /** Share of all cores that others used just before the run, 0 to 1. */
  readonly foreignLoad: number;
  readonly packages: Readonly<Record<string, string>>;
}

export interface RunResult {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly scenarios: readonly ScenarioResult[];
}

export function isMet({ value, bound, sense }: Floor): boolean {
  return sense === "at least" ? value >= bound : value <= bound;
}
