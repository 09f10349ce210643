import { EXAMPLES } from './examples.ts';

export interface PageOptions {
  /** URL of the assets with a trailing slash, relative to the page so that it works under any path. */
  readonly assets: string;
  /** Whether the page asks for a token. */
  readonly hasToken: boolean;
}

/** Everything comes from this server. Monaco sets styles from its script and keeps images and fonts in data URLs. */
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

const TOKEN_FIELD = `<form id="token">
      <label>Token <input name="token" type="password" autocomplete="off" spellcheck="false" size="44"></label>
      <button disabled>Use</button>
      <button type="button" hidden>Forget</button>
      <output></output>
    </form>`;

/** The page around GraphiQL. All its scripts are in the assets. */
export function renderPage({ assets, hasToken }: PageOptions): string {
  const options = {
    title: 'ECS GraphQL',
    defaultTabs: EXAMPLES.map(({ query, variables }) => ({ query, variables: variables ?? '' })),
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
    logo: LOGO,
  };
  // Escapes "<", so that no text can end the script element.
  const json = JSON.stringify({ assets, options }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>ECS GraphQL</title>
    <link rel="icon" href="${assets}favicon.ico">
    <link rel="stylesheet" href="${assets}graphiql.css">
    <link rel="stylesheet" href="${assets}page.css">
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    ${hasToken ? TOKEN_FIELD : ''}
    <div id="root"></div>
    <section id="events" aria-label="Events of subscriptions" hidden></section>
    <script type="application/json" id="graphiql-settings">${json}</script>
    <script src="${assets}graphiql.js"></script>
    <script src="${assets}boot.js"></script>
  </body>
</html>
`;
}
