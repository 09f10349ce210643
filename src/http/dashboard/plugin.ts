import type { HttpPlugin } from '../plugins/http-plugin.ts';
import { answerWithAsset, type openAssets } from '../static/assets.ts';
import { createOpener, wantsHtml } from '../static/page-files.ts';

const PAGE_PATH = '/';
const ASSETS_PATH = '/dashboard/';

/** Everything comes from this server. React sets styles through element properties, which no policy restricts. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Serves the dashboard of examples/dashboard to browsers at /. It is an ordinary client: it holds nothing secret, asks
 * for a token if the graph needs one, and reads the graph at /graphql.
 */
export function useDashboard(open: typeof openAssets): HttpPlugin {
  const openOnce = createOpener('dashboard', open);
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      const isPage = url.pathname === PAGE_PATH && wantsHtml(request);
      if (request.method !== 'GET' || !(isPage || url.pathname.startsWith(ASSETS_PATH))) return;
      const assets = await openOnce();
      if (typeof assets === 'string') {
        endResponse(new fetchAPI.Response(assets, { status: 503, headers: { 'content-type': 'text/plain' } }));
        return;
      }
      const { body, init } = isPage
        ? await answerWithAsset(request, assets, 'index.html', {
            // The page names the scripts of its own build.
            'cache-control': 'no-cache',
            'content-security-policy': PAGE_POLICY,
          })
        : await answerWithAsset(request, assets, url.pathname.slice(1));
      endResponse(new fetchAPI.Response(body, init));
    },
  };
}
