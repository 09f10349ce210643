import { GraphQLError } from 'graphql';
import { ID_PARAMETERS, type ResolveDocument } from '../../pipeline/documents/resolve-document.ts';
import { isRecord } from '../../util/json.ts';
import type { HttpPlugin, ServerContext } from './http-plugin.ts';

/**
 * Replaces the id or hash of a document by its text before Yoga reads the query. Yoga knows no parameters for ids, and
 * refuses those that it does not know. Here they are ignored, as over WebSocket: clients add their own (`debugName`),
 * and GraphQL adds new ones (`onError`). An empty name of an operation is no name: clients send one for a name that is
 * not set, and no operation can have it.
 */
export function useDocumentIds(resolveDocument: ResolveDocument): HttpPlugin {
  return {
    onParams({ params, request, context, setParams }) {
      const { caller } = context as ServerContext;
      if (caller === undefined) throw new Error('an operation without a caller');
      // An item of a batch may be any JSON value. Yoga refuses those that are not objects.
      if (!isRecord(params)) return;
      const { query, variables, operationName, extensions, documentId, id, doc_id } = params;
      const ids = request.method === 'GET' ? idsOf(request.url) : { documentId, id, doc_id };
      const text = resolveDocument({ query, extensions, ...ids }, caller) ?? query;
      if (text instanceof GraphQLError) throw text;
      setParams({ query: text, variables, operationName: operationName || undefined, extensions } as typeof params);
    },
  };
}

function idsOf(url: string): Record<string, string> {
  const { searchParams } = new URL(url, 'http://localhost');
  return Object.fromEntries(
    ID_PARAMETERS.flatMap((name) => {
      const value = searchParams.get(name);
      return value ? [[name, value]] : [];
    }),
  );
}
