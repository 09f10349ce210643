import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../../src/inventory/sources/parse-event.ts';
import { taskEvent } from './events.ts';

const parse = (event: unknown) => parseEvent(JSON.stringify(event));
const task = taskEvent();
const detail = task.detail as Record<string, unknown>;
const SERVICE = 'arn:aws:ecs:us-east-1:111122223333:service/shop/web';
const INSTANCE = 'arn:aws:ecs:us-east-1:111122223333:container-instance/shop/0123456789abcdef0123456789abcdef';

describe('a delivered body', () => {
  it.each([
    task,
    taskEvent({
      'detail-type': 'ECS Container Instance State Change',
      detail: { containerInstanceArn: INSTANCE, version: 7, status: 'ACTIVE' },
    }),
    taskEvent({
      'detail-type': 'ECS Service Action',
      resources: [SERVICE],
      detail: { eventName: 'SERVICE_STEADY_STATE', eventType: 'INFO' },
    }),
    taskEvent({
      'detail-type': 'ECS Deployment State Change',
      resources: [SERVICE],
      detail: { eventName: 'SERVICE_DEPLOYMENT_COMPLETED', deploymentId: 'ecs-svc/1' },
    }),
    taskEvent({ source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [], detail: {} }),
  ])('is an event: $detail-type', (event) => {
    expect(parse(event)).toMatchObject({ id: task.id, detailType: event['detail-type'], detail: event.detail });
  });

  it.each([
    ['a text', 'task'],
    ['a list', [task]],
    ['nothing', null],
    ['an event without a source', taskEvent({ source: undefined })],
    ['a task without a version', taskEvent({ detail: { ...detail, version: undefined } })],
    ['a task with a version that is a text', taskEvent({ detail: { ...detail, version: '3' } })],
    ['a task without a status', taskEvent({ detail: { ...detail, lastStatus: '' } })],
    ['a task without an ARN', taskEvent({ detail: { ...detail, taskArn: 'shop' } })],
    ['the ARN of another kind', taskEvent({ detail: { ...detail, taskArn: SERVICE } })],
    ['a task of another account', taskEvent({ account: '999988887777' })],
    ['a task of another Region', taskEvent({ region: 'eu-west-1' })],
    ['a service action without its service', taskEvent({ 'detail-type': 'ECS Service Action', resources: [] })],
  ])('is invalid: %s', (_, event) => {
    expect(parse(event)).toBe('invalid');
  });

  it('is invalid if it is not JSON', () => {
    expect(parseEvent('{"id":')).toBe('invalid');
  });

  it('is of no use here if its source or its kind is another', () => {
    expect(parse(taskEvent({ source: 'aws.ec2' }))).toBe('other_source');
    expect(parse(taskEvent({ 'detail-type': 'ECS Hook State Change' }))).toBe('unknown_type');
    expect(parse(taskEvent({ 'detail-type': 'toString' }))).toBe('unknown_type');
  });
});
