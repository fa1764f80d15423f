// When a client suspects that another program is the same device, and when it does not.

import { describe, expect, it } from "vitest";
import { Rivalry } from "./rivalry.js";

const said = (...lasted: readonly number[]) => {
  const rivalry = new Rivalry(5_000);
  return lasted.map((each) => rivalry.ended(each));
};

describe("another program as the same device", () => {
  it("is suspected at the third downchannel that ends shortly after it opened, and said once", () => {
    expect(said(100, 4_999, 0, 50, 50)).toEqual([false, false, true, false, false]);
  });

  it("is not suspected where downchannels last in between", () => {
    expect(said(100, 100, 5_000, 100, 100)).toEqual([false, false, false, false, false]);
  });
});
