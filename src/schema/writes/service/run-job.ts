import type { Failure, RunTaskRequest, Service, Task } from '@aws-sdk/client-ecs';
import { inRange } from '../../connections/argument-range.ts';
import { blame } from '../../core/blame.ts';
import type { GraphContext } from '../../core/context.ts';
import { badUserInput } from '../../core/errors.ts';
import { KEY_DESCRIPTION } from '../../core/keyed-write.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { checkedName } from '../../graph/entity.ts';
import { tasksCursor } from '../../graph/follow-cursor.ts';
import { toClientToken } from '../../sdk-types/mutations.ts';
import { DRY_RUN_DESCRIPTION } from '../../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { toAwsInput } from '../../sdk-types/to-aws-input.ts';
import { planField } from '../core/change-args.ts';
import { type CompoundArgs, decideAndWrite, type Planned, writePart } from '../core/compound.ts';
import { checkRevision, serviceToChange } from './service-to-change.ts';

/** Members of RunTask that the caller may set. They come before those of the service. */
const GIVEN = [
  'capacityProviderStrategy',
  'count',
  'enableECSManagedTags',
  'enableExecuteCommand',
  'group',
  'launchType',
  'networkConfiguration',
  'overrides',
  'placementConstraints',
  'placementStrategy',
  'platformVersion',
  'propagateTags',
  'startedBy',
  'tags',
] as const;

/** ECS starts up to this many tasks in one call. */
const MOST_TASKS = 10;

interface JobArgs extends CompoundArgs {
  readonly taskDefinition?: string | null | undefined;
  readonly service?: string | null | undefined;
  readonly cluster?: string | null | undefined;
  readonly expectedRevision?: number | null | undefined;
  readonly count?: number | null | undefined;
  readonly launchType?: unknown;
  readonly capacityProviderStrategy?: unknown;
}

interface JobPayload extends Planned {
  readonly output: { readonly tasks?: readonly Task[] | undefined; readonly failures?: readonly Failure[] | undefined };
}

interface JobDecision extends Planned {
  readonly input: RunTaskRequest;
}

/** Adds `runJob`. */
export function addRunJob(graph: EcsGraph): void {
  const payload = graph.builder.objectRef<JobPayload>('RunJobPayload').implement({
    description: 'The tasks of a job.',
    fields: (t) => ({
      tasks: t.field({
        type: [graph.noun('Task').ref],
        nullable: { list: false, items: false },
        description: `The tasks that ECS started, at most ${MOST_TASKS}. Empty after a \`dryRun\`.`,
        resolve: ({ output: { tasks = [] } }) => [...tasks],
      }),
      taskArns: t.stringList({
        nullable: false,
        description: `Their ARNs, at most ${MOST_TASKS}, for \`tasks\` of the subscription \`taskProgress\`.`,
        resolve: ({ output: { tasks = [] } }) => tasks.flatMap(({ taskArn }) => taskArn ?? []),
      }),
      failures: t.field({
        type: [graph.outputType('Failure')],
        nullable: { list: false, items: false },
        description:
          'Why tasks could not start. ECS may give a reason for each container instance. Empty if all started.',
        resolve: ({ output: { failures = [] } }) => [...failures],
      }),
      ...tasksCursor(t),
      ...planField(graph, t, 'The call that was made, or would be made.'),
    }),
  });
  graph.builder.mutationField('runJob', (t) =>
    t.field({
      type: payload,
      description:
        'Runs standalone tasks that do a job and end. With `service` they run as its tasks do: with its task definition, network, capacity, platform and ' +
        'tags; arguments replace these. Follow them to their verdict over all essential containers by `taskProgress`. BAD_USER_INPUT without `service` and ' +
        '`taskDefinition`. FAILED_PRECONDITION if the service uses another revision than `expectedRevision`. Under a key the tasks are started once: ECS ' +
        'gets the key as its client token. Costs one RunTask, and one DescribeServices with `service`.',
      args: {
        taskDefinition: t.arg.id({
          description:
            'Id, ARN, `family:revision`, or `family` for its latest ACTIVE revision. Null means that of the service.',
        }),
        service: t.arg.id({
          description: 'Id, ARN or name of a service to take the settings from. Null means no service.',
        }),
        cluster: t.arg.id({
          description: 'Id, ARN or name of the cluster. Null means the one in `service`, or else `default`.',
        }),
        expectedRevision: t.arg.int({
          description:
            'The number of the revision that the service must use now, from 1. Null means any. Needs `service`.',
          ...inRange(1),
        }),
        ...graph.inputs.args('RunTask', t.arg, GIVEN, {
          count: `How many tasks, from 1 to ${MOST_TASKS}. Null means 1.`,
        }),
        dryRun: t.arg.boolean({ defaultValue: false, description: DRY_RUN_DESCRIPTION }),
        idempotencyKey: t.arg.id({ description: KEY_DESCRIPTION }),
      },
      extensions: { operations: ['DescribeServices', 'RunTask'], ecsCost: 2, ...SEMANTIC_NON_NULL },
      resolve: (_root, args, context) => runJob(graph, context, args as JobArgs),
    }),
  );
}

