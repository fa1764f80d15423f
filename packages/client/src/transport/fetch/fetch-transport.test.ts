// What a connection over `fetch` promises, against a `fetch` that a test holds in its hands.
import { describe, expect, it } from "vitest";
import type { TransportRequest } from "../transport.js";
import { fetchTransport } from "./index.js";

interface Call {
  readonly url: string;
  readonly init: RequestInit & { readonly duplex?: string };
  readonly answer: (response: Response) => void;
  readonly fail: (error: Error) => void;
}

async function connect() {
  const calls: Call[] = [];
  const fake = ((url: string, init: Call["init"]) =>
    new Promise<Response>((resolve, reject) => {
      calls.push({ url, init, answer: resolve, fail: reject });
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
    })) as unknown as typeof fetch;
  const transport = fetchTransport("https://gateway.test/path", fake);
  return { calls, connection: await transport.connect(new AbortController().signal) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const request = (more: Partial<TransportRequest> = {}): TransportRequest => ({
  method: "POST",
  path: "/v1/events",
  headers: { authorization: "Bearer a", "user-agent": "not ours to set" },
  signal: new AbortController().signal,
  ...more,
});
async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of body) text += new TextDecoder().decode(chunk);
  return text;
}

describe("a connection over fetch", () => {
  it("gathers a body, and asks without cookies, cache or redirects", async () => {
    const { calls, connection } = await connect();
    let sent = 0;
    const outcome = connection.request(request({ body: chunks("ab", "c"), onSent: () => sent++ }));
    await settle();
    const { url, init, answer } = calls[0]!;
    expect(url).toBe("https://gateway.test/v1/events");
    expect(init).toMatchObject({ credentials: "omit", cache: "no-store", redirect: "error" });
    expect(Object.fromEntries(init.headers as [string, string][])).toEqual({
      authorization: "Bearer a",
    });
    expect(new TextDecoder().decode(init.body as Uint8Array<ArrayBuffer>)).toBe("abc");
    expect(sent).toBe(1);
    answer(new Response("hello", { status: 200, headers: { "Retry-After": "3" } }));
    const answered = await outcome;
    if (answered.kind !== "response") throw answered.cause;
    expect(answered.response.headers["retry-after"]).toBe("3");
    expect(await textOf(answered.response.body)).toBe("hello");
  });

  it("streams a body that is still being made, and tells when it has ended", async () => {
    const { calls, connection } = await connect();
    let sent = 0;
    const body = chunks("a", "b");
    void connection.request(request({ body, live: true, onSent: () => sent++ }));
    await settle();
    const { init } = calls[0]!;
    expect(init.duplex).toBe("half");
    expect(sent).toBe(0);
    expect(await new Response(init.body ?? null).text()).toBe("ab");
    expect(sent).toBe(1);
  });

  it("never sent what was given up before, and does not know of what failed later", async () => {
    const { calls, connection } = await connect();
    expect(await connection.request(request({ signal: AbortSignal.abort() }))).toMatchObject({
      kind: "lost",
      processed: "never",
    });
    expect(calls).toHaveLength(0);
    const failing = connection.request(request());
    await settle();
    calls[0]!.fail(new TypeError("Failed to fetch"));
    expect(await failing).toMatchObject({
      kind: "lost",
      processed: "unknown",
      cause: { code: "unavailable" },
    });
  });

  it("ends everything on it when it is destroyed, and takes nothing after", async () => {
    const { calls, connection } = await connect();
    let closed = 0;
    connection.onClose(() => closed++);
    const running = connection.request(request());
    await settle();
    connection.destroy();
    expect(await running).toMatchObject({ kind: "lost" });
    expect(calls[0]!.init.signal?.aborted).toBe(true);
    expect(connection.accepting).toBe(false);
    expect(await connection.request(request())).toMatchObject({ processed: "never" });
    connection.onClose(() => closed++);
    expect(closed).toBe(2);
  });

  it("that is closed ends with the last answer on it", async () => {
    const { calls, connection } = await connect();
    let closed = false;
    connection.onClose(() => (closed = true));
    const running = connection.request(request());
    await settle();
    connection.close();
    expect(connection.accepting).toBe(false);
    expect(closed).toBe(false);
    calls[0]!.answer(new Response("x"));
    const outcome = await running;
    if (outcome.kind !== "response") throw outcome.cause;
    await textOf(outcome.response.body);
    expect(closed).toBe(true);
  });

  it("hands over what arrived before a cut, and then says so", async () => {
    const { calls, connection } = await connect();
    const running = connection.request(request({ method: "GET", path: "/v1/directives" }));
    await settle();
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (pulled++ === 0) controller.enqueue(new Uint8Array([1]));
        else controller.error(new TypeError("network error"));
      },
    });
    calls[0]!.answer(new Response(body));
    const outcome = await running;
    if (outcome.kind !== "response") throw outcome.cause;
    const got: number[] = [];
    await expect(
      (async () => {
        for await (const chunk of outcome.response.body) got.push(...chunk);
      })(),
    ).rejects.toMatchObject({ code: "unavailable" });
    expect(got).toEqual([1]);
  });

  it("tells the gateway when nobody reads on", async () => {
    const { calls, connection } = await connect();
    const running = connection.request(request());
    await settle();
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array([1])),
      cancel: () => void (cancelled = true),
    });
    calls[0]!.answer(new Response(body));
    const outcome = await running;
    if (outcome.kind !== "response") throw outcome.cause;
    for await (const _ of outcome.response.body) break;
    expect(cancelled).toBe(true);
  });

  it("that is closed ends also where an answer on it was given up unread", async () => {
    const { calls, connection } = await connect();
    let closed = false;
    connection.onClose(() => (closed = true));
    const exchange = new AbortController();
    const running = connection.request(request({ signal: exchange.signal }));
    await settle();
    calls[0]!.answer(new Response("<html>Bad Gateway</html>", { status: 502 }));
    expect(await running).toMatchObject({ kind: "response", response: { status: 502 } });
    connection.close();
    expect(closed).toBe(false);
    exchange.abort();
    expect(closed).toBe(true);
  });
});
