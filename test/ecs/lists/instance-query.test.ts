import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { instanceQuery } from '../../../src/ecs/lists/instance-query.ts';

const INSTANCE: ContainerInstance = {
  agentConnected: true,
  ec2InstanceId: 'i-0123456789abcdef0',
  runningTasksCount: 3,
  registeredAt: new Date('2026-03-01T12:00:00Z'),
  versionInfo: { agentVersion: '1.9.0' },
  attributes: [
    { name: 'stack', value: 'blue' },
    { name: 'ecs.instance-type', value: 't3.large' },
    { name: 'ecs.capability.flag' },
    { name: 'size', value: '10' },
  ],
};

describe('a query of the cluster query language', () => {
  it.each([
    ['attribute:stack == blue', true],
    ['attribute:stack equals "blue"', true],
    ["attribute:stack != 'blue'", false],
    ['attribute:ecs.instance-type =~ t3.*', true],
    ['attribute:ecs.instance-type not_matches t3\\.large', false],
    ['attribute:ecs.instance-type =~ t3', false],
    ['attribute:ecs.capability.flag exists', true],
    ['attribute:rack exists', false],
    ['attribute:rack !exists', true],
    ['attribute:rack not_exists', true],
    ['attribute:stack in [red,blue]', true],
    ['attribute:stack !in [red, blue]', false],
    ['attribute:stack not_in ["red"]', true],
    ['attribute:size > 9', true],
    ['attribute:size <= 9', false],
    ['agentVersion >= 1.10.0', false],
    ['agentVersion < 1.10.0', true],
    ['agentConnected == true', true],
    ['ec2InstanceId == i-0123456789abcdef0', true],
    ['runningTasksCount greater_than_equal 3', true],
    ['registeredAt > 2026-02-28', true],
    ['registeredAt < 2026-03-01T11:59:59Z', false],
    ['attribute:stack == red or attribute:size == 10 and agentConnected == true', true],
    ['(attribute:stack == red || attribute:size == 10) && agentConnected == false', false],
    ['not attribute:stack == red and !(attribute:size == 11)', true],
    ['  attribute:stack==blue  ', true],
  ])('%s: %s', (text, expected) => {
    expect(instanceQuery(text)(INSTANCE)).toBe(expected);
  });

  it.each([
    // A member that a description does not show.
    'task:group == service:web',
    'unknown == 1',
    // Patterns that Java may read in another way, or that may cost much.
    'attribute:stack =~ (b|r).+',
    'attribute:stack =~ [a-z]*',
    // A filter that ECS refuses.
    'attribute:stack ==',
    'attribute:stack == blue)',
    'attribute:stack blue',
    'attribute:stack ! == blue',
    '(attribute:stack == blue',
    'attribute:stack in blue',
    'attribute:stack == "blue',
    '',
    `${'('.repeat(60)}attribute:stack == blue${')'.repeat(60)}`,
    `attribute:stack == ${'x'.repeat(2_000)}`,
  ])('is left to ECS: %s', (text) => {
    expect(instanceQuery(text)(INSTANCE)).toBeUndefined();
  });

  it('is decided by the part that is known', () => {
    const unknown = 'task:group == service:web';
    expect(instanceQuery(`${unknown} and attribute:stack == red`)(INSTANCE)).toBe(false);
    expect(instanceQuery(`${unknown} or attribute:stack == blue`)(INSTANCE)).toBe(true);
    expect(instanceQuery(`${unknown} or attribute:stack == red`)(INSTANCE)).toBeUndefined();
    expect(instanceQuery(`not (${unknown})`)(INSTANCE)).toBeUndefined();
  });
});