async function runJob(graph: EcsGraph, context: GraphContext, args: JobArgs): Promise<JobPayload> {
  const { taskDefinition, service, expectedRevision, count } = args;
  if (service == null && taskDefinition == null)
    throw badUserInput('taskDefinition', 'is needed without argument "service"');
  if (service == null && expectedRevision != null) throw badUserInput('expectedRevision', 'needs argument "service"');
  if (count != null && (count < 1 || count > MOST_TASKS))
    throw badUserInput('count', `is ${count}; it must be from 1 to ${MOST_TASKS}`);
  try {
    return await decideAndWrite(context, {
      mutation: 'runJob',
      args,
      async decide(): Promise<JobDecision> {
        const input = await toInput(graph, context, args);
        return { plan: [{ operation: 'RunTask', input, changes: [] }], input };
      },
      planned: ({ plan }): JobPayload => ({ output: {}, plan }),
      async run({ plan, input }): Promise<JobPayload> {
        const { output } = await writePart(context, 'RunTask', { mutation: 'runJob', args, input });
        return { output, plan };
      },
    });
  } catch (error) {
    throw blame(error, { taskDefinition, cluster: args.cluster, service });
  }
}

async function toInput(graph: EcsGraph, context: GraphContext, args: JobArgs): Promise<RunTaskRequest> {
  const { taskDefinition, cluster, service, expectedRevision, idempotencyKey } = args;
  const { region } = context.ecs.scope;
  const own = toAwsInput(graph.model, 'RunTask', args, { region, argument: '', secrets: context.secrets });
  const like = service == null ? undefined : await serviceToChange(context, { ...args, service });
  if (like !== undefined) checkRevision(like, expectedRevision);
  const named =
    taskDefinition == null
      ? like?.taskDefinition
      : checkedName(context, 'taskDefinition', 'task-definition', taskDefinition);
  if (named === undefined)
    throw badUserInput('taskDefinition', 'is needed: the service has no task definition of its own');
  return {
    ...(like && settingsOf(like, args)),
    ...own,
    cluster: like?.clusterArn ?? (cluster == null ? 'default' : checkedName(context, 'cluster', 'cluster', cluster)),
    taskDefinition: named,
    ...(idempotencyKey != null && { clientToken: toClientToken(idempotencyKey) }),
  };
}

/** The settings of a service that its tasks run with. */
function settingsOf(service: Service, { launchType, capacityProviderStrategy }: JobArgs): Partial<RunTaskRequest> {
  const isPlaced = launchType != null || capacityProviderStrategy != null;
  const strategy = service.capacityProviderStrategy ?? [];
  const capacity =
    strategy.length > 0
      ? { capacityProviderStrategy: strategy }
      : { ...(service.launchType !== undefined && { launchType: service.launchType }) };
  const { networkConfiguration, platformVersion, placementConstraints, placementStrategy, propagateTags } = service;
  return {
    ...(!isPlaced && capacity),
    ...(networkConfiguration && { networkConfiguration }),
    // A platform version is of Fargate.
    ...(!isPlaced && platformVersion !== undefined && { platformVersion }),
    ...(placementConstraints?.length && { placementConstraints }),
    ...(placementStrategy?.length && { placementStrategy }),
    // RunTask cannot take the tags of a service.
    ...(propagateTags === 'TASK_DEFINITION' && { propagateTags }),
    ...(service.enableECSManagedTags === true && { enableECSManagedTags: true }),
    ...(service.enableExecuteCommand === true && { enableExecuteCommand: true }),
  };
}
