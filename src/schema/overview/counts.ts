import type { ObjectRef } from '@pothos/core';
import { EcsError } from '../../ecs/core/errors.ts';
import type { FailuresLook, ServicesLook } from '../../live/core/fleet-looks.ts';
import type { RolloutState } from '../../live/core/rollout-state.ts';
import { clustersArg } from '../connections/page-args.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { fewClusters, fromClusters, readableClusters, type WantedClusters } from '../lists/clusters.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';

type Cluster = Pick<Sources['Cluster'], 'runningTasksCount' | 'pendingTasksCount' | 'statistics'>;

const OPERATIONS_OF_SERVICES = ['ListServices', 'DescribeServices'] as const;
const OPERATIONS_OF_FAILURES = ['ListTasks', 'DescribeTasks'] as const;
/** The calls that a look at the services of one cluster is taken to cost. */
const LOOK_COST = 11;
const HOUR_MS = 3_600_000;

const LOOKED =
  'The value is read in the background, once for all callers within 30 s, so its calls are not part of the request';

/** Adds `serviceCounts` and `taskCounts` of a cluster, and `Query.overview`. */
export function addOverview(graph: EcsGraph): void {
  const { builder } = graph;
  const serviceCounts = addServiceCounts(graph);
  const taskCounts = addTaskCounts(graph);

  builder.objectFields(graph.noun('Cluster').ref, (t) => ({
    serviceCounts: t.field({
      type: serviceCounts,
      description: `The rollout states of its ACTIVE services. ${LOOKED}: one ListServices for each 100 services and one DescribeServices for each 10.`,
      extensions: {
        members: ['clusterArn', 'clusterName'],
        operations: OPERATIONS_OF_SERVICES,
        ecsCost: LOOK_COST,
        counts: ['Service'],
        ...SEMANTIC_NON_NULL,
      },
      resolve: async ({ clusterName = '' }, _args, { services }) => [await services.fleet.services(clusterName)],
    }),
    taskCounts: t.field({
      type: taskCounts,
      nullable: false,
      description:
        'How many tasks run and are to run, by launch type. Costs no call of its own; ECS is asked for statistics.',
      extensions: { members: TASK_COUNT_MEMBERS },
      resolve: (cluster) => [cluster],
    }),
  }));

  const overview = builder.objectRef<WantedClusters>('Overview').implement({
    description: 'Numbers for the head of a screen, over all clusters or some. Each field costs only what it needs.',
    fields: (t) => ({
      clusterCount: t.int({
        nullable: false,
        description: 'How many clusters there are, or how many were named. Costs no call of its own.',
        resolve: ({ names }) => names.length,
      }),
      serviceCounts: t.field({
        type: serviceCounts,
        description: `The rollout states of the ACTIVE services. ${LOOKED}: for each cluster one ListServices for each 100 services and one DescribeServices for each 10. ECS shows a rollout nowhere else, so 1,000 services need 120 calls, some seconds for the first caller. \`clusterCount\`, \`serviceCount\`, \`taskCounts\` and \`failedTaskCount\` need none of them.`,
        extensions: {
          operations: OPERATIONS_OF_SERVICES,
          ecsCost: LOOK_COST,
          counts: ['Service'],
          ...SEMANTIC_NON_NULL,
        },
        resolve: (wanted, _args, { services }) => fromClusters(wanted, (cluster) => services.fleet.services(cluster)),
      }),
      serviceCount: t.int({
        description:
          'How many ACTIVE services there are, as ECS counts them for each cluster. Costs one DescribeClusters for each 100 clusters.',
        extensions: { operations: ['DescribeClusters'], ecsCost: 1, counts: ['Service'], ...SEMANTIC_NON_NULL },
        resolve: async (wanted, _args, context) =>
          sum((await clustersOf(context, wanted)).map(({ activeServicesCount = 0 }) => activeServicesCount)),
      }),
      taskCounts: t.field({
        type: taskCounts,
        description:
          'How many tasks run and are to run, by launch type. Costs one DescribeClusters for each 100 clusters.',
        extensions: { operations: ['DescribeClusters'], ecsCost: 1, counts: ['Task'], ...SEMANTIC_NON_NULL },
        resolve: (wanted, _args, context) => clustersOf(context, wanted),
      }),
      failedTaskCount: t.int({
        description:
          'How many tasks failed since a moment: tasks of services that exited by themselves, did not start or were unhealthy, and other ' +
          `tasks that exited with a code that is not 0 or did not start. ${LOOKED}: for each cluster one ListTasks and one DescribeTasks ` +
          'for each 100 stopped tasks. ECS shows stopped tasks for about an hour.',
        args: {
          since: t.arg({
            type: 'DateTime',
            description: 'Only tasks that stopped then or later. Null means in the last hour.',
          }),
        },
        extensions: { operations: OPERATIONS_OF_FAILURES, ecsCost: LOOK_COST, counts: ['Task'], ...SEMANTIC_NON_NULL },
        resolve: async (wanted, { since }, { services }) => {
          const looks = await fromClusters(wanted, (cluster) => services.fleet.failures(cluster));
          return failedSince(looks, since ?? new Date(services.upstream.clock.now() - HOUR_MS));
        },
      }),
      failedTasksAsOf: t.field({
        type: 'DateTime',
        description: `When the oldest of the lists behind \`failedTaskCount\` was read. ${LOOKED}; beside \`failedTaskCount\` it costs nothing.`,
        extensions: { operations: OPERATIONS_OF_FAILURES, ecsCost: LOOK_COST, counts: ['Task'], ...SEMANTIC_NON_NULL },
        resolve: async (wanted, _args, { services }) =>
          oldest(await fromClusters(wanted, (cluster) => services.fleet.failures(cluster))),
      }),
    }),
  });

  builder.queryField('overview', (t) =>
    t.field({
      type: overview,
      description:
        'Counts over all clusters that the caller may read, or over those that are named. Under policies, a count is null with FORBIDDEN unless the caller may read everything that ' +
        'it counts. Costs one ListClusters for each 100 clusters if no cluster is named; its fields cost more.',
      args: { clusters: clustersArg(t.arg) },
      extensions: { operations: ['ListClusters'], ecsCost: { perCluster: 1 }, ...SEMANTIC_NON_NULL },
      resolve: async (_root, { clusters }, context) => readableClusters(context, await fewClusters(context, clusters)),
    }),
  );
}

