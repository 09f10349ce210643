import type { HttpPlugin } from './http-plugin.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

/**
 * Sets headers against MIME sniffing, framing, referrer leaks and caching. A response that sets such a header itself
 * keeps its own.
 */
export function useResponseHeaders(): HttpPlugin {
  return {
    onResponse({ response }) {
      for (const [name, value] of Object.entries(HEADERS)) {
        if (!response.headers.has(name)) response.headers.set(name, value);
      }
      // A buffering proxy would deliver a stream only at its end.
      if (/^(text\/event-stream|multipart\/mixed)/.test(response.headers.get('content-type') ?? '')) {
        response.headers.set('x-accel-buffering', 'no');
      }
    },
  };
}
