import { lastPart } from '../../../live/core/deployment-bounds.ts';
import { blame } from '../../core/blame.ts';
import type { GraphContext } from '../../core/context.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { changeArgs, revisionArg } from '../core/change-args.ts';
import { decideAndWrite, writePart } from '../core/compound.ts';
import { addServicePayload, type ServicePayload } from './service-payload.ts';
import { type ChangeArgs, checkRevision, notAsExpected, oneAtATime, serviceToChange } from './service-to-change.ts';
import { addPassedOver, type PassedOver, targetOf } from './way-back.ts';

type Service = Sources['Service'];

interface RollBackArgs extends ChangeArgs {
  readonly expectedRevision?: number | null | undefined;
}

/** One of the two ways back. */
type Way =
  | { readonly operation: 'StopServiceDeployment'; readonly serviceDeploymentArn: string }
  | {
      readonly operation: 'UpdateService';
      readonly taskDefinition: string;
      readonly passedOver: readonly PassedOver[];
    };

interface Decision {
  readonly service: Service;
  readonly plan: readonly [PlannedCall];
  readonly passedOver: readonly PassedOver[];
}

interface RollBackPayload extends ServicePayload {
  readonly passedOver: readonly PassedOver[];
}

/** Adds `rollBackService`. */
export function addRollBackService(graph: EcsGraph): void {
  const passedOver = addPassedOver(graph);
  const payload = addServicePayload<RollBackPayload>(
    graph,
    'RollBackServicePayload',
    'The result of `rollBackService`.',
    (t) => ({
      passedOver: t.field({
        type: [passedOver],
        nullable: { list: false, items: false },
        description:
          'Revisions that were deployed successfully after the one of the plan, and that cannot be deployed any more, the newest first; at most 100. ' +
          'Empty if a deployment is stopped: ECS itself chooses the revision then.',
        resolve: ({ passedOver: found }) => [...found],
      }),
    }),
  );
  graph.builder.mutationField('rollBackService', (t) =>
    t.field({
      type: payload,
      description:
        'Brings a service back. A deployment that is under way is stopped, and ECS rolls it back. Otherwise the task definition of the last successful ' +
        'deployment of another revision that can still be deployed is deployed again, with its settings. FAILED_PRECONDITION without such a revision in the last 90 ' +
        'days, if ECS already rolls back, or if the service uses another revision than `expectedRevision`. Costs one DescribeServices, ListServiceDeployments, ' +
        'and StopServiceDeployment; or else DescribeServiceRevisions, one DescribeTaskDefinition for each revision looked at, and UpdateService.',
      args: {
        ...changeArgs(t.arg),
        expectedRevision: revisionArg(t.arg),
      },
      extensions: {
        operations: [
          'DescribeServices',
          'ListServiceDeployments',
          'DescribeServiceRevisions',
          'DescribeTaskDefinition',
          'StopServiceDeployment',
          'UpdateService',
        ],
        ecsCost: 5,
        destructive: true,
        ...SEMANTIC_NON_NULL,
      },
      resolve: (_root, args, context) => oneAtATime(context, args, () => rollBackService(context, args)),
    }),
  );
}

async function rollBackService(context: GraphContext, args: RollBackArgs): Promise<RollBackPayload> {
  const decide = async (): Promise<Decision> => {
    const service = await serviceToChange(context, args);
    checkRevision(service, args.expectedRevision);
    const way = await wayBack(context, service);
    return { service, plan: [planned(service, way)], passedOver: 'passedOver' in way ? way.passedOver : [] };
  };
  try {
    return await decideAndWrite(context, {
      mutation: 'rollBackService',
      args,
      decide,
      planned: ({ service, plan, passedOver }): RollBackPayload => ({ output: { service }, plan, passedOver }),
      run: async ({ plan, passedOver }): Promise<RollBackPayload> => ({
        output: await goBack(context, args, plan[0]),
        plan,
        passedOver,
      }),
    });
  } catch (error) {
    throw blame(error, { service: args.service });
  }
}

async function goBack(
  context: GraphContext,
  args: RollBackArgs,
  { operation, input }: PlannedCall,
): Promise<{ readonly service?: Service | undefined }> {
  const part = { mutation: 'rollBackService', args, input: input as never };
  if (operation === 'UpdateService') return (await writePart(context, operation, part)).output;
  await writePart(context, 'StopServiceDeployment', part);
  return { service: await serviceToChange(context, args) };
}

/** @throws {GraphQLError} FAILED_PRECONDITION if there is no way back */
async function wayBack(context: GraphContext, service: Service): Promise<Way> {
  const { serviceArn = '', clusterArn = '' } = service;
  if ((service.deploymentController?.type ?? 'ECS') !== 'ECS')
    throw notAsExpected('service', 'ECS does not carry out the deployments of this service.');
  const recent = await context.loaders.recentDeployments.load({ serviceArn, clusterArn });
  const current = recent.find(({ status = '' }) => UNDER_WAY.has(status));
  if (current?.status === 'ROLLBACK_REQUESTED' || current?.status === 'ROLLBACK_IN_PROGRESS')
    throw notAsExpected('service', 'ECS is rolling the service back already.');
  if (current?.serviceDeploymentArn !== undefined)
    return { operation: 'StopServiceDeployment', serviceDeploymentArn: current.serviceDeploymentArn };
  return { operation: 'UpdateService', ...(await targetOf(context, service)) };
}

const UNDER_WAY: ReadonlySet<string> = new Set([
  'PENDING',
  'IN_PROGRESS',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
]);

function planned({ taskDefinition, clusterArn, serviceArn }: Service, way: Way): PlannedCall {
  if (way.operation === 'StopServiceDeployment') {
    const stopped = { field: 'status', before: 'IN_PROGRESS', after: 'ROLLBACK_REQUESTED' };
    const input = { serviceDeploymentArn: way.serviceDeploymentArn, stopType: 'ROLLBACK' };
    return { operation: way.operation, input, changes: [stopped] };
  }
  const change = { field: 'taskDefinition', before: lastPart(taskDefinition), after: lastPart(way.taskDefinition) };
  const input = { cluster: clusterArn, service: serviceArn, taskDefinition: way.taskDefinition };
  return { operation: way.operation, input, changes: [change] };
}
