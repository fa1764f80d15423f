// Tokens in a browser's storage: kept, forgotten, and never taken from garbage.
import { expect, it } from "vitest";
import { WebStorageTokenStore } from "./web-storage-token-store.js";

function storage(initial: Record<string, string> = {}) {
  const items = new Map(Object.entries(initial));
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

it("keeps tokens until they are forgotten", async () => {
  const tokens = { accessToken: "a", refreshToken: "r", issuedAt: 1, expiresAt: 2 };
  const web = storage();
  const store = new WebStorageTokenStore(web, "key");
  expect(await store.load()).toBeUndefined();
  await store.save(tokens);
  expect(await new WebStorageTokenStore(web, "key").load()).toEqual(tokens);
  await store.clear();
  expect(web.items.size).toBe(0);
});

it.each(["", "null", "{", "[]", '{"accessToken":1}'])("takes %j for nothing", async (text) => {
  expect(await new WebStorageTokenStore(storage({ key: text }), "key").load()).toBeUndefined();
});
