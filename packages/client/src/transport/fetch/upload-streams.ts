// Whether this platform's `fetch` can send a body while it is still being made.

let known: boolean | undefined;

/**
 * Chromium can, over HTTP/2; where it is not possible the stream would be turned into the text "[object ReadableStream]".
 * @see https://developer.chrome.com/docs/capabilities/web-apis/fetch-streaming-requests#feature_detection
 */
export function canStreamUploads(): boolean {
  known ??= detect();
  return known;
}

function detect(): boolean {
  try {
    let asked = false;
    const options = {
      method: "POST",
      body: new ReadableStream(),
      get duplex() {
        asked = true;
        return "half" as const;
      },
    };
    const { headers } = new Request("https://localhost", options);
    // Where streams are not known the body was taken for text, and was given a content type.
    return asked && !headers.has("content-type");
  } catch {
    return false;
  }
}
