// What the judge was given to bring about what a device alone cannot: directives from the platform, accounts in special
// states, a question that is answered with sound. Each server has ways of its own.

import { type ExecFileException, execFile } from "node:child_process";
import type { TlsOptions } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import { dataDirectory, developerServer } from "../known-server/index.js";
import type { SubjectOptions } from "../known-server/index.js";
import type { Terminal } from "../terminal.js";
import { Inapplicable } from "./verdict.js";
import { webRequest } from "./wire/web-request.js";

/** A directive that the platform is to send. */
export interface SentDirective {
  /** `Namespace.Name` */
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Has the platform send a directive to a device. Resolves when it has taken it. @throws {Inapplicable} where it does not */
export type Sender = (deviceId: string, directive: SentDirective) => Promise<void>;

/** What the judge was given. */
export interface Means {
  readonly send?: Sender | undefined;
  /** Account access token of an account that withdrew from the service. */
  readonly lockedAccountToken?: string | undefined;
  /** Account access token of an account that has not agreed to the terms. */
  readonly termsAccountToken?: string | undefined;
  /** What is asked in writing. */
  readonly text: string;
}

/** What can be said on the command line. */
export interface MeansOptions extends SubjectOptions {
  readonly adminToken?: string;
  readonly sendWith?: string;
  readonly lockedAccountToken?: string;
  readonly termsAccountToken?: string;
  readonly text: string;
}

/** How long a directive may take to be taken. Milliseconds. */
const patience = 10_000;

/** Gathers them from options, variables and the developer server's dev.json. */
export async function findMeans(
  options: MeansOptions,
  terminal: Terminal,
  authUrl: URL,
  tls: TlsOptions,
): Promise<Means> {
  const { env, cwd } = terminal;
  const dev =
    options.dev === true
      ? await developerServer(dataDirectory(options, terminal), "its address")
      : undefined;
  const adminToken = options.adminToken ?? env["TREFOIL_ADMIN_TOKEN"] ?? dev?.adminToken;
  const { sendWith } = options;
  if (sendWith !== undefined && options.adminToken !== undefined) {
    throw new TrefoilError(
      "invalid_configuration",
      "directives are sent by --send-with or by --admin-token, not by both",
    );
  }
  let send: Sender | undefined;
  if (sendWith !== undefined) send = commandSender(sendWith, env, cwd);
  else if (adminToken !== undefined) send = adminSender(authUrl, tls, adminToken);
  return {
    send,
    lockedAccountToken: options.lockedAccountToken ?? env["TREFOIL_LOCKED_ACCOUNT_TOKEN"],
    termsAccountToken: options.termsAccountToken ?? env["TREFOIL_TERMS_ACCOUNT_TOKEN"],
    text: options.text,
  };
}

/** Sends by the admin API of a Trefoil server. */
function adminSender(authUrl: URL, tls: TlsOptions, token: string): Sender {
  return async (deviceId, directive) => {
    const path = `/admin/v1/devices/${encodeURIComponent(deviceId)}/directives`;
    const url = new URL(`${authUrl.href.replace(/\/+$/, "")}${path}`);
    const { status } = await webRequest(url, tls, patience, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(directive),
    });
    if (status !== 202) {
      throw new Inapplicable(
        `needs a way to send directives: the admin API answers ${status} to --admin-token`,
      );
    }
  };
}

/** Sends by a command of whoever runs the judge: any server has one, or can be given one. */
function commandSender(command: string, env: Terminal["env"], cwd: string): Sender {
  return (deviceId, directive) =>
    new Promise((resolve, reject) => {
      const told = { DEVICE_ID: deviceId, DIRECTIVE: JSON.stringify(directive) };
      const options = { cwd, env: { ...env, ...told }, timeout: patience };
      execFile("/bin/sh", ["-c", command], options, (error, _stdout, stderr) => {
        if (error === null) resolve();
        else reject(new Inapplicable(`needs a way to send directives: ${said(error, stderr)}`));
      });
    });
}

function said({ code }: ExecFileException, stderr: string): string {
  const [line = ""] = stderr.trim().split("\n");
  return `the command of --send-with ended with ${code ?? "a signal"}${line === "" ? "" : `, ${line}`}`;
}
