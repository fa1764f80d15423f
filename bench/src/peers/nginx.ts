// nginx as a peer: one worker on the server's core, with Nchan where channels are asked for.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerProcess, freePort, startForeign } from "../measure/child.js";
import type { Certificate } from "./certificate.js";
import { nchanModule } from "./debian.js";

/** What nginx is to do. */
export interface NginxOptions {
  readonly directory: string;
  readonly core: number | undefined;
  readonly certificate: Certificate;
}

/**
 * Starts nginx: `/ping` answers 204, `/byte` one byte, `/v1/events` discards its body and answers 204, `/sub/<id>` holds a
 * channel, and `/pub/<id>` publishes to it.
 */
export async function startNginx(options: NginxOptions): Promise<ServerProcess> {
  const port = await freePort();
  const { certificate } = options;
  const directory = join(options.directory, `nginx-${port}`);
  mkdirSync(directory, { recursive: true });
  const conf = join(directory, "nginx.conf");
  const user = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(
    conf,
    `${user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
error_log ${directory}/error.log crit;
pid ${directory}/nginx.pid;
load_module ${nchanModule() ?? ""};
events { worker_connections 19000; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  http2_max_concurrent_streams 100;
  client_max_body_size 16m;
  client_body_buffer_size 64k;
  nchan_message_buffer_length 0;
  nchan_subscriber_timeout 0;
  server {
    listen 127.0.0.1:${port} ssl http2 backlog=4096;
    ssl_certificate ${certificate.certificateFile};
    ssl_certificate_key ${certificate.keyFile};
    ssl_protocols TLSv1.2 TLSv1.3;
    location = /ping { return 204; }
    location = /byte { return 200 "x"; }
    location = /v1/events { return 204; }
    location ~ ^/sub/(.+)$ { nchan_subscriber; nchan_channel_id $1; }
    location ~ ^/pub/(.+)$ { nchan_publisher; nchan_channel_id $1; }
  }
}
`,
  );
  return startForeign("nginx", ["-c", conf, "-p", directory], port, { core: options.core });
}
