// The part of the admin API that sending needs.

import type { HttpAnswer, HttpExchange } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { MessageName, Payload } from "@trefoil/protocol/messages";
import { z } from "zod";

const deviceSchema = z.looseObject({
  deviceKey: z.string(),
  deviceId: z.string(),
  modelId: z.string().optional(),
  name: z.string().nullish(),
  online: z.boolean(),
});

/** A device as the admin API lists it. */
export type KnownDevice = z.infer<typeof deviceSchema>;

const pageSchema = z.looseObject({
  devices: z.array(deviceSchema),
  next: z.string().nullish(),
});

const sentSchema = z.looseObject({
  outcome: z.enum(["queued", "written", "dropped"]),
  messageId: z.string(),
  deviceKey: z.string().optional(),
});

/** What became of a directive. */
export type Sent = z.infer<typeof sentSchema>;

const errorSchema = z.looseObject({ error_description: z.string() });

/** Most pages that are read of the list of devices. */
const maxPages = 20;
/** Devices of one page. */
const pageSize = 1_000;

/** Asks the admin API of one server. */
export class AdminApi {
  readonly #http: HttpExchange;
  readonly #base: string;
  readonly #token: string;

  /** @param origin the server's address; @param token the admin token */
  constructor(http: HttpExchange, origin: URL, token: string) {
    this.#http = http;
    this.#base = `${origin.href.replace(/\/+$/, "")}/admin/v1`;
    this.#token = token;
  }

  /** Devices that signed in; of very many the first 20,000. */
  async devices(): Promise<KnownDevice[]> {
    const devices: KnownDevice[] = [];
    let after: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const url = new URL(`${this.#base}/devices`);
      url.searchParams.set("limit", String(pageSize));
      if (after !== undefined) url.searchParams.set("after", after);
      const answer = await this.#ask("GET", url);
      if (answer.status !== 200) throw refusal(answer);
      const list = read(answer, pageSchema);
      devices.push(...list.devices);
      if (list.next === null || list.next === undefined) break;
      after = list.next;
    }
    return devices;
  }

  /**
   * Sends a directive.
   * @param device its `deviceKey` or `device_id`
   * @returns undefined where the server knows no such device
   * @throws {TrefoilError} with the server's words where it refuses
   */
  async send(
    device: string,
    directive: {
      readonly name: MessageName;
      readonly payload: Payload;
      readonly ttl?: number;
      readonly dialogRequestId?: string;
    },
    validate: boolean,
  ): Promise<Sent | undefined> {
    const url = new URL(`${this.#base}/devices/${encodeURIComponent(device)}/directives`);
    if (!validate) url.searchParams.set("validate", "false");
    const answer = await this.#ask("POST", url, JSON.stringify(directive));
    if (answer.status === 404) return undefined;
    if (answer.status !== 202) throw refusal(answer);
    return read(answer, sentSchema);
  }

  #ask(method: "GET" | "POST", url: URL, body?: string): Promise<HttpAnswer> {
    return this.#http({
      method,
      url,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

function read<T>(answer: HttpAnswer, schema: z.ZodType<T>): T {
  const result = schema.safeParse(jsonOf(answer));
  if (result.success) return result.data;
  throw new TrefoilError("unavailable", "The server's answer is not that of an admin API.");
}

function refusal(answer: HttpAnswer): TrefoilError {
  if (answer.status === 401) {
    return new TrefoilError("invalid_token", "The server does not accept the admin token.");
  }
  const words = errorSchema.safeParse(jsonOf(answer));
  return new TrefoilError(
    "invalid_request",
    words.success
      ? words.data.error_description.replace("?validate=false", "--no-validate")
      : `The server answered ${answer.status}, and not as an admin API does.`,
  );
}

function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    return undefined;
  }
}
