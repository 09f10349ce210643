import { GraphQLError } from 'graphql';
import { ID_PARAMETERS, type ResolveDocument } from '../../pipeline/documents/resolve-document.ts';
import type { HttpPlugin, ServerContext } from './http-plugin.ts';

/** Replaces the id or hash of a document by its text before Yoga reads the query. Yoga knows no parameters for ids. */
export function useDocumentIds(resolveDocument: ResolveDocument): HttpPlugin {
  return {
    onParams({ params, request, context, setParams }) {
      const { caller } = context as ServerContext;
      if (caller === undefined) throw new Error('an operation without a caller');
      const { documentId, id, doc_id, ...others } = params as typeof params & Record<string, unknown>;
      const ids = request.method === 'GET' ? idsOf(request.url) : { documentId, id, doc_id };
      const text = resolveDocument({ ...others, ...ids }, caller);
      if (text instanceof GraphQLError) throw text;
      if (text !== undefined) setParams({ ...others, query: text });
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
