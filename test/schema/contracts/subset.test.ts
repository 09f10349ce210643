import { buildSchema, isObjectType, parse, validate, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { coreOf } from '../../../src/schema/contracts/core-schema.ts';
import { nounsOf, subsetOf } from '../../../src/schema/contracts/subset.ts';
import { printGraph } from '../../../src/schema/graph/print-graph.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

describe('the part of a schema about some types', () => {
  it('has their fields, and neither links to other nouns nor these', () => {
    const sdl = printGraph(subsetOf(sharedSchema(), ['Cluster', 'Service']));
    const schema = buildSchema(sdl);
    expect(validateSchema(schema)).toEqual([]);
    const has = (text: string) => validate(schema, parse(text)).length === 0;
    expect(has('{ cluster(cluster: "a") { status services { nodes { serviceName cluster { clusterName } } } } }')).toBe(
      true,
    );
    expect(has('mutation($i: UpdateServiceInput!) { updateService(input: $i) { service { desiredCount } } }')).toBe(
      true,
    );
    expect(has('{ node(id: "x") { id } }')).toBe(true);
    expect(has('{ service(service: "a") { tasks { nodes { taskArn } } } }')).toBe(false);
    expect([schema.getType('Task'), schema.getType('TaskConnection'), schema.getType('Gateway')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(sdl.length).toBeLessThan(printGraph(sharedSchema()).length / 2);
  });

  it('is valid for each noun alone, of both contracts', () => {
    for (const served of [sharedSchema(), coreOf(sharedSchema())]) {
      for (const noun of nounsOf(served)) {
        const part = subsetOf(served, [noun]);
        expect([noun, validateSchema(part)]).toEqual([noun, []]);
        expect(isObjectType(part.getType(noun))).toBe(true);
      }
    }
  });
});
