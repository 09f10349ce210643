import { GRAPHQL_PATH, type HttpPlugin } from '../plugins/http-plugin.ts';
import { type Assets, mediaType } from './assets.ts';
import { PAGE_POLICY, renderPage } from './page.ts';

/** GraphiQL as the server offers it. */
export interface Graphiql {
  /** Opened with the first visit. */
  readonly openAssets: () => Promise<Assets | undefined>;
  /** Whether the server asks for a token. */
  readonly hasToken: boolean;
}

const ASSETS_PATH = `${GRAPHQL_PATH}/assets/`;
const NOT_BUILT = 'GraphiQL was not built: run "npm run build".\n';

/** Serves the page to browsers at /graphql, and its assets below it. The page holds nothing secret, so it needs no token. */
export function useGraphiql({ openAssets, hasToken }: Graphiql): HttpPlugin {
  let opened: Promise<Assets | undefined> | undefined;
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      const isAsset = url.pathname.startsWith(ASSETS_PATH);
      if (request.method !== 'GET' || !(isAsset || wantsPage(request, url))) return;
      opened ??= openAssets();
      const assets = await opened;
      if (!assets) {
        opened = undefined;
        endResponse(new fetchAPI.Response(NOT_BUILT, { status: 503, headers: { 'content-type': 'text/plain' } }));
        return;
      }
      if (!isAsset) {
        const page = renderPage({ assets: `.${ASSETS_PATH}${assets.hash}/`, hasToken });
        const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY };
        endResponse(new fetchAPI.Response(page, { headers }));
        return;
      }
      const [hash, name = ''] = url.pathname.slice(ASSETS_PATH.length).split('/');
      const gzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
      const bytes = hash === assets.hash ? await assets.read(name, gzip) : undefined;
      if (!bytes) {
        endResponse(new fetchAPI.Response(null, { status: 404 }));
        return;
      }
      const headers = {
        'content-type': mediaType(name),
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
        ...(gzip && { 'content-encoding': 'gzip' }),
      };
      endResponse(new fetchAPI.Response(new Uint8Array(bytes), { headers }));
    },
  };
}

/** A browser's navigation: it accepts HTML and sends no operation for the server to answer. */
function wantsPage(request: Request, url: URL): boolean {
  const accepts = request.headers.get('accept') ?? '';
  return (
    url.pathname === GRAPHQL_PATH &&
    /\btext\/html\b/.test(accepts) &&
    !/application\/(graphql-response\+)?json/.test(accepts)
  );
}
