import { GRAPHQL_PATH, type HttpPlugin } from './http-plugin.ts';

/** Answers unknown paths with a hint to the path of the graph. */
export function useNotFound(basePath: string): HttpPlugin {
  const text = `There is nothing here. GraphQL is at ${basePath}${GRAPHQL_PATH}; probes are /livez and /readyz.\n`;
  return {
    onResponse({ response, setResponse, fetchAPI }) {
      if (response.status !== 404 || response.body !== null) return;
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      setResponse(new fetchAPI.Response(text, { status: 404, headers }));
    },
  };
}
