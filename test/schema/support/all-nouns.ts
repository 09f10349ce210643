import { NOUNS, type NounName } from '../../../src/schema/core/overrides.ts';
import { Graph } from '../../../src/schema/sdk-types/sdk-graph.ts';

/**
 * A graph in which every noun is a linked type; each has a field `via` with the ARN or name by which it was reached.
 */
export function graphOfNouns(): Graph {
  const graph = new Graph();
  for (const name of Object.keys(NOUNS) as NounName[]) {
    const ref = graph.builder.objectRef<{ readonly via?: string }>(name);
    graph.registerNoun(name, {
      ref: ref as never,
      wrap: (data, _context, { parent, input }) => ({
        ...data,
        via: `${Object.keys(parent)} of ${Object.keys(input ?? {})}`,
      }),
      link: (arnOrName) => (arnOrName === 'gone' ? null : { via: arnOrName }),
    });
    ref.implement({
      description: name,
      fields: (t) => ({ ...graph.sdkFields(NOUNS[name][0], t as never), via: t.exposeString('via') }),
    });
  }
  return graph;
}
