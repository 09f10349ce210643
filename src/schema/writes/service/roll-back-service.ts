import { lastPart } from '../../../live/core/deployment-bounds.ts';
import { blame } from '../../core/blame.ts';
import type { GraphContext } from '../../core/context.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { changeArgs, revisionArg } from '../core/change-args.ts';
import { decideAndWrite, writePart } from '../core/compound.ts';
import { lastGood } from '../core/last-good.ts';
import { addServicePayload, type ServicePayload } from './service-payload.ts';
import { type ChangeArgs, checkRevision, notAsExpected, oneAtATime, serviceToChange } from './service-to-change.ts';

type Service = Sources['Service'];

interface RollBackArgs extends ChangeArgs {
  readonly expectedRevision?: number | null | undefined;
}

/** One of the two ways back. */
type Way =
  | { readonly operation: 'StopServiceDeployment'; readonly serviceDeploymentArn: string }
  | { readonly operation: 'UpdateService'; readonly taskDefinition: string };

interface Decision {
  readonly service: Service;
  readonly plan: readonly [PlannedCall];
}

/** Adds `rollBackService`. */
export function addRollBackService(graph: EcsGraph): void {
  const payload = addServicePayload(graph, 'RollBackServicePayload', 'The result of `rollBackService`.');
  graph.builder.mutationField('rollBackService', (t) =>
    t.field({
      type: payload,
      description:
        'Brings a service back. While a deployment is under way it is stopped, and ECS rolls it back. Otherwise the task definition of the last ' +
        'successful deployment of another revision is deployed again, with the present settings of the service. FAILED_PRECONDITION if there is no such ' +
        'deployment in the last 90 days, if ECS already rolls back, or if the service uses another revision than `expectedRevision`. Costs one ' +
        'DescribeServices, one ListServiceDeployments, one DescribeServiceRevisions, and one StopServiceDeployment or UpdateService.',
      args: {
        ...changeArgs(t.arg),
        expectedRevision: revisionArg(t.arg),
      },
      extensions: {
        operations: [
          'DescribeServices',
          'ListServiceDeployments',
          'DescribeServiceRevisions',
          'StopServiceDeployment',
          'UpdateService',
        ],
        ecsCost: 4,
        destructive: true,
        ...SEMANTIC_NON_NULL,
      },
      resolve: (_root, args, context) => oneAtATime(context, args, () => rollBackService(context, args)),
    }),
  );
}

async function rollBackService(context: GraphContext, args: RollBackArgs): Promise<ServicePayload> {
  const decide = async (): Promise<Decision> => {
    const service = await serviceToChange(context, args);
    checkRevision(service, args.expectedRevision);
    return { service, plan: [planned(service, await wayBack(context, service))] };
  };
  try {
    return await decideAndWrite(context, {
      mutation: 'rollBackService',
      args,
      decide,
      planned: ({ service, plan }) => ({ output: { service }, plan }),
      run: async ({ plan }): Promise<ServicePayload> => ({ output: await goBack(context, args, plan[0]), plan }),
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
  const taskDefinition = await lastGood(context, service);
  if (taskDefinition === undefined)
    throw notAsExpected('service', 'No other revision of the service was deployed successfully in the last 90 days.');
  return { operation: 'UpdateService', taskDefinition };
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
