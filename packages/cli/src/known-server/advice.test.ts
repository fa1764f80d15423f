// What to do about a server that cannot be reached.

import { TrefoilError } from "@trefoil/protocol/errors";
import { expect, it } from "vitest";
import { adviceOn } from "./advice.js";

const unreachable = (origin: string, why: string) =>
  new TrefoilError("unavailable", `Cannot reach ${origin}: ${why}.`);

it("says to try https where a listener cut off plain HTTP", () => {
  const cut = unreachable("http://localhost:8443", "the connection was cut");
  expect(adviceOn(cut, "named")).toBe(
    "cannot reach http://localhost:8443: the connection was cut; try it with https://",
  );
});

it("suggests nothing of the kind where the address begins with https", () => {
  const cut = unreachable("https://localhost:8443", "the connection was cut");
  expect(adviceOn(cut, "named")).toBe(
    "cannot reach https://localhost:8443: the connection was cut",
  );
});
