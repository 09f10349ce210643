import { describe, expect, it } from 'vitest';
import { observeDrain } from '../../src/live/drain-snapshot.ts';
import { decodeLiveCursor, encodeLiveCursor, markIn } from '../../src/live/live-cursor.ts';
import { deploymentMark, drainMark, markedDeployment, markedInstances } from '../../src/live/target-mark.ts';
import { CLUSTER, instance, NEW, OLD_STYLE, SERVICE_DEPLOYMENT, service, T0, TARGET } from './fixtures.ts';

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

  it('is up to a thousand instances', () => {
    for (const count of [1, 2, 1_000]) {
      const target = { clusterArn: CLUSTER, containerInstanceArns: arns(count) };
      expect(markedInstances(drainMark(target) ?? '', CLUSTER)).toEqual({ ...target, haveDrained: true });
    }
    for (const containerInstanceArns of [[], arns(1_001), [`${PREFIX}/a`], [`${PREFIX}x/${'0'.repeat(32)}`]]) {
      expect(drainMark({ clusterArn: CLUSTER, containerInstanceArns })).toBeUndefined();
    }
    for (const mark of [
      '',
      'x',
      NEW,
      SERVICE_DEPLOYMENT,
      'A'.repeat(22 * 1_001),
      'A'.repeat(21),
      `${'A'.repeat(21)},`,
    ]) {
      expect(markedInstances(mark, CLUSTER)).toBeUndefined();
    }
  });

  it('is told in no more characters than it has', () => {
    const mark = drainMark({ clusterArn: CLUSTER, containerInstanceArns: arns(500) });
    const cursor = encodeLiveCursor('drain', { epoch: 'e', sequence: 7, mark });
    expect(cursor.length).toBeLessThan(500 * 22 + 100);
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
