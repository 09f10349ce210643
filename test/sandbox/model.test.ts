import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isManual } from '../../src/sandbox/instances/manual-agents.ts';
import { checkSettled, checkWorld } from './support/bookkeeping.ts';
import { everyday, Real } from './support/model.ts';
import { SOUND_VOLUME, unusual } from './support/model-agents.ts';

const commands = [...everyday, ...unusual];

describe('a cluster that grows and has accidents', () => {
  it('keeps its books after any commands, lets nothing hang between two states, and becomes steady again', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 30, size: 'max' }), (sequence) => {
        fc.modelRun(() => ({ model: {}, real: new Real() }), sequence);
      }),
      { numRuns: 80 },
    );
  });

  it('becomes steady when it is healed', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 20, size: 'max' }), (sequence) => {
        const real = new Real();
        fc.modelRun(() => ({ model: {}, real }), sequence);
        heal(real);
        checkWorld(real.world);
        checkSettled(real.world);
        for (const service of real.cluster.services.values()) {
          if (service.status !== 'ACTIVE') continue;
          expect(service.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
          const up = [...service.tasks].filter((task) => task.lastStatus === 'RUNNING');
          expect(up).toHaveLength(service.desiredCount);
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Everything that was broken is made good, and then there is time. */
function heal(real: Real): void {
  for (const zone of real.world.lostZones) real.cause({ accident: 'zone-restored', zone });
  real.cause({ accident: 'account-restored' });
  for (const instance of real.cluster.instances.values()) {
    const { status, arn } = instance;
    // No client plays its agent any more.
    if (isManual({ instance })) real.cause({ accident: 'instance-terminated', containerInstance: arn });
    real.cause({ accident: 'agent-reconnected', containerInstance: arn });
    if (status === 'DRAINING') real.call('DeregisterContainerInstance', { containerInstance: arn, force: true });
  }
  for (const service of real.cluster.services.values()) {
    const { family = '' } = service.spec.taskDefinition ?? {};
    const sound =
      family === 'volume-fargate'
        ? SOUND_VOLUME
        : { taskDefinition: family.endsWith('-fargate') ? 'good-fargate' : 'good' };
    const deploymentController = { type: 'ECS' };
    real.call('UpdateService', { service: service.name, forceNewDeployment: true, deploymentController, ...sound });
  }
  real.backend.clock.advance(2 * 3600_000);
}
