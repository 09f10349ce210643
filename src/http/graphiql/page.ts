import { EXAMPLES } from './examples.ts';

export interface PageOptions {
  /** URL path of the assets, with a slash at its end. */
  readonly assets: string;
  /** WebSocket has no headers, so with a token GraphiQL follows subscriptions over SSE. */
  readonly subscriptions: 'WS' | 'SSE';
}

/** Everything comes from this server. Monaco sets styles from its script, and keeps pictures and fonts in data URLs. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const LOGO =
  '<svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="#e10098" stroke-width="1.6"><path d="M12 2l8.7 5v10L12 22l-8.7-5V7z"/><path d="M12 7l4.3 2.5v5L12 17l-4.3-2.5v-5z" stroke="#ff9900"/></svg>';

// GraphiQL's tabs can be dragged, and its first layout leaves them with an offset that moves a tab away from under the press.
const TABS_STAY = '.graphiql-tabs > li { transform: none !important }';

/** The page around GraphiQL; all that it runs is in the assets. */
export function renderPage({ assets, subscriptions }: PageOptions): string {
  const options = {
    title: 'ECS GraphQL',
    subscriptionsProtocol: subscriptions,
    defaultTabs: EXAMPLES.map(({ query, variables }) => ({ query, variables: variables ?? '' })),
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
    logo: LOGO,
  };
  // "<" as an escape, so that no text of ours can end the script element.
  const json = JSON.stringify({ assets, options }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>ECS GraphQL</title>
    <link rel="icon" href="${assets}favicon.ico">
    <link rel="stylesheet" href="${assets}graphiql.css">
    <style>${TABS_STAY}</style>
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script type="application/json" id="graphiql-settings">${json}</script>
    <script src="${assets}graphiql.js"></script>
    <script src="${assets}boot.js"></script>
  </body>
</html>
`;
}
