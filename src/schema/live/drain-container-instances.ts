import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { ObjectRef } from '@pothos/core';
import { EcsError } from '../../ecs/core/errors.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { ErrorCode } from '../core/error-codes.ts';
import { KEY_DESCRIPTION, writeOnceForKey } from '../core/keyed-write.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { drainCursor } from '../graph/follow-cursor.ts';
import { DRY_RUN_DESCRIPTION, type PlannedCall, planWrite } from '../sdk-types/planned-call.ts';
import { instanceIds } from './drain.ts';
import { MOST_INSTANCES } from './drain-types.ts';
import type { UpdateTypes } from './updates.ts';

/** The result for one instance. */
export interface DrainResult {
  readonly requested: string;
  readonly instance: ContainerInstance | null;
  /** ECS's reason for this instance. */
  readonly reason: string | null;
  /** The error of the whole call. */
  readonly code: ErrorCode | null;
  readonly message: string | null;
}

export type DrainResultRef = ObjectRef<Types, DrainResult>;

/** ECS changes the state of up to this many instances in one call. */
const BATCH = 10;
const CAUSED_BY_ONE: ReadonlySet<string> = new Set(['INVALID_PARAMETER', 'FAILED_PRECONDITION']);

/** Adds the mutation `drainContainerInstances`: any number of instances, with a result for each. */
export function addDrainContainerInstances(graph: EcsGraph, { errorCode }: UpdateTypes): DrainResultRef {
  const { builder } = graph;
  const result = builder.objectRef<DrainResult>('DrainContainerInstanceResult').implement({
    description: 'The result for one instance.',
    fields: (t) => ({
      requested: t.exposeString('requested', { nullable: false, description: 'The value as given in the input.' }),
      containerInstance: t.expose('instance', {
        type: graph.noun('ContainerInstance').ref,
        description: 'The instance, now DRAINING; null if the call failed.',
      }),
      reason: t.field({
        type: graph.enumType('FailureReason'),
        description: 'Why ECS did not drain it. Null for a success, and if the call itself failed.',
        resolve: graph.enumResolver('FailureReason', (source: DrainResult) => source.reason),
      }),
      code: t.expose('code', {
        type: errorCode,
        description:
          'The code of the error: of the call, if that failed, or NOT_FOUND for an instance that does not exist. Else null.',
      }),
      message: t.exposeString('message', { description: 'The failure in words; null for a success.' }),
    }),
  });
  const payload = builder.objectRef<DrainPayload>('DrainContainerInstancesPayload').implement({
    description: 'The result for each instance.',
    fields: (t) => ({
      results: t.expose('results', {
        type: [result],
        nullable: false,
        description: 'One for each instance, in the order of the input.',
      }),
      failedInstanceCount: t.int({
        nullable: false,
        description: 'How many are not draining.',
        resolve: ({ results }) => results.filter(({ instance }) => instance === null).length,
      }),
      plan: t.expose('plan', {
        type: [graph.mutations.plannedCall],
        nullable: false,
        description:
          'The calls, ten instances in each, in their order. Where ECS refuses one, the gateway sends its halves too. After a `dryRun`, the ' +
          'calls that would be made; `results` is empty then.',
      } as never),
      ...drainCursor(t, ({ results }) => results.flatMap(({ instance }) => instance ?? [])),
    }),
  });
  const input = builder.inputType('DrainContainerInstancesInput', {
    description: 'Which instances to drain.',
    fields: (t) => ({
      cluster: t.id({
        description: 'Id, ARN or name. Null means the cluster in the ids or ARNs of the instances, or else `default`.',
      }),
      containerInstances: t.idList({
        required: true,
        description: `1 to ${MOST_INSTANCES} container instances of one cluster, each by the id of the graph, ECS's id or ARN.`,
      }),
    }),
  });
  builder.mutationField('drainContainerInstances', (t) =>
    t.field({
      type: payload,
      description:
        'Sets any number of container instances to DRAINING, ten for each call, and returns a result for each. A failure of one instance does not stop the others. Repeating the mutation is harmless.',
      args: {
        input: t.arg({ type: input, required: true, description: 'Which instances.' }),
        dryRun: t.arg.boolean({ defaultValue: false, description: DRY_RUN_DESCRIPTION }),
        idempotencyKey: t.arg.id({ description: KEY_DESCRIPTION }),
      },
      extensions: { operations: ['UpdateContainerInstancesState'], ecsCost: 5 },
      async resolve(_root, { input: given, dryRun, idempotencyKey }, context) {
        const { cluster, ids, given: asGiven } = instanceIds(context, given);
        const plan = planOfDrain(cluster, ids);
        if (dryRun === true) {
          for (const { operation, input = {} } of plan) await planWrite(context, operation, input);
          return { results: [], plan };
        }
        const drain = () => drainAll(context, cluster, ids);
        const { results } =
          idempotencyKey == null ? await drain() : await drainForKey(context, { cluster, ids }, idempotencyKey, drain);
        const named = results.map((one) => ({ ...one, requested: asGiven.get(one.requested) ?? one.requested }));
        return { results: named, plan };
      },
    }),
  );
  return result;
}

