import { describe, expect, it } from 'vitest';
import { SchedulingWorld } from '../support/scheduling-world.ts';

/** Three tasks whose agents the test plays, one of which comes to run. */
function withOneRunning(breaker: object = {}) {
  const world = new SchedulingWorld();
  for (let made = 0; made < 3; made += 1) world.instance(2000, 'a', [{ name: 'sandbox.agent', value: 'manual' }]);
  const deploymentCircuitBreaker = { enable: true, rollback: false, ...breaker };
  world.create(world.onInstances('web'), 3, { deploymentConfiguration: { deploymentCircuitBreaker } });
  world.seconds(30);
  const [first] = world.tasks();
  world.call('SubmitTaskStateChange', { task: first?.taskArn, status: 'RUNNING' });
  world.seconds(50);
  return { world, first };
}

/** All starts that are under way fail. */
function failStarts(world: SchedulingWorld): void {
  for (const { taskArn } of world.tasks(({ lastStatus }) => lastStatus === 'PENDING')) {
    world.call('SubmitTaskStateChange', { task: taskArn, status: 'STOPPED', reason: 'CannotStartContainerError' });
  }
  world.seconds(30);
}

// Deployment.failedTasks (API): with one task running the count goes to zero and stops being evaluated; deployment-circuit-breaker.md:
// from then on only health checks count. With resetOnHealthyTask=false all failures count. (The newest text, "consecutive failures",
// leaves a little room.)
describe('the circuit breaker, once a task of the deployment runs', () => {
  it('counts no failed starts any more', () => {
    const { world } = withOneRunning();
    for (let rounds = 0; rounds < 3; rounds += 1) failStarts(world);
    expect(world.service().deployments).toMatchObject([{ failedTasks: 0, rolloutState: 'IN_PROGRESS' }]);
  });

  it('counts all of them where resetOnHealthyTask is off', () => {
    const { world } = withOneRunning({ resetOnHealthyTask: false });
    for (let rounds = 0; rounds < 3; rounds += 1) failStarts(world);
    expect(world.service().deployments).toMatchObject([{ rolloutState: 'FAILED' }]);
  });
});
