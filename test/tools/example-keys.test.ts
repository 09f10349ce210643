import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../src/sandbox/backend/backend.ts';
import { readContract } from '../../src/sandbox/checks/operation-contracts.ts';
import { Clock } from '../../src/sandbox/time/clock.ts';
import { buildEverything, type Read } from '../sandbox/support/every-resource.ts';
import { REGION } from '../sandbox/support/model.ts';
import { runTool, titleOf } from './support/tools.ts';

/** The example outputs that the AWS CLI carries: Debian's package, or whichever CLI Python finds. */
async function findExamples(): Promise<string | undefined> {
  const { stdout } = await runTool('python3', ['-c', 'import awscli; print(awscli.__path__[0])'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  }).catch(() => ({ stdout: '' }));
  return ['/usr/lib/python3/dist-packages/awscli', stdout.trim()]
    .map((folder) => join(folder, 'examples', 'ecs'))
    .find((folder) => existsSync(folder));
}

const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const folder = await findExamples();

/** Every object in the JSON outputs of an example's page: the indented lines after `Output::`. Some are cut short, and are no JSON. */
function outputsOf(text: string): unknown[] {
  return text
    .split(/^[ \t]*Output[ \t]*::[ \t]*$/m)
    .slice(1)
    .flatMap((block) => {
      const lines = block.split('\n');
      const end = lines.findIndex((line) => line.trim() !== '' && !/^[ \t]/.test(line));
      try {
        return [JSON.parse(lines.slice(0, end === -1 ? undefined : end).join('\n')) as unknown];
      } catch {
        return [];
      }
    });
}

/** The paths of the keys in a value: `services[].deployments[].id`. Keys of maps, which are the user's own, do not count. */
function pathsOf(value: unknown, path = '', found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) pathsOf(item, `${path}[]`, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const own = path === '' ? key : `${path}.${key}`;
      found.add(own);
      pathsOf(item, own, found);
    }
  }
  return found;
}

/** A command, the read in whose answer the same resource is found, and what holds it in the example and in that answer. */
interface Command {
  readonly command: string;
  readonly read: string;
  readonly from?: string;
  readonly to?: string;
}

const COMMANDS: readonly Command[] = [
  { command: 'describe-capacity-providers', read: 'DescribeCapacityProviders' },
  {
    command: 'delete-capacity-provider',
    read: 'DescribeCapacityProviders',
    from: 'capacityProvider',
    to: 'capacityProviders[]',
  },
  { command: 'describe-clusters', read: 'DescribeClusters' },
  { command: 'create-cluster', read: 'DescribeClusters', from: 'cluster', to: 'clusters[]' },
  { command: 'describe-container-instances', read: 'DescribeContainerInstances' },
  { command: 'update-container-instances-state', read: 'DescribeContainerInstances' },
  {
    command: 'deregister-container-instance',
    read: 'DescribeContainerInstances',
    from: 'containerInstance',
    to: 'containerInstances[]',
  },
  { command: 'describe-services', read: 'DescribeServices' },
  { command: 'create-service', read: 'DescribeServices', from: 'service', to: 'services[]' },
  { command: 'describe-task-definition', read: 'DescribeTaskDefinition' },
  { command: 'register-task-definition', read: 'DescribeTaskDefinition' },
  { command: 'describe-task-sets', read: 'DescribeTaskSets' },
  { command: 'create-task-set', read: 'DescribeTaskSets', from: 'taskSet', to: 'taskSets[]' },
  { command: 'describe-tasks', read: 'DescribeTasks' },
  { command: 'run-task', read: 'DescribeTasks' },
  { command: 'start-task', read: 'DescribeTasks' },
  { command: 'stop-task', read: 'DescribeTasks', from: 'task', to: 'tasks[]' },
  { command: 'list-account-settings', read: 'ListAccountSettings' },
  { command: 'list-attributes', read: 'ListAttributes' },
  { command: 'list-clusters', read: 'ListClusters' },
  { command: 'list-container-instances', read: 'ListContainerInstances' },
  { command: 'list-services', read: 'ListServices' },
  { command: 'list-tags-for-resource', read: 'ListTagsForResource' },
  { command: 'list-task-definition-families', read: 'ListTaskDefinitionFamilies' },
  { command: 'list-task-definitions', read: 'ListTaskDefinitions' },
  { command: 'list-tasks', read: 'ListTasks' },
];

