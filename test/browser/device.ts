// A device's plain requests to the server under test.

import { request } from "node:https";

export interface FormAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Posts a form. */
export function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<FormAnswer> {
  const body = new URLSearchParams(fields).toString();
  return post(url, body, { "content-type": "application/x-www-form-urlencoded", ...headers });
}

/** Posts JSON. */
export function postJson(
  url: string,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<FormAnswer> {
  return post(url, JSON.stringify(value), { "content-type": "application/json", ...headers });
}

/** The server's certificate is its own make. */
function post(
  url: string,
  text: string,
  headers: Readonly<Record<string, string>>,
): Promise<FormAnswer> {
  // Bytes: a text would be sent along with the headers in one piece, and these would be coded anew with it.
  const body = Buffer.from(text);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        rejectUnauthorized: false,
        agent: false,
        headers: { "content-length": body.byteLength, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            body: JSON.parse(Buffer.concat(chunks).toString("utf8")) as FormAnswer["body"],
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
