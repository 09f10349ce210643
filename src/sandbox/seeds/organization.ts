import type { RoleRecord } from '../model/external-services.ts';
import type { Seed, SeedTools } from './seed.ts';
import { fargateService, HOUR, instance, MINUTE, NETWORK, register } from './seed-parts.ts';

/** The account of every access key that is not an account id: its callers may assume the roles of the others. */
const HUB = '123456789012';

const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1'];

/** The accounts, and the team that each belongs to. */
const TEAMS: ReadonlyMap<string, string> = new Map([
  ['200000000001', 'storefront'],
  ['200000000002', 'checkout'],
  ['200000000003', 'search'],
  ['200000000004', 'data'],
  ['200000000005', 'media'],
  ['200000000006', 'identity'],
  ['200000000007', 'logistics'],
  ['200000000008', 'staging'],
]);

/** The external id that a caller outside the hub needs to operate an account. */
const EXTERNAL_ID = 'organization';
const LONGEST_SECONDS = 43_200;

function trusting(arn: string, condition?: object): RoleRecord['trust'] {
  const Condition = condition === undefined ? {} : { Condition: condition };
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: arn }, Action: ['sts:AssumeRole', 'sts:TagSession'], ...Condition },
    ],
  };
}

function roleArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:role/${name}`;
}

/**
 * `EcsReader` of each account trusts the hub; `EcsOperator` trusts the hub's role `EcsHub` only, with an external id,
 * so that it is reached by a chain.
 */
function rolesOf(): Map<string, RoleRecord> {
  const hubRole = roleArn(HUB, 'EcsHub');
  const anyCaller = trusting(`arn:aws:iam::${HUB}:root`);
  const roles = new Map<string, RoleRecord>([[hubRole, { trust: anyCaller, maxSessionDuration: LONGEST_SECONDS }]]);
  const chained = trusting(hubRole, { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } });
  for (const account of TEAMS.keys()) {
    roles.set(roleArn(account, 'EcsReader'), { trust: anyCaller, maxSessionDuration: LONGEST_SECONDS });
    roles.set(roleArn(account, 'EcsOperator'), { trust: chained, maxSessionDuration: 3600 });
  }
  return roles;
}

/** The last Region is a release behind, as it often is. */
function releaseOf(region: string): string {
  return region === REGIONS.at(-1) ? '4.1.7' : '4.2.0';
}

function plantWeb(gardener: SeedTools, team: string): void {
  const { call, region } = gardener;
  call('CreateCluster', { clusterName: 'web', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  const tags = [
    { key: 'team', value: team },
    { key: 'environment', value: team === 'staging' ? 'staging' : 'production' },
  ];
  register(gardener, { family: 'proxy', version: releaseOf(region), fargate: true, port: 8080, team: 'platform' });
  register(gardener, { family: team, version: '1.0.0', fargate: true, port: 8080, team, secret: 'shared/database' });
  const service = { cluster: 'web', desiredCount: 3, tags };
  call('CreateService', fargateService({ ...service, serviceName: 'proxy', taskDefinition: 'proxy' }));
  call('CreateService', fargateService({ ...service, serviceName: team, taskDefinition: team }));
}

function plantJobs(gardener: SeedTools, team: string): void {
  const { call, region } = gardener;
  call('CreateCluster', { clusterName: 'jobs' });
  for (const [index, zone] of ['a', 'b'].entries()) {
    const id = `i-${team.length.toString(16)}${String(index).padStart(16, '0')}`;
    call(
      'RegisterContainerInstance',
      instance('jobs', id, `${region}${zone}`, { cpu: 2048, memory: 7680, type: 'm6i.large' }),
    );
  }
  register(gardener, { family: 'worker', version: '2.3.1', team });
  call('CreateService', { cluster: 'jobs', serviceName: 'worker', taskDefinition: 'worker', desiredCount: 4 });
  register(gardener, { family: 'nightly', version: '0.9.0', team, labels: { 'sandbox.oom-after': '60' } });
}

/** Tasks that ended within the last hour: each account has some that ran out of memory, one has a broken image. */
function plantFailures(gardener: SeedTools, team: string): void {
  const { call, advance } = gardener;
  call('RunTask', { cluster: 'jobs', taskDefinition: 'nightly', startedBy: 'scheduler' });
  if (team === 'media') {
    register(gardener, {
      family: 'thumbnails',
      version: '3.0.0',
      fargate: true,
      team,
      labels: { 'sandbox.pull-error': 'true' },
    });
    const fargate = { launchType: 'FARGATE', networkConfiguration: NETWORK };
    call('RunTask', { cluster: 'web', taskDefinition: 'thumbnails', ...fargate });
  }
  advance(10 * MINUTE);
}

/**
 * Eight accounts in three Regions, 24 worlds of two clusters, about ten tasks and two instances each; everything else is
 * empty. A world is built with its first call.
 */
export const seedOrganization: Seed = {
  span: HOUR,
  roles: rolesOf(),
  plant(gardener) {
    const team = TEAMS.get(gardener.account);
    if (team === undefined || !REGIONS.includes(gardener.region)) return;
    plantWeb(gardener, team);
    plantJobs(gardener, team);
    gardener.advance(20 * MINUTE);
    plantFailures(gardener, team);
  },
};
