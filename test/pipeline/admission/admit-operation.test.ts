import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { KnownSizes } from '../../../src/ecs/lists/fleet-sizes.ts';
import { createAdmission } from '../../../src/pipeline/admission/admit-operation.ts';
import { createInFlight } from '../../../src/pipeline/core/in-flight.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

const settings = {
  maxVariables: 0,
  maxCost: 0,
  maxObjects: 0,
  maxEventCost: 0,
  maxEventObjects: 0,
  sseMaxStreams: 1,
  sseMaxCallerStreams: 1,
};
const caller = { requestId: 'r', principal: { name: 'a' }, signal: new AbortController().signal, transport: 'http' };

describe('the estimate of an operation', () => {
  it('follows what is known of the fleet, and the variables', () => {
    let known: KnownSizes = {};
    const admit = createAdmission(sharedSchema(), settings, createInFlight(), () => known);
    const objects = (
      query: ReturnType<typeof parse>,
      operationName?: string,
      variableValues?: Record<string, unknown>,
    ) => {
      const admitted = admit({ document: query, operationName, variableValues }, caller as never);
      return 'cost' in admitted ? admitted.cost.objects : admitted;
    };
    const fixed = parse(
      'query A { clusters(first: 90) { nodes { status } } } query B { clusters(first: 50) { nodes { status } } }',
    );
    const open = parse('query ($first: Int) { clusters(first: $first) { nodes { status } } }');
    expect([objects(fixed, 'A'), objects(fixed, 'B'), objects(fixed, 'A')]).toEqual([91, 51, 91]);
    expect([objects(open, undefined, { first: 3 }), objects(open, undefined, { first: 9 })]).toEqual([4, 10]);
    known = { clusters: 10 };
    expect([objects(fixed, 'A'), objects(fixed, 'B'), objects(fixed, 'A')]).toEqual([26, 26, 26]);
    expect(objects(open, undefined, { first: 90 })).toBe(26);
  });
});
