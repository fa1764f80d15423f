// Repeats are known by their id, as many as are remembered.
import { expect, it } from "vitest";
import { DuplicateFilter } from "./duplicate-filter.js";

it("knows what came before, up to its capacity, the latest first", () => {
  const filter = new DuplicateFilter(3);
  for (const id of ["a", "b", "c"]) expect(filter.isNew(id)).toBe(true);
  expect(filter.isNew("a")).toBe(false);
  expect(filter.isNew("d")).toBe(true);
  // "b" was seen longest ago; "a" came again since.
  expect(filter.isNew("a")).toBe(false);
  expect(filter.isNew("b")).toBe(true);
});

it("takes what was not received whole for new", () => {
  const filter = new DuplicateFilter(3);
  filter.isNew("a");
  filter.forget("a");
  expect(filter.isNew("a")).toBe(true);
});
