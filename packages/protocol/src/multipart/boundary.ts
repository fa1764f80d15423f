// New boundaries: random, so that no part can hold one by accident or on purpose.

const randomBytes = (size: number): Uint8Array =>
  globalThis.crypto.getRandomValues(new Uint8Array(size));

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/**
 * A new boundary: 60 lower-case hex digits, as devices that shipped have always seen them.
 * @param random answers that many random bytes; the platform's cryptographic source unless given
 */
export function newBoundary(random: (size: number) => Uint8Array = randomBytes): string {
  let boundary = "";
  for (const byte of random(30)) boundary += hexOfByte[byte];
  return boundary;
}
