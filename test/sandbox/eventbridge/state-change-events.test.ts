import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';

const REGION = 'eu-west-1';
const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };

describe('events', () => {
  it('say the same when they are read long after as at the time', () => {
    const backend = new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), readContract(), 'empty', 3);
    const call = (operation: string, input: object): void =>
      void backend.call(REGION, CALLER, operation, { cluster: 'main', ...input });
    const containerDefinitions = [{ name: 'app', image: 'x', memory: 64, portMappings: [{ hostPort: 80 }] }];
    call('CreateCluster', { clusterName: 'main' });
    call('RegisterTaskDefinition', { family: 'web', containerDefinitions });
    for (let index = 0; index < 3; index += 1) call('RegisterContainerInstance', {});
    call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 });
    const world = backend.world(REGION);
    const atTheTime: unknown[] = [];
    const look = (): void => {
      const { events } = world.events.read(world, atTheTime.length);
      atTheTime.push(...(JSON.parse(JSON.stringify(events)) as unknown[]));
    };
    for (let step = 0; step < 40; step += 1) {
      look();
      if (step === 20) call('UpdateService', { service: 'web', desiredCount: 0, forceNewDeployment: true });
      backend.clock.advanceToNext();
    }
    look();
    expect(atTheTime.length).toBeGreaterThan(30);
    expect(JSON.parse(JSON.stringify(world.events.read(world, 0).events))).toEqual(atTheTime);
  });
});
