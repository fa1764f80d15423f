// What the doctor makes of certificates, clocks and figures.
import { describe, expect, it } from "vitest";
import { judgeCertificate } from "./certificate.js";
import { clockSkew, median } from "./latency.js";

const now = Date.parse("2026-06-15T12:00:00Z");
const certificate = (from: string, to: string) => ({
  subject: { CN: "clova.example.org" },
  issuer: { CN: "An Authority" },
  valid_from: `${from} GMT`,
  valid_to: `${to} GMT`,
  subjectaltname: "DNS:clova.example.org, DNS:*.devices.example.org, IP Address:192.0.2.7",
});
const judged = (
  leaf: ReturnType<typeof certificate> | undefined,
  host = "clova.example.org",
  distrust?: string,
  more: { readonly length?: number; readonly isPinned?: boolean } = {},
) => judgeCertificate({ leaf, distrust, length: 2, isPinned: false, ...more }, host, now);
const fine = certificate("Jan  1 00:00:00 2026", "Jan  1 00:00:00 2027");

describe("a certificate", () => {
  it("that is in order is good, with its authority, names and end", () => {
    expect(judged(fine)).toEqual({
      kind: "good",
      says: "signed by An Authority, for clova.example.org, *.devices.example.org, 192.0.2.7, until 2027-01-01 (199 days)",
    });
    expect(judged(fine, "one.devices.example.org").kind).toBe("good");
    expect(judged(fine, "192.0.2.7").kind).toBe("good");
  });

  it("that has expired says since when, before anything else", () => {
    const old = certificate("Jan  1 00:00:00 2025", "Jun 10 00:00:00 2026");
    expect(judged(old, "another.example.org", "CERT_HAS_EXPIRED")).toMatchObject({
      kind: "bad",
      says: "the certificate expired 5 days ago, on 2026-06-10",
    });
  });

  it("that is not valid yet points to the clocks", () => {
    const early = certificate("Jul  1 00:00:00 2026", "Jan  1 00:00:00 2027");
    expect(judged(early)).toMatchObject({ kind: "bad", advice: expect.stringMatching(/clock/) });
  });

  it("that ends within two weeks is doubtful", () => {
    expect(judged(certificate("Jan  1 00:00:00 2026", "Jun 29 11:00:00 2026"))).toMatchObject({
      kind: "doubtful",
      says: expect.stringMatching(/: 13 days left$/),
    });
    expect(judged(certificate("Jan  1 00:00:00 2026", "Jun 29 13:00:00 2026")).kind).toBe("good");
  });

  it("for other names names them", () => {
    for (const host of ["clova.example.com", "192.0.2.8", "a.b.devices.example.org"]) {
      expect(judged(fine, host)).toMatchObject({
        kind: "bad",
        says: `the certificate is not for ${host}, but for clova.example.org, *.devices.example.org, 192.0.2.7`,
      });
    }
  });

  it("of an unknown authority asks for the authority, or for the rest of the chain where it was left out", () => {
    const code = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
    expect(judged(fine, undefined, code, { length: 1 })).toMatchObject({
      kind: "bad",
      advice: expect.stringMatching(/full chain.*--ca/),
    });
    expect(judged(fine, undefined, "SELF_SIGNED_CERT_IN_CHAIN")).toMatchObject({
      advice: expect.stringMatching(/^name the authority with --ca/),
    });
    expect(judged(fine, undefined, code, { length: 1, isPinned: true })).toMatchObject({
      advice: expect.stringMatching(/--ca is not this server's authority/),
    });
  });

  it("that was not shown at all is bad", () => {
    expect(judged(undefined).kind).toBe("bad");
  });
});

describe("the clock of a server", () => {
  const skew = (header: string) => clockSkew(header, now, now + 200);
  it("agrees within the second that a Date header leaves out", () => {
    expect(skew("Mon, 15 Jun 2026 12:00:00 GMT")).toBe(0);
    expect(skew("Mon, 15 Jun 2026 11:59:59 GMT")).toBe(0);
  });
  it("is ahead or behind by seconds", () => {
    expect(skew("Mon, 15 Jun 2026 12:05:00 GMT")).toBe(300);
    expect(skew("Mon, 15 Jun 2026 11:59:00 GMT")).toBe(-59);
  });
  it("is unknown where the header is none", () => {
    expect(skew("noon")).toBeUndefined();
  });
});

it("the median is the middle, or between the two middle ones", () => {
  expect(median([9])).toBe(9);
  expect(median([9, 1, 2])).toBe(2);
  expect(median([1, 9, 2, 4])).toBe(3);
});
