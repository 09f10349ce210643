import { inRange } from '../../connections/argument-range.ts';
import { blame } from '../../core/blame.ts';
import type { GraphContext } from '../../core/context.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { changeArgs } from '../core/change-args.ts';
import { decideAndWrite, writePart } from '../core/compound.ts';
import { addServicePayload, type ServicePayload } from './service-payload.ts';
import { type ChangeArgs, notAsExpected, oneAtATime, serviceToChange } from './service-to-change.ts';

interface ScaleArgs extends ChangeArgs {
  readonly desiredCount: number;
  readonly expectedDesiredCount?: number | null | undefined;
}

interface Decision {
  readonly service: Sources['Service'];
  readonly plan: readonly PlannedCall[];
}

/** Adds `scaleService`. */
export function addScaleService(graph: EcsGraph): void {
  const payload = addServicePayload(graph, 'ScaleServicePayload', 'The result of `scaleService`.');
  graph.builder.mutationField('scaleService', (t) =>
    t.field({
      type: payload,
      description:
        'Sets the desired count of a service. NOT_FOUND if there is no such service. FAILED_PRECONDITION if its desired count is not ' +
        '`expectedDesiredCount`, and for a DAEMON service. ECS makes no deployment of it: `deployment` of the payload is one that was in progress already. ' +
        'Costs one DescribeServices, and one UpdateService unless nothing changes.',
      args: {
        ...changeArgs(t.arg),
        desiredCount: t.arg.int({ required: true, description: 'The new desired count, from 0.', ...inRange(0) }),
        expectedDesiredCount: t.arg.int({
          description: 'The desired count that the service must have now, from 0. Null means any number.',
          ...inRange(0),
        }),
      },
      extensions: { operations: ['DescribeServices', 'UpdateService'], ecsCost: 2, ...SEMANTIC_NON_NULL },
      resolve: (_root, args, context) => oneAtATime(context, args, () => scaleService(context, args)),
    }),
  );
}

async function scaleService(context: GraphContext, args: ScaleArgs): Promise<ServicePayload> {
  const { desiredCount, expectedDesiredCount } = args;
  const decide = async (): Promise<Decision> => {
    const service = await serviceToChange(context, args);
    // ECS would refuse the call: a DAEMON service has no desired count.
    if (service.schedulingStrategy === 'DAEMON')
      throw notAsExpected('service', 'The service is a DAEMON service: ECS runs one task of it on each instance.');
    const { desiredCount: before = 0, serviceArn, clusterArn } = service;
    if (expectedDesiredCount != null && before !== expectedDesiredCount)
      throw notAsExpected('expectedDesiredCount', `The service wants ${before} tasks, not ${expectedDesiredCount}.`);
    if (before === desiredCount) return { service, plan: [] };
    const changes = [{ field: 'desiredCount', before: String(before), after: String(desiredCount) }];
    const input = { cluster: clusterArn, service: serviceArn, desiredCount };
    return { service, plan: [{ operation: 'UpdateService', input, changes }] };
  };
  try {
    return await decideAndWrite(context, {
      mutation: 'scaleService',
      args,
      decide,
      planned: ({ service, plan }) => ({ output: { service }, plan }),
      async run({ service, plan }): Promise<ServicePayload> {
        const [call] = plan;
        if (call === undefined) return { output: { service }, plan };
        const input = call.input as never;
        const { output } = await writePart(context, 'UpdateService', { mutation: 'scaleService', args, input });
        return { output, plan };
      },
    });
  } catch (error) {
    throw blame(error, { desiredCount, service: args.service });
  }
}
