// nghttpd as a peer: the file server of the nghttp2 library, on one thread.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerProcess, freePort, startForeign } from "../measure/child.js";
import type { Certificate } from "./certificate.js";

/** Starts nghttpd with two empty files, `/ping` and `/v1/events`; a POST is answered like a GET when its body is here. */
export async function startNghttpd(options: {
  readonly directory: string;
  readonly core: number | undefined;
  readonly certificate: Certificate;
}): Promise<ServerProcess> {
  const port = await freePort();
  const root = join(options.directory, "nghttpd");
  mkdirSync(join(root, "v1"), { recursive: true });
  writeFileSync(join(root, "ping"), "");
  writeFileSync(join(root, "v1/events"), "");
  const { keyFile, certificateFile } = options.certificate;
  const args = ["-n1", `-d${root}`, "--address=127.0.0.1", "--max-concurrent-streams=100"];
  return startForeign("nghttpd", [...args, String(port), keyFile, certificateFile], port, {
    core: options.core,
  });
}
