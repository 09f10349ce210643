import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, it, vi } from 'vitest';
import type { DescribeRequest } from '../../src/ecs/core/describe-request.ts';
import { EcsError } from '../../src/ecs/core/errors.ts';
import type { EcsSession } from '../../src/ecs/request-session.ts';
import { EntityLoader } from '../../src/loaders/entity-loader.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012:task/shop/';
const FORBIDDEN = new EcsError('FORBIDDEN_UPSTREAM', 'DescribeTasks', 'no ecs:ListTagsForResource');

/** A loader over a session whose descriptions settle when the test says so. */
function loaderOf(describeOne: (request: DescribeRequest<'Task'>) => Promise<Task | null>) {
  const session = { describe: vi.fn(describeOne) };
  return { session, tasks: new EntityLoader('Task', session as unknown as EcsSession) };
}

const found = async ({ id }: DescribeRequest<'Task'>): Promise<Task> => ({
  taskArn: id.startsWith('arn') ? id : ARN + id,
});

describe('the DataLoader of a kind', () => {
  it('hands each key to the describe batcher once, in the turn in which it was asked for', async () => {
    const { session, tasks } = loaderOf(found);
    const loads = ['a', 'b', 'a'].map((id) => tasks.load({ id: ARN + id, cluster: 'shop' }));
    await null;
    expect(session.describe.mock.calls.map(([{ id }]) => id)).toEqual([`${ARN}a`, `${ARN}b`]);
    const [first, , third] = await Promise.all(loads);
    expect(third).toBe(first);
  });

  it('settles each key separately: no key waits for another, or fails with it', async () => {
    const never = new Promise<null>(() => {});
    const { tasks } = loaderOf(async (request) => {
      if (request.id === 'slow') return never;
      if (request.id === 'bad') throw FORBIDDEN;
      return found(request);
    });
    const [, bad, good] = ['slow', 'bad', 'good'].map((id) => tasks.load({ id, cluster: 'shop' }));
    await expect(bad).rejects.toBe(FORBIDDEN);
    expect(await good).toEqual({ taskArn: `${ARN}good` });
  });

  it('finds a thing by its ARN that was read by its name, and forgets all with clear()', async () => {
    const { session, tasks } = loaderOf(found);
    const byName = await tasks.load({ id: 'a', cluster: 'shop' });
    expect(await tasks.load({ id: `${ARN}a`, cluster: 'shop' })).toBe(byName);
    expect(tasks.peek({ id: `${ARN}a` })).toBe(byName);
    expect(session.describe).toHaveBeenCalledTimes(1);
    tasks.clear();
    expect(tasks.peek({ id: `${ARN}a` })).toBeUndefined();
    await tasks.load({ id: `${ARN}a`, cluster: 'shop' });
    expect(session.describe).toHaveBeenCalledTimes(2);
  });

  it('answers who needs less with what was read with more', async () => {
    const { session, tasks } = loaderOf(found);
    const key = { id: `${ARN}a`, cluster: 'shop' };
    const tagged = await tasks.load({ ...key, members: ['tags'] });
    expect(await tasks.load({ ...key, members: ['lastStatus'] })).toBe(tagged);
    expect(session.describe.mock.calls.map(([{ include }]) => include)).toEqual([['TAGS']]);
  });

  it('reads again without the tags for those who do not need them where ECS refuses the tags', async () => {
    const { session, tasks } = loaderOf((request) =>
      request.include.length > 0 ? Promise.reject(FORBIDDEN) : found(request),
    );
    const key = { id: `${ARN}a`, cluster: 'shop' };
    const tagged = tasks.load({ ...key, members: ['tags'] });
    const plain = tasks.load({ ...key, members: ['lastStatus'] });
    await expect(tagged).rejects.toBe(FORBIDDEN);
    expect(await plain).toEqual({ taskArn: key.id });
    expect(await tasks.load({ ...key, members: ['lastStatus'] })).toEqual({ taskArn: key.id });
    expect(session.describe.mock.calls.map(([{ include }]) => include)).toEqual([['TAGS'], []]);
  });
});
