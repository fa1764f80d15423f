// From an error of the network or of TLS to a sentence that says what was wrong and what to do about it.

import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";

const untrusted =
  "its certificate is signed by an authority that is not trusted here; name that authority's CA file";

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ENOTFOUND: "there is no such host name",
  EAI_AGAIN: "the host name could not be looked up just now",
  ETIMEDOUT: "it did not answer in time",
  EHOSTUNREACH: "there is no route to that host",
  ENETUNREACH: "the network is down",
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; is the clock of this device right?",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
  ERR_HTTP2_ERROR: "it does not speak HTTP/2 there",
  ERR_HTTP2_STREAM_ERROR: "it reset the request",
  ERR_HTTP2_SESSION_ERROR: "it closed the connection with an error",
};

/**
 * Why a peer could not be reached, in one sentence.
 * @param origin whom, as in `https://localhost:8443`
 * @param thrown what the network layer threw; kept as `cause`
 * @returns a TrefoilError `unavailable`; a TrefoilError is handed back as it is
 */
export function connectionFailure(origin: string, thrown: unknown): TrefoilError {
  if (isTrefoilError(thrown)) return thrown;
  const code = codeOf(thrown);
  const reason =
    (code === undefined ? undefined : sentences[code]) ??
    browserSentence(thrown) ??
    (thrown instanceof Error && thrown.message !== ""
      ? thrown.message.replace(/\.$/, "")
      : "the connection failed");
  return new TrefoilError(
    "unavailable",
    `Cannot reach ${origin}: ${reason.endsWith("?") ? reason : `${reason}.`}`,
    { cause: thrown },
  );
}

/** What browsers say of every failure, whatever it was. A page must not learn more of servers that do not let it in. */
const browserWords =
  /^(?:Failed to fetch|NetworkError when attempting to fetch resource|Load failed)\b/;

function browserSentence(thrown: unknown): string | undefined {
  if (!(thrown instanceof TypeError) || !browserWords.test(thrown.message)) return undefined;
  const words = thrown.message.replace(/\.$/, "");
  return `the browser says no more than ${words}; is it running and its certificate trusted, and does it let this page's origin in (gateway.allowedOrigins)?`;
}

/** The system's code; of several addresses tried (happy eyeballs) the first one's. */
function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  if ("errors" in thrown && Array.isArray(thrown.errors)) return codeOf(thrown.errors[0]);
  if ("cause" in thrown) return codeOf(thrown.cause);
  return undefined;
}
