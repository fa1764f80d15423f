// Members that were left out, taken out: with exact optional properties `undefined` is a value.

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

type RequiredOf<T> = { [Key in keyof T]: undefined extends T[Key] ? never : Key }[keyof T];

/** The members that have a value. */
export function definedOf<T extends object>(
  value: T,
): Partial<Defined<T>> & Pick<Defined<T>, RequiredOf<T>> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Partial<Defined<T>> & Pick<Defined<T>, RequiredOf<T>>;
}
