import { GRAPHQL_PATH, type HttpPlugin } from '../plugins/http-plugin.ts';
import { answerWithAsset, type openAssets } from '../static/assets.ts';
import { createOpener, wantsHtml } from '../static/page-files.ts';
import { PAGE_POLICY, renderPage } from './page.ts';

/** GraphiQL, as the server serves it. */
export interface Graphiql {
  /** Called on the first visit. */
  readonly openAssets: typeof openAssets;
  /** Whether the server asks for a token. */
  readonly hasToken: boolean;
}

/** Where people look for GraphiQL, and where it is from there. Relative, so that it holds behind a proxy's path. */
const ELSEWHERE: Readonly<Record<string, string>> = { '/graphiql': 'graphql', '/graphiql/': '../graphql' };

const ASSETS_PATH = `${GRAPHQL_PATH}/assets/`;

/**
 * Serves the page to browsers at /graphql, and its assets below it; /graphiql leads there. The page contains nothing secret, so it needs no
 * token.
 */
export function useGraphiql({ openAssets, hasToken }: Graphiql): HttpPlugin {
  const open = createOpener('graphiql', openAssets);
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      const location = ELSEWHERE[url.pathname];
      if (location !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
        // Temporary: a browser would keep a permanent one after GraphiQL was switched off.
        endResponse(new fetchAPI.Response(null, { status: 307, headers: { location: `${location}${url.search}` } }));
        return;
      }
      const isAsset = url.pathname.startsWith(ASSETS_PATH);
      if (request.method !== 'GET' || !(isAsset || (url.pathname === GRAPHQL_PATH && wantsHtml(request)))) return;
      const assets = await open();
      if (typeof assets === 'string') {
        endResponse(new fetchAPI.Response(assets, { status: 503, headers: { 'content-type': 'text/plain' } }));
        return;
      }
      if (!isAsset) {
        const page = renderPage({ assets: `.${ASSETS_PATH}${assets.hash}/`, hasToken });
        const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY };
        endResponse(new fetchAPI.Response(page, { headers }));
        return;
      }
      const [hash, name] = url.pathname.slice(ASSETS_PATH.length).split('/');
      const { body, init } = await answerWithAsset(request, assets, hash === assets.hash ? name : undefined);
      endResponse(new fetchAPI.Response(body, init));
    },
  };
}
