import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createGrouping } from '../../../src/pipeline/subscriptions/subscriber-groups.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

describe('createGrouping', () => {
  const groupOf = createGrouping(sharedSchema());
  const principal = { name: 'x' };
  const follow = (text: string, variableValues?: Record<string, unknown>, caller = {}) =>
    groupOf({ document: parse(text), variableValues }, { principal, ...caller });

  it('distinguishes documents, operations, variables, principals and no-cache', () => {
    const query =
      'subscription A($a: String!) { clusterEvents(cluster: $a) { type } } subscription B { drains { type } }';
    const document = parse(query);
    const groups = [
      groupOf({ document, operationName: 'A', variableValues: { a: 'x' } }, { principal }),
      groupOf({ document, operationName: 'A', variableValues: { a: 'y' } }, { principal }),
      groupOf({ document, operationName: 'B' }, { principal }),
      groupOf({ document, operationName: 'B' }, { principal: { name: 'y' } }),
      groupOf({ document, operationName: 'B' }, { principal, fresh: true }),
      groupOf({ document: parse(`${query} `), operationName: 'B' }, { principal }),
    ];
    expect(new Set(groups).size).toBe(groups.length);
  });

  it('treats documents with one text as equal, and ignores unused variables', () => {
    const query = 'subscription { drains { type } }';
    expect(follow(query, {})).toBe(follow(query));
    expect(follow(query, { other: 1 })).toBe(follow(query));
  });

  const QUERY = `subscription ($after: String, $stall: Duration, $service: ID!, $recent: Int, $with: Boolean!) {
    serviceEvents(service: $service, after: $after, stallAfter: $stall, recent: $recent) { ...Parts }
  }
  fragment Parts on ServiceEventsUpdate { type summary @include(if: $with) ...Again }
  fragment Again on ServiceEventsUpdate { cursor ...Parts }`;
  const variables = { service: 'web', after: 'one', stall: 'PT1M', recent: 5, with: true };

  it('does not distinguish cursors and other choices of events', () => {
    const group = follow(QUERY, variables);
    expect(follow(QUERY, { ...variables, after: 'two', stall: 'PT5M' })).toBe(group);
    expect(follow(QUERY, { ...variables, after: undefined })).toBe(group);
  });

  it('distinguishes variables that the result depends on, in fragments too', () => {
    const others = [{}, { service: 'cart' }, { recent: 6 }, { with: false }];
    expect(new Set(others.map((other) => follow(QUERY, { ...variables, ...other }))).size).toBe(others.length);
  });

  it('distinguishes a cursor that is also used for something else', () => {
    const query = `subscription ($after: String) {
      serviceEvents(service: "web", after: $after) { ... on ServiceEventsUpdate @custom(by: $after) { type } } }`;
    expect(follow(query, { after: 'one' })).not.toBe(follow(query, { after: 'two' }));
  });
});
