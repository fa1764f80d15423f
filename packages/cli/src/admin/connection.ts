// Which admin API an operator's command talks to, and one request to it.

import { Command } from "@commander-js/extra-typings";
import { type HttpAnswer, type HttpExchange, httpsExchange } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import {
  adviceOn,
  dataDirectory,
  developerServer,
  serverUrl,
  trust,
} from "../known-server/index.js";
import type { Terminal } from "../terminal.js";

/** What says which server is meant. */
export interface AdminOptions {
  readonly data?: string;
  readonly url?: string;
  readonly adminToken?: string;
  readonly ca?: string;
  readonly insecure?: true;
}

/** A command with the options that say which server is meant. */
export function adminCommand(name: string) {
  return new Command(name)
    .option(
      "--data <directory>",
      "data directory of the developer server (also: TREFOIL_DATA_DIR; default: ./data)",
    )
    .option("--url <address>", "another server than the developer server")
    .option(
      "--admin-token <token>",
      "admin token of that server (better: TREFOIL_ADMIN_TOKEN, which other users cannot see)",
    )
    .option("--ca <file>", "certificate authority to trust, PEM")
    .option("--insecure", "accept any certificate");
}

/**
 * Runs an operator's command: finds the server, does the work, and says in one line what went wrong.
 * @param work what to do with the server
 */
export async function withAdmin(
  options: AdminOptions,
  terminal: Terminal,
  work: (admin: AdminConnection) => Promise<void>,
): Promise<void> {
  try {
    await work(await connect(options, terminal));
  } catch (error) {
    terminal.fail([adviceOn(error, options.url === undefined ? "developer" : "named")]);
  }
}

async function connect(options: AdminOptions, terminal: Terminal): Promise<AdminConnection> {
  const given = options.adminToken ?? terminal.env["TREFOIL_ADMIN_TOKEN"];
  if (options.url !== undefined) {
    const url = serverUrl(options.url, "--url");
    if (given === undefined) {
      throw new TrefoilError(
        "invalid_configuration",
        "no admin token: set TREFOIL_ADMIN_TOKEN to the one of that server",
      );
    }
    return new AdminConnection(
      httpsExchange(await trust(options, undefined, terminal)),
      url,
      given,
    );
  }
  const server = await developerServer(dataDirectory(options, terminal), "--url");
  const tls = await trust(options, server.caFile, terminal);
  const token = given ?? server.adminToken;
  return new AdminConnection(httpsExchange(tls), new URL(server.authBaseUrl), token);
}

/** Query parameters; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

const errorSchema = z.looseObject({ error_description: z.string() });

/** The admin API of one server. */
export class AdminConnection {
  readonly #http: HttpExchange;
  readonly #base: string;
  readonly #token: string;

  /** @param origin the server's address; @param token the admin token */
  constructor(http: HttpExchange, origin: URL, token: string) {
    this.#http = http;
    this.#base = `${origin.href.replace(/\/+$/, "")}/admin/v1`;
    this.#token = token;
  }

  /**
   * Asks.
   * @param path below `/admin/v1`, its variables encoded
   * @throws {TrefoilError} with the server's words where it refuses: `not_found` or `invalid_request`
   */
  get<T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    return this.#ask("GET", this.#urlOf(path, query), schema);
  }

  /** Has something done. @param body undefined where there is nothing to say */
  post<T>(path: string, schema: z.ZodType<T>, body?: unknown, query: Query = {}): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.#ask("POST", this.#urlOf(path, query), schema, text);
  }

  #urlOf(path: string, query: Query): URL {
    const url = new URL(`${this.#base}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return url;
  }

  async #ask<T>(method: "GET" | "POST", url: URL, schema: z.ZodType<T>, body?: string): Promise<T> {
    const answer = await this.#http({
      method,
      url,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status < 200 || answer.status > 299) throw refusal(answer);
    const result = schema.safeParse(jsonOf(answer));
    if (result.success) return result.data;
    throw new TrefoilError("unavailable", "The server's answer is not that of an admin API.");
  }
}

function refusal(answer: HttpAnswer): TrefoilError {
  if (answer.status === 401) {
    return new TrefoilError("invalid_token", "The server does not accept the admin token.");
  }
  const words = errorSchema.safeParse(jsonOf(answer));
  return new TrefoilError(
    answer.status === 404 ? "not_found" : "invalid_request",
    words.success
      ? words.data.error_description
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
