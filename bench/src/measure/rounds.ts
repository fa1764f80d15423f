// A B A B: what is compared is measured in turns, so that a machine that changes its pace changes it for all.

/** What one measurement found, by the name of the quantity. */
export type Sample = Readonly<Record<string, number>>;

/** All samples of one subject: for each quantity, the value of each round. */
export type Samples = Readonly<Record<string, readonly number[]>>;

/**
 * Measures each subject once a round.
 * @param subjects what is compared, by name
 * @param rounds how often
 * @param measure one measurement. Before the first round come others that are thrown away, so that code is compiled: two of
 *   them, or one where there is a single round only
 * @param tell called before each measurement
 */
export async function alternate<S>(
  subjects: Readonly<Record<string, S>>,
  rounds: number,
  measure: (subject: S, warmingUp: boolean) => Promise<Sample>,
  tell: (step: string) => void,
): Promise<Readonly<Record<string, Samples>>> {
  const results: Record<string, Record<string, number[]>> = {};
  const warmUps = rounds > 1 ? 2 : 1;
  for (let round = 1 - warmUps; round <= rounds; round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      tell(round < 1 ? `${name}: warming up` : `${name}: round ${round} of ${rounds}`);
      const sample = await measure(subject, round < 1);
      if (round < 1) continue;
      const samples = (results[name] ??= {});
      for (const [quantity, value] of Object.entries(sample)) {
        (samples[quantity] ??= []).push(value);
      }
    }
  }
  return results;
}
