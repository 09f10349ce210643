import { describe, expect, it } from 'vitest';
import { deploymentTasks } from '../../../src/live/deployment/deployment-task.ts';
import { at, look, OLD, observed, T0, task } from '../support/fixtures.ts';

const NOW = T0 + 120_000;

describe('the tasks of a deployment', () => {
  it('are its own first, oldest first, each with its state; stopped ones are left out', () => {
    const tasks = [
      task({ startedBy: OLD, createdAt: at(1) }),
      task({ startedBy: OLD, createdAt: at(0), desiredStatus: 'STOPPED', lastStatus: 'STOPPING' }),
      task({ createdAt: at(9), lastStatus: 'PROVISIONING' }),
      task({ createdAt: at(6), startedAt: at(100) }),
      task({ createdAt: at(5), startedAt: at(20) }),
      task({ createdAt: at(7), startedAt: at(20), healthStatus: 'UNHEALTHY' }),
      task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }),
    ];
    const shown = deploymentTasks(observed([look({ tasks })]), NOW);
    expect(shown.map(({ state, isOld, task: { createdAt } }) => [state, isOld, createdAt])).toEqual([
      ['HEALTHY', false, at(5)],
      ['RUNNING', false, at(6)],
      ['RUNNING', false, at(7)],
      ['STARTING', false, at(9)],
      ['STOPPING', true, at(0)],
      ['HEALTHY', true, at(1)],
    ]);
  });

  it('are 100 at most', () => {
    const tasks = Array.from({ length: 101 }, () => task());
    expect(deploymentTasks(observed([look({ tasks })]), NOW)).toHaveLength(100);
  });
});
