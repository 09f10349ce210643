import { primaryOf } from '../../../live/core/deployment-bounds.ts';
import { blame } from '../../core/blame.ts';
import type { GraphContext } from '../../core/context.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { changeArgs, revisionArg } from '../core/change-args.ts';
import { decideAndWrite, writePart } from '../core/compound.ts';
import { addServicePayload, type ServicePayload } from './service-payload.ts';
import { type ChangeArgs, checkRevision, notAsExpected, oneAtATime, serviceToChange } from './service-to-change.ts';

interface RestartArgs extends ChangeArgs {
  readonly expectedRevision?: number | null | undefined;
}

interface Decision {
  readonly service: Sources['Service'];
  readonly plan: readonly PlannedCall[];
}

/** Adds `restartService`. */
export function addRestartService(graph: EcsGraph): void {
  const payload = addServicePayload(graph, 'RestartServicePayload', 'The result of `restartService`.');
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
  const decide = async (): Promise<Decision> => {
    const service = await serviceToChange(context, args);
    checkRevision(service, args.expectedRevision);
    if (primaryOf(service)?.rolloutState === 'IN_PROGRESS')
      throw notAsExpected('service', 'A deployment of the service is under way.');
    return { service, plan: [{ operation: 'UpdateService', input: toInput(service), changes: CHANGES }] };
  };
  try {
    return await decideAndWrite(context, {
      mutation: 'restartService',
      args,
      decide,
      planned: ({ service, plan }) => ({ output: { service }, plan }),
      async run({ service, plan }): Promise<ServicePayload> {
        const input = toInput(service);
        const { output } = await writePart(context, 'UpdateService', { mutation: 'restartService', args, input });
        return { output, plan };
      },
    });
  } catch (error) {
    throw blame(error, { service: args.service });
  }
}

function toInput({ serviceArn, clusterArn }: Sources['Service']) {
  return { cluster: clusterArn, service: serviceArn, forceNewDeployment: true };
}