/** Resources made as those of the examples were, beside one of each kind. */
function buildLikeExamples(backend: Backend): Read[] {
  const { reads } = buildEverything(backend);
  const call = (operation: string, input: object) =>
    backend.call(REGION, CALLER, operation, input) as Record<string, Record<string, string>[] | undefined>;
  const tags = [{ key: 'a', value: 'b' }];
  const network = {
    awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
  };
  const fargate = { launchType: 'FARGATE', networkConfiguration: network, taskDefinition: 'fargate' };
  const asg = 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:2:autoScalingGroupName/tagged';
  call('CreateCapacityProvider', { name: 'tagged', autoScalingGroupProvider: { autoScalingGroupArn: asg }, tags });
  const defaultCapacityProviderStrategy = [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }];
  call('CreateCluster', { clusterName: 'strategy', capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy });
  call('RegisterTaskDefinition', {
    family: 'linked',
    containerDefinitions: [
      { name: 'db', image: 'db', memory: 64 },
      {
        name: 'app',
        image: 'app',
        memory: 64,
        links: ['db'],
        command: ['run'],
        environment: [{ name: 'A', value: 'b' }],
      },
    ],
  });
  call('CreateService', { cluster: 'main', serviceName: 'tagged', desiredCount: 0, tags, ...fargate });
  const loadBalancers = [{ loadBalancerName: 'classic', containerName: 'main', containerPort: 80 }];
  call('CreateService', {
    cluster: 'main',
    serviceName: 'classic',
    taskDefinition: 'web',
    desiredCount: 0,
    loadBalancers,
  });
  call('CreateTaskSet', { cluster: 'main', service: 'sets', ...fargate });
  const { tasks = [] } = call('RunTask', { cluster: 'main', taskDefinition: 'web' });
  backend.clock.advance(120_000);
  call('StopTask', { cluster: 'main', task: tasks[0]?.taskArn });
  backend.clock.advance(120_000);
  return [
    ...reads,
    { operation: 'DescribeCapacityProviders', input: { include: ['TAGS'] } },
    { operation: 'DescribeClusters', input: { clusters: ['strategy'] } },
    { operation: 'DescribeTaskDefinition', input: { taskDefinition: 'linked' } },
    { operation: 'DescribeServices', input: { cluster: 'main', services: ['tagged', 'classic'], include: ['TAGS'] } },
    { operation: 'DescribeTaskSets', input: { cluster: 'main', service: 'sets', include: ['TAGS'] } },
    { operation: 'DescribeTasks', input: { cluster: 'main', tasks: [tasks[0]?.taskArn], include: ['TAGS'] } },
  ];
}

/** The paths of the keys in the answers of each read. */
function ourPaths(): ReadonlyMap<string, ReadonlySet<string>> {
  const backend = new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), readContract(), 'empty', 7);
  const paths = new Map<string, Set<string>>();
  for (const { operation, input } of buildLikeExamples(backend)) {
    const answer: unknown = JSON.parse(JSON.stringify(backend.call(REGION, CALLER, operation, input)));
    paths.set(operation, pathsOf(answer, '', paths.get(operation)));
  }
  return paths;
}

describe.skipIf(folder === undefined)(
  titleOf('the example outputs of the AWS CLI', folder !== undefined, 'no AWS CLI with its examples'),
  () => {
    const ours = folder === undefined ? new Map<string, Set<string>>() : ourPaths();

    it.each(COMMANDS)('$command: an answer has all their keys', ({ command, read, from, to = '' }) => {
      const examples = outputsOf(readFileSync(join(folder ?? '', `${command}.rst`), 'utf8'));
      expect(examples).not.toEqual([]);
      const toOurs = (path: string): string =>
        path === from || (from !== undefined && path.startsWith(`${from}.`)) ? to + path.slice(from.length) : path;
      const paths = examples.flatMap((example) => [...pathsOf(example)]).map(toOurs);
      const missing = new Set(paths.filter((path) => path !== to && ours.get(read)?.has(path) !== true));
      expect([...missing].sort()).toEqual([]);
    });
  },
);
