// HPACK's static table: the sixty-one header fields that both sides know before a byte is sent.
// @see https://www.rfc-editor.org/rfc/rfc7541#appendix-A

/** Names and values in turn, in the order of their indices; the first has index 1. */
const fields = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language", ""],
  ["accept-ranges", ""],
  ["accept", ""],
  ["access-control-allow-origin", ""],
  ["age", ""],
  ["allow", ""],
  ["authorization", ""],
  ["cache-control", ""],
  ["content-disposition", ""],
  ["content-encoding", ""],
  ["content-language", ""],
  ["content-length", ""],
  ["content-location", ""],
  ["content-range", ""],
  ["content-type", ""],
  ["cookie", ""],
  ["date", ""],
  ["etag", ""],
  ["expect", ""],
  ["expires", ""],
  ["from", ""],
  ["host", ""],
  ["if-match", ""],
  ["if-modified-since", ""],
  ["if-none-match", ""],
  ["if-range", ""],
  ["if-unmodified-since", ""],
  ["last-modified", ""],
  ["link", ""],
  ["location", ""],
  ["max-forwards", ""],
  ["proxy-authenticate", ""],
  ["proxy-authorization", ""],
  ["range", ""],
  ["referer", ""],
  ["refresh", ""],
  ["retry-after", ""],
  ["server", ""],
  ["set-cookie", ""],
  ["strict-transport-security", ""],
  ["transfer-encoding", ""],
  ["user-agent", ""],
  ["vary", ""],
  ["via", ""],
  ["www-authenticate", ""],
] as const;

/** How many entries there are; the dynamic table's indices begin after them. */
export const staticTableSize = fields.length;

/** The name at each index; there is none at 0. */
export const staticNames: readonly string[] = ["", ...fields.map(([name]) => name)];

/** The value at each index; there is none at 0. */
export const staticValues: readonly string[] = ["", ...fields.map(([, value]) => value)];

/** The first index of each name. */
export const staticNameIndex: ReadonlyMap<string, number> = new Map(
  fields.map(([name], index) => [name, index + 1] as const).toReversed(),
);

/** The index of each status that has an entry of its own. */
export const staticStatusIndex: ReadonlyMap<number, number> = new Map(
  fields.flatMap(([name, value], index) =>
    name === ":status" ? [[Number(value), index + 1] as const] : [],
  ),
);
