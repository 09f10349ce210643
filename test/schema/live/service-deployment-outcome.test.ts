import { expect, it } from 'vitest';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS, SERVICE } from '../../support/ecs/one-of-each.ts';

const QUERY = `{ serviceDeployment(serviceDeploymentArn: "${ARNS.ServiceDeployment}") { outcome } }`;
const at = (seconds: number) => 1_700_000_000 + seconds;
const STOPPED = { status: 'STOPPED', createdAt: at(0), finishedAt: at(100) };
const OTHER = { serviceDeploymentArn: `${ARNS.ServiceDeployment}2` };
const FREE = { DescribeServiceDeployments: 1 };
const ASKED = { DescribeServiceDeployments: 1, ListServiceDeployments: 1, DescribeServices: 1 };

async function outcomeOf(deployment: object, others: readonly object[] = [], service: object | null = {}) {
  const known = {
    serviceDeploymentArn: ARNS.ServiceDeployment,
    serviceArn: ARNS.Service,
    clusterArn: ARNS.Cluster,
    ...deployment,
  };
  await using world = await createFakeWorld((operation, input) => {
    switch (operation) {
      case 'DescribeServiceDeployments':
        return { serviceDeployments: [known] };
      case 'ListServiceDeployments':
        return { serviceDeployments: [known, ...others.map((other) => ({ ...OTHER, ...other }))] };
      case 'DescribeServices':
        return service === null
          ? { failures: [{ arn: ARNS.Service, reason: 'MISSING' }] }
          : { services: [{ ...SERVICE, ...service }] };
      default:
        return ANSWERS[operation]?.(input) ?? {};
    }
  });
  const { data, errors } = await world.query<{ serviceDeployment: { outcome: string | null } }>(QUERY);
  expect(errors).toBeUndefined();
  return { outcome: data?.serviceDeployment.outcome, calls: world.counts() };
}

it.each([
  ['PENDING', null],
  ['IN_PROGRESS', null],
  ['STOP_REQUESTED', null],
  ['ROLLBACK_REQUESTED', null],
  ['ROLLBACK_IN_PROGRESS', null],
  ['SUCCESSFUL', 'SUCCEEDED'],
  ['ROLLBACK_SUCCESSFUL', 'ROLLED_BACK'],
  ['ROLLBACK_FAILED', 'ROLLBACK_FAILED'],
  ['ADDED_BY_AWS_LATER', null],
])('the outcome of a service deployment that is %s is %s, and costs no call of its own', async (status, outcome) => {
  expect(await outcomeOf({ status })).toEqual({ outcome, calls: FREE });
});

it.each([
  ['the circuit breaker', { deploymentCircuitBreaker: { status: 'TRIGGERED' } }],
  ['an alarm', { alarms: { status: 'TRIGGERED' } }],
  ['a hook', { lifecycleHookDetails: [{ hookId: 'a', status: 'FAILED' }] }],
])('a deployment that %s stopped has FAILED, and costs no call of its own', async (_what, cause) => {
  expect(await outcomeOf({ ...STOPPED, ...cause })).toEqual({ outcome: 'FAILED', calls: FREE });
});

it.each([
  ['a newer deployment began before it ended', [{ createdAt: at(99.7) }], {}, 'SUPERSEDED'],
  ['a deployment began after its end', [{ createdAt: at(101) }], {}, 'STOPPED'],
  ['only older deployments are known', [{ createdAt: at(-5) }], {}, 'STOPPED'],
  ['its service is INACTIVE', [], { status: 'INACTIVE' }, 'SERVICE_DELETED'],
  ['its service is gone', [], null, 'SERVICE_DELETED'],
])('a stopped deployment where %s', async (_what, others, service, outcome) => {
  expect(await outcomeOf(STOPPED, others, service)).toEqual({ outcome, calls: ASKED });
});
