// Bodies end at their bound, whether their length is declared or not.

import { describe, expect, it } from "vitest";
import { readBody } from "./read-body.js";

const limit = 10;

function post(
  body: string | Uint8Array | ReadableStream | undefined,
  headers: Readonly<Record<string, string>> = {},
): Request {
  const init = { method: "POST", headers, body, duplex: "half" };
  return new Request("https://localhost/token", init as RequestInit);
}

/** A body whose length nobody knows beforehand. */
function stream(...chunks: readonly (string | Error)[]): ReadableStream<Uint8Array> {
  const pieces = chunks.values();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done === true) controller.close();
      else if (value instanceof Error) controller.error(value);
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
}

describe("a body", () => {
  it.each([
    ["of a declared length", post("a=거실", { "content-length": "8" })],
    ["of an unknown length", post(stream("a=", "거실"))],
  ])("%s is read as UTF-8", async (_, request) => {
    expect(await readBody(request, limit)).toBe("a=거실");
  });

  it("is empty where there is none", async () => {
    expect(await readBody(post(undefined), limit)).toBe("");
  });

  it("is refused by the length that it declares, before it is read", async () => {
    const request = post(stream("short"), { "content-length": "11" });
    await expect(readBody(request, limit)).rejects.toMatchObject({ code: "payload_too_large" });
    expect(request.bodyUsed).toBe(false);
  });

  it("is refused as soon as it passes the bound, without being read on", async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4)),
      cancel: () => void (cancelled = true),
    });
    await expect(readBody(post(endless), limit)).rejects.toMatchObject({
      code: "payload_too_large",
    });
    expect(cancelled).toBe(true);
  });

  it.each(["5", "-1", "0"])("longer than it declares is refused as well: %s", async (length) => {
    const request = post(stream("12345678901"), { "content-length": length });
    await expect(readBody(request, limit)).rejects.toMatchObject({ code: "payload_too_large" });
  });

  it("with a length that is no number is read as one without", async () => {
    const request = post(stream("12345678901"), { "content-length": "much" });
    await expect(readBody(request, limit)).rejects.toMatchObject({ code: "payload_too_large" });
  });

  it.each([
    ["is not UTF-8", post(new Uint8Array([0x61, 0xff]), { "content-length": "2" })],
    ["is not UTF-8 and of an unknown length", post(new Uint8Array([0x61, 0xff]))],
    ["breaks off", post(stream("a", new Error("gone")))],
    [
      "breaks off before its length",
      post(stream("a", new Error("gone")), { "content-length": "2" }),
    ],
  ])("that %s is refused", async (_, request) => {
    await expect(readBody(request, limit)).rejects.toMatchObject({ code: "invalid_request" });
  });
});
