import { describe, expect, it } from 'vitest';
import { ActionFacts } from '../../../src/schema/access/action-facts.ts';

const arn = (cluster: string, name: string) => `arn:aws:ecs:eu-west-1:123456789012:service/${cluster}/${name}`;
const ALLOWED = { isAllowed: true, policies: ['p'] };
const DENIED = { isAllowed: false, policies: [] };

describe('decisions by class', () => {
  const facts = new ActionFacts(undefined, { tags: true, service: false }, ['team', 'tier']);
  const team = (value: string) => [
    { key: 'Name', value: String(Math.random()) },
    { key: 'team', value },
  ];

  it('are one for all objects of a place with the same values of the tags that decide', () => {
    expect(facts.find(arn('a', 's1'), 'a', team('x'))).toBeUndefined();
    facts.keep(arn('a', 's1'), 'a', team('x'), ALLOWED);
    facts.keep(arn('a', 's1'), 'a', team('y'), DENIED);
    for (let round = 0; round < 2; round += 1) {
      expect(facts.find(arn('a', 's2'), 'a', team('x'))).toBe(ALLOWED);
      expect(facts.find(arn('a', 's3'), 'a', team('y'))).toBe(DENIED);
      expect(facts.find(arn('a', 's4'), 'a', team('y'))).toBe(DENIED);
    }
  });

  it('are missing for another place, another value, or a tag that is missing', () => {
    facts.find(arn('a', 's2'), 'a', team('x'));
    expect(facts.find(arn('b', 's2'), 'a', team('x'))).toBeUndefined();
    expect(facts.find(arn('a', 's2/x'), 'a', team('x'))).toBeUndefined();
    expect(facts.find(arn('a', 's2'), 'b', team('x'))).toBeUndefined();
    expect(facts.find(arn('a', 's2'), 'a', team('z'))).toBeUndefined();
    expect(facts.find(arn('a', 's2'), 'a', [])).toBeUndefined();
    expect(facts.find(arn('a', 's2'), 'a', [...team('x'), { key: 'tier', value: '1' }])).toBeUndefined();
  });

  it('know the last place that was possibly readable', () => {
    expect(facts.isReadable(arn('a', 's1'), 'a')).toBe(false);
    facts.keepReadable(arn('a', 's1'), 'a');
    expect([arn('a', 's2'), arn('b', 's2'), 's2'].map((name) => facts.isReadable(name, 'a'))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
