import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

/** A subgraph: its name, address and SDL. */
export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** Reads the SDL of a subgraph that runs. */
export async function readSubgraph(name: string, url: string, token?: string): Promise<Subgraph> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const answer = (await response.json()) as { data?: { _service: { sdl: string } }; errors?: { message: string }[] };
  if (answer.data === undefined) throw new Error(`${name}: ${answer.errors?.[0]?.message ?? response.status}`);
  return { name, url, sdl: answer.data._service.sdl };
}

/**
 * Composes the supergraph.
 * @throws {Error} with all the reasons why the subgraphs do not fit together
 */
export function composeSupergraph(subgraphs: readonly Subgraph[]): string {
  const result = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (result.supergraphSdl !== undefined) return result.supergraphSdl;
  throw new Error((result.errors ?? []).map(({ message }) => message).join('\n'));
}
