// What is decided about terms of use, and where each outcome leads, without a server.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TermsDocument } from "../../config/index.js";
import type { AuthorizationCodeRecord, ClientRecord, ConsentRecord } from "../../storage/index.js";
import { hashOf } from "../secrets.js";
import { decideTerms, documentStates, isOutstanding, localised } from "./agreement.js";
import { formTargetOf, locationOf } from "./outcome.js";
import { admitToTerms } from "./terms-request.js";

const document = (id: string, required: boolean, version = "1"): TermsDocument => ({
  id,
  version,
  required,
  title: { en: id },
  text: { en: id },
});
const consent = (over: Partial<ConsentRecord> = {}): ConsentRecord => ({
  accountId: "a",
  termsId: "service",
  version: "1",
  language: "en",
  clientId: null,
  agreedAt: 5,
  withdrawnAt: null,
  ...over,
});

describe("agreement to a document", () => {
  const states = (consents: readonly ConsentRecord[], required = true) =>
    documentStates([document("service", required)], consents);

  it("is agreement to the version in force that was not taken back", () => {
    expect(states([consent()])[0]?.agreedAt).toBe(5);
    for (const other of [
      consent({ version: "2" }),
      consent({ version: "01" }),
      consent({ termsId: "privacy" }),
      consent({ withdrawnAt: 6 }),
    ]) {
      expect(states([other])[0]?.agreedAt).toBeNull();
    }
  });

  it("is missed where the document is required alone", () => {
    expect(isOutstanding(states([]))).toBe(true);
    expect(isOutstanding(states([consent()]))).toBe(false);
    expect(isOutstanding(states([], false))).toBe(false);
    expect(isOutstanding([])).toBe(false);
  });
});

describe("the decision", () => {
  const states = documentStates(
    [document("agreed", true), document("service", true), document("news", false)],
    [consent({ termsId: "agreed" })],
  );
  const decide = (ticked: readonly string[], declined = false) =>
    decideTerms(states, declined, ({ id }) => ticked.includes(id));

  it("is agreement to what is ticked, where every required document is ticked or agreed to", () => {
    expect(decide(["service"])).toEqual({ kind: "agreed", documents: [states[1]?.document] });
    expect(decide(["news", "service"])).toMatchObject({
      documents: [{ id: "service" }, { id: "news" }],
    });
  });

  it("is none where a required one is left unticked", () => {
    expect(decide([])).toEqual({ kind: "terms_not_agreed" });
    expect(decide(["news", "agreed"])).toEqual({ kind: "terms_not_agreed" });
  });

  it("is to decline where that was pressed, whatever is ticked", () => {
    expect(decide(["service"], true)).toEqual({ kind: "user-disagreement" });
  });
});

it("a text is shown in the wanted language, else in English, Japanese, Korean", () => {
  expect(localised({ ja: "j", ko: "k" }, "ko")).toEqual({ language: "ko", text: "k" });
  expect(localised({ ja: "j", ko: "k" }, "en")).toEqual({ language: "ja", text: "j" });
  expect(localised({ en: "e", ko: "k" }, "ja")).toEqual({ language: "en", text: "e" });
  expect(localised({ ko: "k" }, "ja")).toEqual({ language: "ko", text: "k" });
  expect(localised(undefined, "ja")).toBeUndefined();
});

describe("the way back", () => {
  it("keeps the registered URI to the letter and adds code and state, whatever they hold", () => {
    const uris = ["https://a.example/b?c=d", "my.app:/done", "app://x", "https://a.example"];
    fc.assert(
      fc.property(
        fc.constantFrom(...uris),
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1, unit: "grapheme" }),
        (redirectUri, code, state) => {
          const location = locationOf("agreed", { redirectUri, code, state });
          expect(location.startsWith(redirectUri)).toBe(true);
          // Nothing that could end a header or begin a fragment.
          expect(location.slice(redirectUri.length)).toMatch(/^[?&]code=[^#\s]*&state=[^#\s]*$/);
          const { searchParams } = new URL(location);
          expect(searchParams.get("code")).toBe(code);
          expect(searchParams.get("state")).toBe(state);
        },
      ),
    );
  });

  it("is a source that a form may lead to", () => {
    expect(formTargetOf(undefined)).toBe("clova:");
    expect(formTargetOf("https://a.example:8443/b?c")).toBe("https://a.example:8443");
    expect(formTargetOf("my.app:/done")).toBe("my.app:");
  });
});

describe("a request of the page", () => {
  const record: AuthorizationCodeRecord = {
    hash: new Uint8Array(32),
    clientId: "c",
    deviceId: "d",
    modelId: "m",
    accountId: "a",
    codeChallenge: null,
    termsStateHash: hashOf("state"),
    termsAgreedAt: null,
    issuedAt: 0,
    expiresAt: 100,
    consumedAt: null,
    grantId: null,
  };
  const client: ClientRecord = {
    clientId: "c",
    name: "C",
    redirectUris: ["app://back"],
    createdAt: 0,
    disabledAt: null,
  };
  const request = { code: "x", state: "state", redirectUri: undefined };

  it.each<[string, Partial<AuthorizationCodeRecord> | undefined, string]>([
    ["waits", {}, "open"],
    ["was agreed for", { termsAgreedAt: 5 }, "open"],
    ["is unknown", undefined, "gone"],
    ["is a guest's", { accountId: null }, "gone"],
    ["never waited", { termsStateHash: null }, "gone"],
    ["was exchanged", { consumedAt: 5 }, "gone"],
    ["expired", { expiresAt: 50 }, "gone"],
    ["came with another state", { termsStateHash: hashOf("other") }, "gone"],
  ])("whose code %s", (_, over, kind) => {
    expect(admitToTerms(over && { ...record, ...over }, client, request, 50).kind).toBe(kind);
  });

  it("of a client that is gone or switched off leads nowhere", () => {
    expect(admitToTerms(record, undefined, request, 50).kind).toBe("gone");
    expect(admitToTerms(record, { ...client, disabledAt: 1 }, request, 50).kind).toBe("gone");
  });

  it("with a redirect URI is open where that is registered", () => {
    const to = (redirectUri: string) =>
      admitToTerms(record, client, { ...request, redirectUri }, 50).kind;
    expect(to("app://back")).toBe("open");
    expect(to("app://back/")).toBe("foreign_redirect");
    // A stranger without a code learns nothing of what is registered.
    expect(admitToTerms(undefined, client, { ...request, redirectUri: "x:y" }, 50).kind).toBe(
      "gone",
    );
  });
});
