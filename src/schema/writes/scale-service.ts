import { blame } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { type PlannedCall, planWrite } from '../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';
import { changeArgs } from './change-args.ts';
import { type ChangeArgs, notAsExpected, oneAtATime, serviceToChange, writePart } from './service-to-change.ts';

interface ScaleArgs extends ChangeArgs {
  readonly desiredCount: number;
  readonly expectedDesiredCount?: number | null | undefined;
}

interface ScalePayload {
  readonly service: Sources['Service'] | undefined;
  readonly plan: readonly PlannedCall[];
}

/** Adds `scaleService`. */
export function addScaleService(graph: EcsGraph): void {
  const payload = graph.builder.objectRef<ScalePayload>('ScaleServicePayload').implement({
    description: 'What `scaleService` did, or would do.',
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service after the change; with `dryRun` as it is.',
        resolve: ({ service }) => service ?? null,
      }),
      plan: t.expose('plan', {
        type: [graph.mutations.plannedCall],
        nullable: false,
        description: 'The writes, in their order. Empty if the service has this desired count already.',
      } as never),
    }),
  });
  graph.builder.mutationField('scaleService', (t) =>
    t.field({
      type: payload,
      description:
        'Sets the desired count of a service. NOT_FOUND if there is no such service. FAILED_PRECONDITION if its desired count is not ' +
        '`expectedDesiredCount`, and for a DAEMON service. Costs one DescribeServices, and one UpdateService unless nothing changes.',
      args: {
        ...changeArgs(t.arg),
        desiredCount: t.arg.int({ required: true, description: 'The new desired count, from 0.' }),
        expectedDesiredCount: t.arg.int({
          description: 'The desired count that the service must have now. Null means any number.',
        }),
      },
      extensions: { operations: ['DescribeServices', 'UpdateService'], ecsCost: 2, ...SEMANTIC_NON_NULL },
      resolve: (_root, args, context) => oneAtATime(context, args, () => scaleService(context, args)),
    }),
  );
}

async function scaleService(context: GraphContext, args: ScaleArgs): Promise<ScalePayload> {
  const { desiredCount, expectedDesiredCount, dryRun, idempotencyKey } = args;
  if (desiredCount < 0) throw badUserInput('desiredCount', `must not be negative, as ${desiredCount} is`);
  const plan: PlannedCall[] = [];
  const check = async (): Promise<Sources['Service']> => {
    const service = await serviceToChange(context, args);
    // ECS would refuse the call: a DAEMON service has no desired count.
    if (service.schedulingStrategy === 'DAEMON')
      throw notAsExpected('service', 'The service is a DAEMON service: ECS runs one task of it on each instance.');
    const { desiredCount: before = 0 } = service;
    if (expectedDesiredCount != null && before !== expectedDesiredCount)
      throw notAsExpected('expectedDesiredCount', `The service wants ${before} tasks, not ${expectedDesiredCount}.`);
    if (before !== desiredCount) {
      const change = { field: 'desiredCount', before: String(before), after: String(desiredCount) };
      plan.push({ operation: 'UpdateService', input: toInput(service, desiredCount), changes: [change] });
    }
    return service;
  };
  // Without a key there is nothing to repeat, so nothing is sent if nothing changes.
  const current = dryRun === true || idempotencyKey == null ? await check() : undefined;
  if (dryRun === true) for (const { operation, input = {} } of plan) await planWrite(context, operation, input);
  if (current !== undefined && (dryRun === true || plan.length === 0)) return { service: current, plan };
  try {
    const { output } = await writePart(context, 'UpdateService', {
      mutation: 'scaleService',
      args,
      prepare: async () => toInput(current ?? (await check()), desiredCount),
    });
    const { service } = output;
    return { service, plan: plan.length > 0 ? plan : [{ operation: 'UpdateService', input: undefined, changes: [] }] };
  } catch (error) {
    throw blame(error, { desiredCount, service: args.service });
  }
}

function toInput({ serviceArn, clusterArn }: Sources['Service'], desiredCount: number) {
  return { cluster: clusterArn, service: serviceArn, desiredCount };
}
