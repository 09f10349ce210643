import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deploymentMark, markedDeployment } from '../../../src/live/deployment/deployment-mark.ts';
import { drainMark, markedInstances } from '../../../src/live/drain/drain-mark.ts';
import { type DrainTarget, observeDrain } from '../../../src/live/drain/drain-snapshot.ts';
import { drainTopic } from '../../../src/live/drain/drain-topic.ts';
import { decodeLiveCursor, encodeLiveCursor, markIn } from '../../../src/live/topic/cursor.ts';
import { CLUSTER, instance, NEW, OLD_STYLE, SERVICE_DEPLOYMENT, service, T0, TARGET } from '../support/fixtures.ts';

const PREFIX = CLUSTER.replace(':cluster/', ':container-instance/');
const arns = (count: number) =>
  Array.from({ length: count }, (_, i) => `${PREFIX}/${i.toString(16).padStart(32, '0f')}`);

describe('what a cursor is of', () => {
  it('is a deployment of the service that is asked for', () => {
    expect([deploymentMark(TARGET), deploymentMark(OLD_STYLE)]).toEqual([SERVICE_DEPLOYMENT, NEW]);
    for (const mark of [SERVICE_DEPLOYMENT, NEW]) expect(markedDeployment(mark, service())).toBe(mark);
  });

  it.each([
    SERVICE_DEPLOYMENT.replace('/web/', '/api/'),
    SERVICE_DEPLOYMENT.replace('/prod/', '/test/'),
    SERVICE_DEPLOYMENT.replace('eu-west-1', 'eu-west-2'),
    SERVICE_DEPLOYMENT.replace('123456789012', '210987654321'),
    SERVICE_DEPLOYMENT.replace('service-deployment', 'service-revision'),
    `${SERVICE_DEPLOYMENT}/more`,
    'ecs-svc/x',
    '',
  ])('is no deployment of another, nor anything else: %s', (mark) => {
    expect(markedDeployment(mark, service())).toBeUndefined();
  });

  const list = async (): Promise<string[]> => {
    throw new Error('not needed');
  };

  it('is up to three hundred instances, by their ids', async () => {
    for (const count of [1, 2, 300]) {
      const target = { clusterArn: CLUSTER, containerInstanceArns: arns(count) };
      const mark = drainMark(target) ?? '';
      expect(mark).toHaveLength(22 * count);
      expect(await markedInstances(mark, CLUSTER, list)).toEqual({ ...target, haveDrained: true, mark });
    }
    for (const containerInstanceArns of [[], [`${PREFIX}/a`], [`${PREFIX}x/${'0'.repeat(32)}`]]) {
      expect(drainMark({ clusterArn: CLUSTER, containerInstanceArns })).toBeUndefined();
    }
    for (const mark of [
      '',
      '~',
      'x',
      NEW,
      SERVICE_DEPLOYMENT,
      'A'.repeat(22 * 1_001),
      'A'.repeat(21),
      `${'A'.repeat(21)},`,
      `~${'A'.repeat(6)}`,
      `~${'A'.repeat(4)},`,
      `~${'A'.repeat(5 * 5_001)}`,
    ]) {
      expect(await markedInstances(mark, CLUSTER, list)).toBeUndefined();
    }
  });

  it('is named as it was in cursors of old, up to a thousand instances', async () => {
    const containerInstanceArns = arns(1_000);
    const mark = containerInstanceArns
      .map((arn) => Buffer.from(arn.slice(PREFIX.length + 1), 'hex').toString('base64url'))
      .join('');
    const target = await markedInstances(mark, CLUSTER, list);
    expect(target).toEqual({ clusterArn: CLUSTER, containerInstanceArns, haveDrained: true, mark });
    // The topic is the one of those cursors, and its next cursors have the same mark.
    const topic = drainTopic('scope', target as DrainTarget);
    expect(topic.key).toBe(`drain scope ${CLUSTER} ${[...containerInstanceArns].sort().join()}`);
    expect(drainMark(target as DrainTarget)).toBe(mark);
  });

  it('is more of them by as much as finds them again, in any order, short enough for a header', async () => {
    const all = Array.from({ length: 5_000 }, () => `${PREFIX}/${randomUUID().replaceAll('-', '')}`);
    const containerInstanceArns = all.slice(0, 1_400);
    const mark = drainMark({ clusterArn: CLUSTER, containerInstanceArns }) ?? '';
    const cursor = encodeLiveCursor('drain', { epoch: randomUUID(), sequence: 7, mark });
    expect(cursor.length).toBeLessThan(7_200);
    expect(cursor).toMatch(/^[\w.~-]+$/);
    expect(decodeLiveCursor('drain', cursor).mark).toBe(mark);
    expect(markIn(cursor)).toBe(mark);
    const left = [...all.slice(10, 1_400).reverse(), ...all.slice(1_400)];
    const target = await markedInstances(mark, CLUSTER, async () => left);
    const found = new Set(target?.containerInstanceArns);
    for (const arn of all.slice(10, 1_400)) expect(found.has(arn)).toBe(true);
    expect(target).toMatchObject({ haveDrained: true, mark });
    expect((target?.goneInstanceCount ?? 0) + found.size).toBe(1_400);
    // Whatever has left since, it is the same topic.
    const before = drainTopic('scope', {
      clusterArn: CLUSTER,
      containerInstanceArns: [...containerInstanceArns].reverse(),
    });
    expect(drainTopic('scope', target as DrainTarget).key).toBe(before.key);
    expect(
      drainMark({ clusterArn: CLUSTER, containerInstanceArns: [...all, `${PREFIX}/${'0'.repeat(32)}`] }),
    ).toBeUndefined();
  });

  it('is printed in no more characters than it has', () => {
    const mark = drainMark({ clusterArn: CLUSTER, containerInstanceArns: arns(300) });
    const cursor = encodeLiveCursor('drain', { epoch: 'e', sequence: 7, mark });
    expect(cursor.length).toBeLessThan(300 * 22 + 100);
    expect(decodeLiveCursor('drain', cursor)).toEqual({ epoch: 'e', sequence: 7, mark });
    expect(markIn(cursor)).toBe(mark);
    for (const text of [NEW, 'a mark', 'ümlaut', '']) {
      expect(markIn(encodeLiveCursor('drain', { epoch: 'e', sequence: 0, mark: text }))).toBe(text);
    }
  });

  it('is of instances that were draining, so that one that is not any more was taken back', () => {
    const [containerInstanceArn = ''] = arns(1);
    const active = { instances: [instance('a', { containerInstanceArn })], tasks: [], services: [], serviceTasks: [] };
    const endings = (haveDrained: boolean) => {
      const target = { clusterArn: CLUSTER, containerInstanceArns: [containerInstanceArn], haveDrained };
      return [...observeDrain(undefined, target, { ...active, protectedTaskArns: new Set() }, T0).endings.values()];
    };
    expect([endings(true), endings(false)]).toEqual([['REACTIVATED'], []]);
  });
});
