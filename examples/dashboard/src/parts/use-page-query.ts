import { useCallback, useEffect, useRef } from 'react';
import { type AnyVariables, type TypedDocumentNode, type UseQueryState, useQuery } from 'urql';

/**
 * A query and a function that reads it again. Calls while an answer is under way become one, after that answer: events come in bursts, and each
 * would take back the request before it.
 */
export function usePageQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): [UseQueryState<Data, Variables>, () => void] {
  const [state, reread] = useQuery({ query, variables } as Parameters<typeof useQuery<Data, Variables>>[0]);
  const wants = useRef(false);
  const isBusy = useRef(false);
  isBusy.current = state.fetching || state.stale;

  const refresh = useCallback(() => {
    if (isBusy.current) wants.current = true;
    else reread({ requestPolicy: 'network-only' });
  }, [reread]);

  useEffect(() => {
    if (state.fetching || state.stale || !wants.current) return;
    wants.current = false;
    reread({ requestPolicy: 'network-only' });
  }, [state.fetching, state.stale, reread]);

  return [state, refresh];
}
