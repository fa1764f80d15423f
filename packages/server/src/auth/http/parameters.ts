// The parameters of a request, from its query and its body together: each at most once, bounded, and free of control
// characters.

import { TrefoilError } from "@trefoil/protocol/errors";
import { type FormField, parseForm } from "./form.js";

/** Longest value of each parameter that is known anywhere. Bytes in UTF-8. */
export const parameterBounds = {
  access_token: 512,
  client_id: 256,
  client_secret: 512,
  code: 512,
  code_challenge: 128,
  code_challenge_method: 16,
  code_verifier: 128,
  device_code: 512,
  device_id: 128,
  grant_type: 64,
  model_id: 128,
  redirect_uri: 2_048,
  refresh_token: 512,
  request_vu: 8,
  response_type: 64,
  scope: 1_024,
  state: 2_048,
  token: 512,
  token_type_hint: 64,
} as const;

/** The name of a parameter that is known somewhere. */
export type ParameterName = keyof typeof parameterBounds;

/** Largest body of a form, and of a query. Bytes. */
export const maxFormBytes = 65_536;

const controlCharacters = /\p{Cc}/u;

/** What was sent of the parameters that an endpoint knows. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;
  /** What was wrong with the first parameter that was not in order. */
  readonly problem: string | undefined;

  private constructor(values: ReadonlyMap<string, string>, problem: string | undefined) {
    this.#values = values;
    this.problem = problem;
  }

  /**
   * Gathers the known parameters; others are ignored, and an empty value counts as none.
   * @param known the parameters of the endpoint
   * @param query the query string without its `?`
   * @param body the body of a form
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
   */
  static read(known: ReadonlySet<ParameterName>, query: string, body: string): Parameters {
    const values = new Map<string, string>();
    const seen = new Set<string>();
    let problem: string | undefined;
    const reject = (name: string, why: string) => {
      problem ??= `The parameter ${name} ${why}.`;
      values.delete(name);
    };
    for (const { name, value } of [...parseForm(query), ...parseForm(body)]) {
      if (!isKnown(known, name)) continue;
      const why = seen.has(name) ? "was given twice" : problemOf(name, value);
      seen.add(name);
      if (why !== undefined) reject(name, why);
      else if (value !== undefined && value !== "") values.set(name, value);
    }
    return new Parameters(values, problem);
  }

  /** The value, or undefined where none was sent. */
  optional(name: ParameterName): string | undefined {
    return this.#values.get(name);
  }

  /** @throws TrefoilError `invalid_request` naming the parameter, where none was sent */
  required(name: ParameterName): string {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw new TrefoilError("invalid_request", `The parameter ${name} is missing.`);
  }

  /** @throws TrefoilError `invalid_request` naming the first parameter that was not in order */
  assertInOrder(): void {
    if (this.problem !== undefined) throw new TrefoilError("invalid_request", this.problem);
  }
}

function isKnown(known: ReadonlySet<ParameterName>, name: string): name is ParameterName {
  return known.has(name as ParameterName);
}

function problemOf(name: ParameterName, value: FormField["value"]): string | undefined {
  if (value === undefined) return "is not form-encoded UTF-8";
  if (Buffer.byteLength(value) > parameterBounds[name]) {
    return `is longer than ${parameterBounds[name]} bytes`;
  }
  if (controlCharacters.test(value)) return "contains control characters";
  return undefined;
}
