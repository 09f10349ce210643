import { describe, expect, it } from 'vitest';
import { NotAnEventError, toEcsEvent } from '../../../src/inventory/core/ecs-event.ts';

const EVENT = {
  version: '0',
  id: '9bcdac79-b31f-4d3d-9410-fbd727c29fab',
  'detail-type': 'ECS Task State Change',
  source: 'aws.ecs',
  account: '111122223333',
  time: '2024-11-13T21:23:11Z',
  region: 'us-east-1',
  resources: ['arn:aws:ecs:us-east-1:111122223333:task/shop/b99d40b3-5176-4f71-9a52-9dbd6f1cebef'],
  detail: { version: 3 },
};

describe('an event of EventBridge', () => {
  it('is read with its time in milliseconds', () => {
    const { version: _version, source: _source, 'detail-type': detailType, ...rest } = EVENT;
    expect(toEcsEvent(EVENT)).toEqual({ ...rest, detailType, time: Date.UTC(2024, 10, 13, 21, 23, 11) });
  });

  it.each([
    [{ ...EVENT, source: 'aws.ec2' }, 'source'],
    [{ ...EVENT, id: undefined }, 'id'],
    [{ ...EVENT, account: '12' }, 'account'],
    [{ ...EVENT, region: 'nowhere' }, 'region'],
    [{ ...EVENT, time: 'yesterday' }, 'time'],
    [{ ...EVENT, 'detail-type': 4 }, 'detail-type'],
    [{ ...EVENT, detail: [] }, 'detail'],
    [[EVENT], 'the event'],
    ['text', 'the event'],
  ])('is refused without what every event has (%#)', (body, named) => {
    expect(() => toEcsEvent(body)).toThrow(NotAnEventError);
    expect(() => toEcsEvent(body)).toThrow(named);
  });
});
