import { describe, expect, it } from 'vitest';
import { readEventPattern } from '../../../src/sandbox/delivery/event-pattern.ts';

const EVENT = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  region: 'eu-west-1',
  resources: ['arn:aws:ecs:eu-west-1:123456789012:task/main/0a1b'],
  detail: {
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/main',
    lastStatus: 'STOPPED',
    version: 5,
    stopCode: null,
    containers: [
      { name: 'app', exitCode: 1 },
      { name: 'log', exitCode: 0 },
    ],
  },
};

describe('an event pattern', () => {
  it.each<[string, object, boolean]>([
    ['a value', { source: ['aws.ecs'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['one of several values', { detail: { lastStatus: ['RUNNING', 'STOPPED'] } }, true],
    ['all of several members', { source: ['aws.ecs'], detail: { lastStatus: ['RUNNING'] } }, false],
    ['one value of a list', { resources: [EVENT.resources[0]] }, true],
    ['an object of a list', { detail: { containers: { exitCode: [1] } } }, true],
    ['no object of a list', { detail: { containers: { exitCode: [2] } } }, false],
    ['null', { detail: { stopCode: [null] } }, true],
    ['a prefix', { region: [{ prefix: 'eu-' }] }, true],
    ['a prefix in any case', { region: [{ prefix: { 'equals-ignore-case': 'EU-' } }] }, true],
    ['a suffix', { detail: { clusterArn: [{ suffix: '/main' }] } }, true],
    ['another suffix', { detail: { clusterArn: [{ suffix: '/prod' }] } }, false],
    ['a text in any case', { detail: { lastStatus: [{ 'equals-ignore-case': 'stopped' }] } }, true],
    ['a wildcard', { detail: { clusterArn: [{ wildcard: 'arn:*:cluster/m*n' }] } }, true],
    ['a wildcard that needs more', { detail: { clusterArn: [{ wildcard: '*main*main' }] } }, false],
    ['anything but a value', { detail: { lastStatus: [{ 'anything-but': 'RUNNING' }] } }, true],
    ['anything but one of several', { detail: { lastStatus: [{ 'anything-but': ['STOPPED', 'RUNNING'] }] } }, false],
    ['anything but a prefix', { region: [{ 'anything-but': { prefix: 'us-' } }] }, true],
    ['anything but several suffixes', { region: [{ 'anything-but': { suffix: ['-1', '-2'] } }] }, false],
    ['a range', { detail: { version: [{ numeric: ['>', 4, '<=', 5] }] } }, true],
    ['an empty range', { detail: { version: [{ numeric: ['>', 5] }] } }, false],
    ['a member that exists', { detail: { version: [{ exists: true }] } }, true],
    ['a member that does not', { detail: { stoppedReason: [{ exists: false }] } }, true],
    ['an absent object', { detail: { overrides: { cpu: ['1'] } } }, false],
    ['one of two alternatives', { $or: [{ region: ['us-east-1'] }, { detail: { version: [5] } }] }, true],
    ['neither of two alternatives', { $or: [{ region: ['us-east-1'] }, { detail: { version: [6] } }] }, false],
  ])('matches by %s: %j is %s', (_, pattern, expected) => {
    expect(readEventPattern(JSON.stringify(pattern))(EVENT)).toBe(expected);
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'Filter is not an object'],
    ['{}', 'Empty objects are not allowed'],
    ['{"source":[]}', 'Empty arrays are not allowed at "source"'],
    ['{"source":"aws.ecs"}', '"source" must be an object or an array'],
    ['{"source":[{"like":"aws"}]}', 'Unrecognized match type like'],
    ['{"source":[{"__proto__":"aws"}]}', 'Unrecognized match type __proto__'],
    ['{"source":[{"prefix":1}]}', 'prefix must be a text that is not empty'],
    ['{"source":[{"prefix":"a","suffix":"b"}]}', 'a condition must be a value or an object with one member'],
    ['{"source":[{"exists":"yes"}]}', 'exists must be true or false'],
    ['{"source":[{"numeric":[">"]}]}', 'numeric must be an array of operators and numbers'],
    ['{"source":[{"wildcard":"a**b"}]}', 'Consecutive wildcard characters'],
    ['{"$or":[{"source":["a"]}]}', '"$or" must be an array of at least two objects'],
    [JSON.stringify({ source: ['x'.repeat(4096)] }), 'it has more than 4096 characters'],
  ])('that is wrong is refused: %s', (pattern, reason) => {
    expect(() => readEventPattern(pattern)).toThrow(`Event pattern is not valid. Reason: ${reason}`);
  });
});
