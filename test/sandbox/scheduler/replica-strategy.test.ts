import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';

const REGION = 'eu-west-1';
const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };

describe('a deployment that is replaced', () => {
  it('wants as many tasks as it keeps: those that the new one does not stand in for yet', () => {
    const backend = new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), readContract(), 'empty', 5);
    const call = (operation: string, input: object): void =>
      void backend.call(REGION, CALLER, operation, { cluster: 'main', ...input });
    call('CreateCluster', { clusterName: 'main' });
    call('RegisterTaskDefinition', { family: 'web', containerDefinitions: [{ name: 'app', image: 'x', memory: 64 }] });
    call('RegisterContainerInstance', {});
    call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 20 });
    backend.clock.advance(120_000);
    call('UpdateService', { service: 'web', forceNewDeployment: true });
    const service = backend.world(REGION).clusters.get('main')?.services.get('web');
    const seen = new Set<number>();
    while (service !== undefined && service.deployments[0]?.rolloutState !== 'COMPLETED') {
      backend.clock.advanceToNext();
      const [, old] = service.deployments;
      if (old === undefined) continue;
      expect(old.desiredCount).toBe([...old.tasks].filter((task) => task.desiredStatus === 'RUNNING').length);
      seen.add(old.desiredCount);
    }
    expect(seen.size).toBeGreaterThan(2);
  });
});
