// New boundaries.

import { describe, expect, it } from "vitest";
import { newBoundary } from "./boundary.js";
import { boundaryOf } from "./content-type.js";

describe("a new boundary", () => {
  it("is 60 lower-case hex digits", () => {
    expect(newBoundary()).toMatch(/^[0-9a-f]{60}$/);
  });

  it("is made of the randomness that is given", () => {
    const sizes: number[] = [];
    const boundary = newBoundary((size) => {
      sizes.push(size);
      return Uint8Array.from({ length: size }, (_, index) => index * 9);
    });
    expect(sizes).toEqual([30]);
    expect(boundary).toBe("0009121b242d363f48515a636c757e879099a2abb4bdc6cfd8e1eaf3fc05");
  });

  it("is another one each time", () => {
    expect(new Set(Array.from({ length: 100 }, () => newBoundary())).size).toBe(100);
  });

  it("is one that a Content-Type takes unquoted", () => {
    const boundary = newBoundary();
    expect(boundaryOf(`multipart/related; boundary=${boundary}`)).toBe(boundary);
  });
});