interface DrainResults {
  readonly results: readonly DrainResult[];
}

interface DrainPayload extends DrainResults {
  readonly plan: readonly PlannedCall[];
}

/** The calls that drain some instances. */
export function planOfDrain(cluster: string, ids: readonly string[]): PlannedCall[] {
  return Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, batch) => ({
    operation: 'UpdateContainerInstancesState',
    input: drainInput(cluster, ids.slice(batch * BATCH, (batch + 1) * BATCH)),
    changes: [],
  }));
}

function drainInput(cluster: string, containerInstances: readonly string[]) {
  return { cluster, containerInstances: [...containerInstances], status: 'DRAINING' as const };
}

/** Drains some instances. A failure of one does not stop the others. */
export async function drainAll(context: GraphContext, cluster: string, ids: readonly string[]): Promise<DrainResults> {
  const results: DrainResult[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    results.push(...(await drainBatch(context, cluster, ids.slice(start, start + BATCH))));
  }
  return { results };
}

/** A drain that may have been sent before is sent again: draining a draining instance changes nothing. */
async function drainForKey(
  context: GraphContext,
  input: { readonly cluster: string; readonly ids: readonly string[] },
  key: string,
  drain: () => Promise<DrainResults>,
) {
  const operation = 'UpdateContainerInstancesState';
  const sent = { cluster: input.cluster, containerInstances: [...input.ids], status: 'DRAINING' };
  // A mutation that was done under the key before is answered without a write, and so without its decision.
  await context.access?.authorizeWrite(operation, sent);
  let wasSent = false;
  const send = () => {
    wasSent = true;
    return drain();
  };
  const write = { input, prepare: async () => input, send, findOut: send, isRepeatable: true };
  const { output } = await writeOnceForKey(context, 'DrainContainerInstances', key, write);
  if (!wasSent) context.auditReplay?.({ operation, input: sent, asked: sent });
  return output;
}

async function drainBatch(context: GraphContext, cluster: string, ids: string[]): Promise<DrainResult[]> {
  try {
    const { containerInstances = [], failures = [] } = await context.ecs.write(
      'UpdateContainerInstancesState',
      drainInput(cluster, ids),
    );
    return ids.map((requested) => {
      const instance = containerInstances.find(({ containerInstanceArn }) => isNamed(containerInstanceArn, requested));
      if (instance !== undefined) return { requested, instance, reason: null, code: null, message: null };
      const failure = failures.find(({ arn }) => isNamed(arn, requested));
      const reason = failure?.reason ?? 'MISSING';
      const message = failure?.detail ?? `ECS did not drain it: ${reason}`;
      const code = reason === 'MISSING' ? ('NOT_FOUND' as const) : null;
      return { requested, instance: null, reason, code, message };
    });
  } catch (error) {
    if (!(error instanceof EcsError)) throw error;
    // ECS refuses the whole call if it cannot drain one instance. Halving finds that instance.
    if (ids.length > 1 && CAUSED_BY_ONE.has(error.code)) {
      const middle = ids.length >> 1;
      const first = await drainBatch(context, cluster, ids.slice(0, middle));
      return [...first, ...(await drainBatch(context, cluster, ids.slice(middle)))];
    }
    const { code, message } = error;
    return ids.map((requested) => ({ requested, instance: null, reason: null, code, message }));
  }
}

function isNamed(arn: string | undefined, requested: string): boolean {
  return arn === requested || (arn?.endsWith(`/${requested}`) ?? false);
}
