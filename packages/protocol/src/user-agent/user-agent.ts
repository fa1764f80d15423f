// The User-Agent that the public client guides prescribe: `Maker/Product/1.2.3 (OS;hardware;key=value)`.

/** A User-Agent that follows the grammar. */
export interface ClovaUserAgent {
  readonly kind: "clova";
  /** Who made the client, such as `CLOVA`. */
  readonly manufacturer: string;
  /** What it is, such as `DONUT`. */
  readonly product: string;
  /** A semantic version, such as `1.2.3` or `2.1.2-release+build`. */
  readonly firmwareVersion: string;
  /** Such as `Android 7.1.1`. */
  readonly os: string;
  /** Such as `qcom`. */
  readonly hardware: string;
  /** What else it says of itself, percent-decoded where that is possible; of a repeated name the first one counts. */
  readonly properties: ReadonlyMap<string, string>;
}

/** Any other User-Agent, or none. */
export interface OtherUserAgent {
  readonly kind: "other";
  /** What departs from the grammar, as a sentence for the developer of the client. */
  readonly reason: string;
}

/** What a User-Agent header says. */
export type UserAgent = ClovaUserAgent | OtherUserAgent;

/** Longest header that is read, in characters. */
const maxLength = 512;

// None of these backtracks: each has one unbounded class at most before an end that the class itself reaches.
const word = /^[A-Za-z0-9_.-]+$/;
const words = /^[A-Za-z0-9_.-](?:[A-Za-z0-9_. -]*[A-Za-z0-9_.-])?$/;
const urlEncoded = /^[A-Za-z0-9_.%-]+$/;
const number = /^[0-9]+$/;
const identifier = /^[A-Za-z0-9_-]+$/;

/**
 * Reads a User-Agent header. Around a slash, a semicolon and before the parenthesis one space may stand:
 *
 *     manufacturer / product / version (os ; hardware ; key=value ; ...)
 *
 * The version is a semantic one. Never throws: what does not follow the grammar is `other`, with the reason.
 * @param value the header as it came; undefined where there was none
 * @see https://semver.org/
 */
export function parseUserAgent(value: string | undefined): UserAgent {
  if (value === undefined || value === "") return other("There is no User-Agent header.");
  if (value.length > maxLength) return other(`It is longer than ${maxLength} characters.`);
  const open = value.indexOf("(");
  if (open === -1 || !value.endsWith(")")) {
    return other("It does not end in the operating system and the hardware in parentheses.");
  }
  const identity = withoutOneSpaceAfter(value.slice(0, open)).split("/");
  const [manufacturer, product, firmwareVersion] = identity.map((part, index) =>
    withoutOneSpaceAround(part, index > 0, index < 2),
  );
  if (
    identity.length !== 3 ||
    manufacturer === undefined ||
    product === undefined ||
    firmwareVersion === undefined
  ) {
    return other("It does not begin with manufacturer, product and version, parted by slashes.");
  }
  if (!words.test(manufacturer)) return other("The manufacturer is no sequence of words.");
  if (!words.test(product)) return other("The product is no sequence of words.");
  if (!isSemanticVersion(firmwareVersion)) {
    return other("The version is not of the form 1.2.3, 1.2.3-release or 1.2.3+build.");
  }
  const information = value.slice(open + 1, -1).split(";");
  const last = information.length - 1;
  const [os, hardware, ...extras] = information.map((part, index) =>
    withoutOneSpaceAround(part, index > 0, index < last),
  );
  if (os === undefined || !words.test(os)) {
    return other("The operating system is no sequence of words.");
  }
  if (hardware === undefined || !words.test(hardware)) {
    return other("The hardware is no sequence of words.");
  }
  const properties = new Map<string, string>();
  for (const extra of extras) {
    const equals = extra.indexOf("=");
    const name = extra.slice(0, Math.max(equals, 0));
    const encoded = extra.slice(equals + 1);
    if (!word.test(name) || !urlEncoded.test(encoded)) {
      return other("What follows the hardware is not of the form key=value, URL-encoded.");
    }
    if (!properties.has(name)) properties.set(name, percentDecoded(encoded));
  }
  return { kind: "clova", manufacturer, product, firmwareVersion, os, hardware, properties };
}

function other(reason: string): OtherUserAgent {
  return { kind: "other", reason };
}

/** `1.2.3`, then perhaps `-release`, then perhaps `+build`, both of identifiers parted by dots. */
function isSemanticVersion(text: string): boolean {
  const plus = text.indexOf("+");
  const [beforeBuild, build] = plus === -1 ? [text] : [text.slice(0, plus), text.slice(plus + 1)];
  const dash = beforeBuild.indexOf("-");
  const [core, release] =
    dash === -1 ? [beforeBuild] : [beforeBuild.slice(0, dash), beforeBuild.slice(dash + 1)];
  const numbers = core.split(".");
  return (
    numbers.length === 3 &&
    numbers.every((part) => number.test(part)) &&
    (release === undefined || release.split(".").every((part) => identifier.test(part))) &&
    (build === undefined || build.split(".").every((part) => identifier.test(part)))
  );
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The grammar allows a percent sign anywhere; what is no encoding stands for itself.
    return text;
  }
}

function withoutOneSpaceAround(text: string, before: boolean, after: boolean): string {
  const start = before && text.startsWith(" ") ? 1 : 0;
  const end = after && text.length > start && text.endsWith(" ") ? -1 : undefined;
  return text.slice(start, end);
}

function withoutOneSpaceAfter(text: string): string {
  return text.endsWith(" ") ? text.slice(0, -1) : text;
}
