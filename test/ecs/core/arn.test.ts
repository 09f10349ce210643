import { describe, expect, it } from 'vitest';
import { clusterNameOf, isArnOf, parseArn } from '../../../src/ecs/core/arn.ts';

const prefix = 'arn:aws:ecs:eu-west-1:123456789012:';

describe('parseArn', () => {
  it.each([
    ['cluster/prod', 'cluster', undefined, 'prod'],
    ['service/prod/web', 'service', 'prod', 'web'],
    ['service/web', 'service', undefined, 'web'],
    ['task/prod/0123456789abcdef0123456789abcdef', 'task', 'prod', '0123456789abcdef0123456789abcdef'],
    ['task/11111111-2222-3333-4444-555555555555', 'task', undefined, '11111111-2222-3333-4444-555555555555'],
    ['task-definition/web:7', 'task-definition', undefined, 'web:7'],
    ['service-deployment/prod/web/abc', 'service-deployment', 'prod', 'web/abc'],
  ])('reads %s', (rest, type, cluster, name) => {
    expect(parseArn(prefix + rest)).toEqual({
      arn: prefix + rest,
      partition: 'aws',
      region: 'eu-west-1',
      account: '123456789012',
      type,
      name,
      ...(cluster === undefined ? {} : { cluster }),
    });
  });

  it.each([
    'arn:aws:ec2:eu-west-1:123456789012:instance/i-1',
    'arn:aws:ecs:eu-west-1:12:cluster/x',
    'prod',
    `${prefix}cluster/`,
  ])('refuses %s', (text) => expect(parseArn(text)).toBeUndefined());

  it('finds the name of a cluster in either form', () => {
    expect([clusterNameOf('prod'), clusterNameOf(`${prefix}cluster/prod`)]).toEqual(['prod', 'prod']);
  });

  it.each([
    'cluster/prod',
    'service/prod/web',
    'task/task/service',
    'task-definition/web:7',
    'cluster/a:task/b',
    'daemon-task-definition/x:1',
    'cluster/',
    'task',
  ])('knows the type of %s as without its parts', (rest) => {
    for (const text of [prefix + rest, rest, `${prefix}${rest} `, `x${prefix}${rest}`]) {
      for (const type of [
        'cluster',
        'service',
        'task',
        'task-definition',
        'definition',
        'daemon-task-definition',
        '',
      ]) {
        expect([text, type, isArnOf(type, text)]).toEqual([text, type, parseArn(text)?.type === type]);
      }
    }
  });
});
