// Which passwords are guessed first, and which are not taken for one.

import { expect, it } from "vitest";
import { isGuessable } from "./guessable-passwords.js";

it.each([
  "password",
  "Password1",
  "P@ssw0rd",
  "p4$$w0rd!",
  "password123!",
  "passwordpassword",
  "12345678",
  "123456789",
  "87654321",
  "1234567890",
  "11111111",
  "qwertyuiop",
  "Qwerty123",
  "1qaz2wsx",
  "asdfghjkl",
  "abcd1234",
  "abcabcabc",
  "iloveyou1",
  "letmein!!",
  "welcome2025",
  "admin1234",
  "trefoil1",
  "clova2025",
  "ｐａｓｓｗｏｒｄ",
  "aaaaaaaaaaaaaaaaaaaa",
  "1234qwer",
])("%s is guessed first", (password) => {
  expect(isGuessable(password, null)).toBe(true);
});

it.each(["lee.person@example.org", "Lee.Person1", "lee.person!", "1example.org!"])(
  "%s is guessed first for lee.person@example.org",
  (password) => {
    expect(isGuessable(password, "Lee.Person@example.org")).toBe(true);
    expect(isGuessable(`${password} and more words`, "lee.person@example.org")).toBe(false);
  },
);

it.each([
  "correct horse battery staple",
  "correct horse",
  "a long password",
  "wrong password",
  "München 1972",
  "five unrelated words here",
  "kX7#mQ2p",
  "소나무 아래 고양이",
  "桜の木の下で待つ",
  "my dragon is green",
  "12345678 apples",
])("%s is not", (password) => {
  expect(isGuessable(password, "a@b.example")).toBe(false);
});

it("takes no time over what is long (attack: catastrophic matching)", () => {
  const started = performance.now();
  for (const piece of ["a", "ab", "abcd", "1", "!", "password", "0"]) {
    isGuessable(`${piece.repeat(1_024 / piece.length)}\u0000`, `${"a".repeat(200)}@b`);
    isGuessable(`${"abc".repeat(300)}x${piece}`, null);
  }
  expect(performance.now() - started).toBeLessThan(1_000);
});
