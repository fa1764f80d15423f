// What a browser sent with a form: names and values, bounded.

import { TrefoilError } from "@trefoil/protocol/errors";
import { parseForm } from "../http/form.js";
import { maxFormBytes } from "../http/parameters.js";
import { readBody } from "../http/read-body.js";

/** Longest value of a field that is looked at. Bytes. */
const maxValueBytes = 4_096;

/** The fields of a form that was sent. */
export class PageForm {
  readonly #values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /**
   * Reads the body of a request.
   * @throws TrefoilError `unsupported_media_type`, `payload_too_large`, or `invalid_request` where the body breaks off
   */
  static async read(request: Request): Promise<PageForm> {
    const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
    if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") {
      throw new TrefoilError(
        "unsupported_media_type",
        "The body must be application/x-www-form-urlencoded.",
      );
    }
    const values = new Map<string, string>();
    for (const { name, value } of parseForm(await readBody(request, maxFormBytes))) {
      if (values.has(name) || value === undefined || Buffer.byteLength(value) > maxValueBytes) {
        continue;
      }
      values.set(name, value);
    }
    return new PageForm(values);
  }

  /** The value of a field; empty where there is none, or one that no browser would send for it. Of several the first counts. */
  text(name: string): string {
    return this.#values.get(name) ?? "";
  }

  /** Whether a box was ticked. */
  ticked(name: string): boolean {
    return this.#values.get(name) === "on";
  }
}
