/** Where the graph is: beside the page, below whatever path a proxy puts both. */
export const GRAPHQL_URL = new URL('graphql', document.baseURI).href;

/** The same place that GraphiQL keeps its token in: it ends with the browser's tab. */
const TOKEN_KEY = 'ecs-graphql.token';

export function readToken(): string | undefined {
  return sessionStorage.getItem(TOKEN_KEY) ?? undefined;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token.trim().replace(/^Bearer +/i, ''));
}

/** A new idempotency key. `crypto.randomUUID` exists only in pages that were loaded over https or from this machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
