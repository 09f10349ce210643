import { primaryOf } from '../../live/core/deployment-bounds.ts';
import { blame } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { deploymentFields } from '../links/follow-deployment.ts';
import { type PlannedCall, planWrite } from '../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';
import { changeArgs, revisionArg } from './change-args.ts';
import {
  type ChangeArgs,
  checkRevision,
  notAsExpected,
  oneAtATime,
  serviceToChange,
  writePart,
} from './service-to-change.ts';

interface RestartArgs extends ChangeArgs {
  readonly expectedRevision?: number | null | undefined;
}

/** The source of a payload of a mutation that changes one service. */
export interface ServicePayload {
  readonly output: { readonly service?: Sources['Service'] | undefined };
  readonly plan: readonly PlannedCall[];
}

/** The fields of a payload of a mutation that changes one service and starts a deployment. */
export function addServicePayload(graph: EcsGraph, name: string, description: string) {
  return graph.builder.objectRef<ServicePayload>(name).implement({
    description,
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service after the change; with `dryRun` as it is.',
        resolve: ({ output }) => output.service ?? null,
      }),
      ...deploymentFields(graph, t),
      plan: t.expose('plan', {
        type: [graph.mutations.plannedCall],
        nullable: false,
        description: 'The writes, in their order. Empty if there is nothing to do.',
      } as never),
    }),
  });
}

/** Adds `restartService`. */
export function addRestartService(graph: EcsGraph): void {
  const payload = addServicePayload(graph, 'RestartServicePayload', 'What `restartService` did, or would do.');
  graph.builder.mutationField('restartService', (t) =>
    t.field({
      type: payload,
      description:
        'Replaces all tasks of a service by new ones of the same revision: a forced deployment. FAILED_PRECONDITION if the service uses another ' +
        'revision than `expectedRevision`, and while a deployment is under way, which it would stop. Costs one DescribeServices and one UpdateService.',
      args: {
        ...changeArgs(t.arg),
        expectedRevision: revisionArg(t.arg),
      },
      extensions: { operations: ['DescribeServices', 'UpdateService'], ecsCost: 2, ...SEMANTIC_NON_NULL },
      resolve: (_root, args, context) => oneAtATime(context, args, () => restartService(context, args)),
    }),
  );
}

const CHANGES = [{ field: 'forceNewDeployment', before: null, after: 'true' }];

async function restartService(context: GraphContext, args: RestartArgs): Promise<ServicePayload> {
  const check = async (): Promise<Sources['Service']> => {
    const service = await serviceToChange(context, args);
    checkRevision(service, args.expectedRevision);
    if (primaryOf(service)?.rolloutState === 'IN_PROGRESS')
      throw notAsExpected('service', 'A deployment of the service is under way.');
    return service;
  };
  if (args.dryRun === true) {
    const service = await check();
    return { output: { service }, plan: [await planWrite(context, 'UpdateService', toInput(service), CHANGES)] };
  }
  try {
    const { input, output } = await writePart(context, 'UpdateService', {
      mutation: 'restartService',
      args,
      prepare: async () => toInput(await check()),
    });
    return { output, plan: [{ operation: 'UpdateService', input, changes: CHANGES }] };
  } catch (error) {
    throw blame(error, { service: args.service });
  }
}

function toInput({ serviceArn, clusterArn }: Sources['Service']) {
  return { cluster: clusterArn, service: serviceArn, forceNewDeployment: true };
}
