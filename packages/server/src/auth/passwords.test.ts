import { describe, expect, it } from "vitest";
import { Passwords, nobodysHash } from "./passwords.js";

describe("passwords", () => {
  it("are right or wrong", async () => {
    const passwords = new Passwords();
    const stored = await passwords.hash("correct horse");
    expect(stored).toMatch(/^\$argon2id\$/);
    expect(await passwords.verify(stored, "correct horse")).toBe(true);
    expect(await passwords.verify(stored, "wrong horse")).toBe(false);
    expect(await passwords.verify(undefined, "correct horse")).toBe(false);
  });

  // Attack: telling accounts from addresses that nobody has by the time that a wrong password takes.
  it("are checked at the same cost where there is no account, from the first time on", async () => {
    const partsOf = (hash: string) => hash.split("$");
    const real = partsOf(await new Passwords().hash("correct horse"));
    const stoodIn = partsOf(nobodysHash);
    expect(stoodIn.slice(0, 4)).toEqual(real.slice(0, 4));
    expect(stoodIn.map(({ length }) => length)).toEqual(real.map(({ length }) => length));
  });

  // Attack: a flood of sign-ins must not take all memory and threads.
  it("are worked on a few at a time; too many at once are sent away", async () => {
    const passwords = new Passwords();
    const stored = await passwords.hash("correct horse");
    const outcomes = await Promise.allSettled(
      Array.from({ length: 70 }, () => passwords.verify(stored, "correct horse")),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(4);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ reason: { code: "unavailable", retryAfter: 2 } });
    }
    expect(await passwords.verify(stored, "correct horse")).toBe(true);
  });
});
