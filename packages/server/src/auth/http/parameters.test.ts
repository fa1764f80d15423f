import { describe, expect, it } from "vitest";
import { Parameters } from "./parameters.js";

const known = new Set(["state", "code", "device_id"] as const);
const read = (query: string, body = "") => Parameters.read(known, query, body);

describe("parameters", () => {
  it("come from query and body together", () => {
    const parameters = read("state=a", "code=b");
    expect(parameters.required("state")).toBe("a");
    expect(parameters.required("code")).toBe("b");
    expect(parameters.optional("device_id")).toBeUndefined();
    expect(() => parameters.assertInOrder()).not.toThrow();
  });

  it("that are not known to the endpoint are not there", () => {
    expect(read("refresh_token=a&__proto__=x").optional("refresh_token")).toBeUndefined();
  });

  it("tell of the first thing that is not in order, and keep what is", () => {
    const parameters = read("state=a&code=%ff&device_id=1&device_id=2");
    expect(parameters.problem).toBe("The parameter code is not form-encoded UTF-8.");
    expect(parameters.optional("state")).toBe("a");
    expect(parameters.optional("device_id")).toBeUndefined();
    expect(() => parameters.assertInOrder()).toThrow("The parameter code");
  });

  it("given twice, also a third time, have no value", () => {
    const parameters = read("state=a&state=b&state=c");
    expect(parameters.problem).toBe("The parameter state was given twice.");
    expect(parameters.optional("state")).toBeUndefined();
  });

  it("are counted in bytes", () => {
    expect(read(`device_id=${"가".repeat(42)}`).problem).toBeUndefined();
    expect(read(`device_id=${"가".repeat(43)}`).problem).toContain("longer than 128 bytes");
  });

  it("say which one is missing", () => {
    expect(() => read("").required("code")).toThrow("The parameter code is missing.");
  });
});
