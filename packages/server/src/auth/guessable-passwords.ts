// Passwords that are guessed first: the ones that most people choose, rows of keys, repetitions, and the address itself. Guesses
// are slowed, so what must not be is a password among the first few hundred.
// @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver

import { normalisedEmail } from "./email-address.js";

/** Parts of which the passwords are made that leaks have most often; digits and signs around them change little. */
const common: ReadonlySet<string> = new Set(
  `abc access admin administrator amanda andrew angel asdf ashley baseball basketball batman blink bailey bigdog
buster butterfly changeme charlie cheese chocolate clova computer cookie corvette daniel default demo diamond dolphin donald dragon
eagles elephant family ferrari flower football forever freedom friends gateway george ginger guest hannah harley hello
home hunter iloveyou internet jennifer jessica jordan joshua justin killer king letmein liverpool login london love
loveme lovely maggie manager marina master matthew maverick mercedes michael michelle midnight monkey mustang nicole ninja
nothing orange pass passport passw passwd password patrick pepper philips pokemon princess purple qazwsx qwer qwert qwerty rainbow
ranger robert root samantha samsung secret security server shadow silver slipknot smile soccer sophie spider
spiderman starwars startrek steelers summer sunshine superman superstar support sweety system taylor test tester
testing thomas thunder tigger trefoil trustno trustnoone user victoria welcome whatever william winter yankees zaq zxcvbn
sakura arigato doraemon pikachu nintendo naruto anata tokyo daisuki himitsu kimochi saranghae korea seoul gksrmf
tkfkdgo dkssud qlalfqjsgh dkagh`.split(/\s+/),
);

/** Rows that fingers run along, there and back. */
const rows = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "qazwsxedcrfvtgbyhnujm",
  "!@#$%^&*()",
].flatMap((row) => [row, Array.from(row).toReversed().join("")]);

/** Letters that are written by digits and signs. */
const disguises: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/**
 * Whether a password is among those that are guessed first.
 * @param email the address of its account, which is guessed before anything; null where there is none
 */
export function isGuessable(password: string, email: string | null): boolean {
  const text = password.normalize("NFKC").toLowerCase();
  return isRepetition(text) || isRun(text) || isCommon(text) || isAddress(text, email);
}

/** One short piece again and again: `aaaaaaaa`, `abcabcabc`. */
function isRepetition(text: string): boolean {
  return /^(.{1,4})\1+.{0,3}$/su.test(text);
}

/** Nothing but pieces of rows: `12345678`, `qwertyui`, `abcd1234`. */
function isRun(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const length = longestRun(text, at);
    if (length < 3) return false;
    at += length;
  }
  return true;
}

function longestRun(text: string, at: number): number {
  let length = 0;
  while (
    at + length < text.length &&
    rows.some((row) => row.includes(text.slice(at, at + length + 1)))
  ) {
    length += 1;
  }
  return length;
}

/** A word that everybody takes, alone or twice, disguised or not, with a few digits and signs around it. */
function isCommon(text: string): boolean {
  const plain = (some: string) => some.replaceAll(/[01345$7@!]/g, (sign) => disguises[sign] ?? "");
  const bare = (some: string) => some.replaceAll(/^[^\p{L}]{0,6}|[^\p{L}]{0,6}$/gu, "");
  const words = [bare(text), plain(bare(text)), bare(plain(text)), plain(text)];
  return words.some((word) => {
    const half = word.slice(0, word.length / 2);
    return common.has(word) || (word === half + half && common.has(half));
  });
}

/** The address, a part of it, or that with a few signs around it. */
function isAddress(text: string, email: string | null): boolean {
  if (email === null) return false;
  const address = normalisedEmail(email);
  const [name = "", host = ""] = address.split("@");
  return [address, name, host].some(
    (part) => part.length >= 4 && text.includes(part) && text.length - part.length <= 6,
  );
}
