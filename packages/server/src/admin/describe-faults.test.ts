// What the admin API says of a request that is not as its schema says.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeFaults } from "./describe-faults.js";

const schema = z.strictObject({
  name: z.string().trim().min(1).max(4),
  kind: z.enum(["local", "guest"]).optional(),
  code: z.string().min(3).optional(),
  ttl: z.number().int().min(1).max(5).optional(),
  uris: z.array(z.string()).min(1).max(2).optional(),
  except: z.union([z.string(), z.array(z.string())]).optional(),
  since: z.iso.datetime().optional(),
  on: z.boolean().optional(),
  inner: z.strictObject({ list: z.array(z.strictObject({ x: z.number() })) }).optional(),
});

function faultsOf(value: unknown): string {
  const { error } = schema.safeParse(value);
  if (error === undefined) throw new Error("It is as it should be.");
  return describeFaults(error, value, Object.keys(schema.shape));
}

describe("describeFaults", () => {
  it.each([
    [{ name: "" }, "name: must not be empty"],
    [{ name: " " }, "name: must not be empty"],
    [{ name: "five5" }, "name: must have at most 4 characters"],
    [{}, "name: is missing"],
    [{ name: 3 }, "name: must be a string"],
    [{ name: "x", code: "ab" }, "code: must have at least 3 characters"],
    [{ name: "x", kind: "foo" }, "kind: must be one of local, guest"],
    [{ name: "x", ttl: 0 }, "ttl: must be 1 or more"],
    [{ name: "x", ttl: 9 }, "ttl: must be 5 or less"],
    [{ name: "x", ttl: 1.5 }, "ttl: must be a whole number"],
    [{ name: "x", uris: [] }, "uris: must not be empty"],
    [{ name: "x", uris: ["a", "b", "c"] }, "uris: must have at most 2 entries"],
    [{ name: "x", uris: [1] }, "uris[0]: must be a string"],
    [{ name: "x", except: 3 }, "except: must be a string, or must be an array"],
    [{ name: "x", since: "now" }, "since: must be a time such as 2025-07-01T12:00:00Z"],
    [{ name: "x", on: "yes" }, "on: must be true or false"],
    [{ name: "x", inner: { list: [{}] } }, "inner.list[0].x: is missing"],
    [[], "must be an object"],
    [null, "must be an object"],
  ])("%j: %s", (value, words) => {
    expect(faultsOf(value)).toBe(words);
  });

  it("names members that are not known along with what is wrong", () => {
    expect(faultsOf({ nme: "x" })).toBe("name: is missing; nme: is not known, did you mean name?");
    expect(faultsOf({ name: "x", whatever: 1 })).toBe("whatever: is not known");
    expect(faultsOf({ name: "x", inner: { list: [], y: 1 } })).toBe("inner.y: is not known");
  });

  it("stays short whatever it is given, and shows no value", () => {
    const long = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`${index}${"k".repeat(5_000)}`, "secret"]),
    );
    const words = faultsOf({ name: 3, ...long });
    expect(words.length).toBeLessThan(600);
    expect(words).not.toContain("secret");
  });
});
