// The whole way of a device: in with a code, on with refreshes, out with delete.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Harness, openHarness, pairOf, shapes } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

describe.each(shapes)("a device that sends %s", (shape) => {
  it("signs in, refreshes and signs out", async () => {
    const code = await harness.code({}, { shape });
    const issued = await harness.token(
      {
        grant_type: "authorization_code",
        code,
        device_id: "8c:85:90:01:02:03",
        model_id: "test_model",
      },
      { shape },
    );
    expect(issued.status).toBe(200);
    const first = pairOf(issued.body);
    expect(await harness.works(first.accessToken)).toBe(true);
    const refreshed = await harness.refresh(first.refreshToken, {}, { shape });
    expect(refreshed.status).toBe(200);
    const second = pairOf(refreshed.body);
    expect(await harness.works(second.accessToken)).toBe(true);
    const deleted = await harness.deleteToken(second.accessToken, {}, { shape });
    expect(deleted.status).toBe(200);
    expect(await harness.works(first.accessToken)).toBe(false);
    expect(await harness.works(second.accessToken)).toBe(false);
  });
});