function addServiceCounts({ builder }: EcsGraph): ObjectRef<Types, readonly ServicesLook[]> {
  const count = (looks: readonly ServicesLook[], state?: RolloutState) =>
    sum(looks.flatMap(({ counts }) => (state === undefined ? [...counts.values()] : (counts.get(state) ?? 0))));
  return builder.objectRef<readonly ServicesLook[]>('ServiceCounts').implement({
    description: 'How many services there are, by the state of `Service.rollout`.',
    fields: (t) => {
      const of = (state: RolloutState, description: string) =>
        t.int({ nullable: false, description, resolve: (looks) => count(looks, state) });
      return {
        total: t.int({ nullable: false, description: 'All ACTIVE services.', resolve: (looks) => count(looks) }),
        steady: of('STEADY', 'No deployment is under way, and as many tasks run as are desired.'),
        deploying: of('DEPLOYING', 'A deployment is under way.'),
        rollingBack: of('ROLLING_BACK', 'A rollback is under way.'),
        stalled: t.int({
          nullable: false,
          description:
            'The services of `deploying` whose deployment has made no progress for five minutes, as far as the services alone show it: none of its ' +
            'tasks has stayed. A stall in the middle of a deployment counts while `deployments` or `deploymentProgress` follows it, or has. Costs no call of its own.',
          resolve: (looks) => sum(looks.map(({ stalled }) => stalled)),
        }),
        failed: of('FAILED', 'The newest deployment failed, and ECS does not roll back.'),
        underDesired: of('UNDER_DESIRED', 'No deployment is under way, and fewer tasks run than are desired.'),
        asOf: t.field({
          type: 'DateTime',
          nullable: false,
          description: 'When the oldest of these numbers was read.',
          resolve: (looks) => oldest(looks),
        }),
      };
    },
  });
}

const TASK_COUNT_MEMBERS = ['runningTasksCount', 'pendingTasksCount', 'statistics'];

function addTaskCounts({ builder }: EcsGraph): ObjectRef<Types, readonly Cluster[]> {
  return builder.objectRef<readonly Cluster[]>('TaskCounts').implement({
    description: 'How many tasks there are, as ECS counts them. Its counts lag some seconds behind its tasks.',
    fields: (t) => {
      const of = (name: string, description: string) =>
        t.int({
          description: `${description} Null if ECS does not count them for each of the clusters.`,
          resolve: (clusters) => statistic(clusters, name),
        });
      return {
        running: t.int({
          nullable: false,
          description: 'Tasks whose last status is RUNNING.',
          resolve: (clusters) => sum(clusters.map(({ runningTasksCount = 0 }) => runningTasksCount)),
        }),
        pending: t.int({
          nullable: false,
          description: 'Tasks whose last status is PENDING. PROVISIONING tasks count neither here nor as running.',
          resolve: (clusters) => sum(clusters.map(({ pendingTasksCount = 0 }) => pendingTasksCount)),
        }),
        ec2Running: of('runningEC2TasksCount', 'Running tasks on EC2 instances.'),
        fargateRunning: of('runningFargateTasksCount', 'Running tasks on Fargate.'),
        externalRunning: of('runningExternalTasksCount', 'Running tasks on external instances.'),
        ec2Pending: of('pendingEC2TasksCount', 'Pending tasks on EC2 instances.'),
        fargatePending: of('pendingFargateTasksCount', 'Pending tasks on Fargate.'),
        externalPending: of('pendingExternalTasksCount', 'Pending tasks on external instances.'),
      };
    },
  });
}

/** The sum of a statistic. Null if a cluster lacks it, as with emulators. AWS's documents differ in its first letter. */
function statistic(clusters: readonly Cluster[], name: string): number | null {
  const values = clusters.map(({ statistics = [] }) =>
    Number(statistics.find((item) => item.name?.toLowerCase() === name.toLowerCase())?.value ?? Number.NaN),
  );
  return values.some(Number.isNaN) ? null : sum(values);
}

function clustersOf(context: GraphContext, wanted: WantedClusters): Promise<readonly Sources['Cluster'][]> {
  const members = new Set(['activeServicesCount', ...TASK_COUNT_MEMBERS]);
  const read = async (id: string) => {
    const cluster = await context.loaders.of('Cluster').load({ id, members });
    if (cluster == null && wanted.isNamed) {
      throw new EcsError('NOT_FOUND', 'DescribeClusters', 'Cluster not found.');
    }
    return cluster ?? {};
  };
  return fromClusters(wanted, read);
}

function failedSince(looks: readonly FailuresLook[], since: Date): number {
  return sum(looks.map(({ stoppedAt }) => stoppedAt.filter((at) => at >= since).length));
}

function oldest(looks: readonly { readonly at: Date }[]): Date {
  return new Date(Math.min(...looks.map(({ at }) => at.getTime()), Date.now()));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
