import type { ObjectRef } from '@pothos/core';
import type { BucketLevel } from '../../ecs/pacing/pacer.ts';
import { operationsOf } from '../../ecs/pacing/token-cost.ts';
import type { Upstream } from '../../ecs/sdk/upstream.ts';
import type { Types } from '../core/builder.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** `Query.rateBudget`: how much of ECS's rate limits is left. Reads this process only, never ECS. */
export function addRateBudget({ builder }: EcsGraph): ObjectRef<Types, RateBudget> {
  const bucket = builder.objectRef<BucketLevel>('RateBucket').implement({
    description:
      'One of the token buckets by which ECS limits the calls of an account in a region. A call takes one token; of launches on Fargate, one ' +
      'for each task. Services launch on Fargate as well, of which this gateway knows nothing.',
    fields: (t) => ({
      name: t.exposeString('bucket', {
        nullable: false,
        description: 'The group of operations that use it, such as `serviceRead` or `clusterResourceModify`.',
      }),
      operations: t.stringList({
        nullable: false,
        description: 'The ECS operations that draw on it.',
        resolve: ({ bucket }) => operationsOf(bucket),
      }),
      burst: t.exposeInt('burst', { nullable: false, description: 'How many tokens AWS says it holds when full.' }),
      refillPerSecond: t.exposeFloat('refillPerSecond', {
        nullable: false,
        description: 'How many tokens AWS says it gains each second.',
      }),
      share: t.exposeFloat('share', {
        nullable: false,
        description:
          'The share of rate and capacity that this gateway uses now. It falls below the configured share after ECS throttles a call, and recovers within seconds.',
      }),
      level: t.exposeInt('level', {
        nullable: false,
        description:
          'Calls that this gateway could send now without waiting. Calls by other clients of the account are not included.',
      }),
      waiting: t.exposeInt('waiting', { nullable: false, description: 'Calls of this gateway that wait for a token.' }),
      throttled: t.exposeInt('throttled', {
        nullable: false,
        description: 'Calls that ECS throttled since this process started.',
      }),
    }),
  });

  const budget = builder.objectRef<RateBudget>('RateBudget').implement({
    description: 'The remaining rate budget of ECS, as far as this gateway knows.',
    fields: (t) => ({
      region: t.exposeString('region', { nullable: false, description: 'The region whose limits these are.' }),
      buckets: t.field({
        type: [bucket],
        nullable: false,
        description: 'Every rate bucket. Operations without a documented limit share the bucket `undocumented`.',
        resolve: ({ levels }) => levels,
      }),
    }),
  });

  builder.queryFields((t) => ({
    rateBudget: t.field({
      type: budget,
      description: 'The remaining rate budget of ECS. Null if pacing is off (`RATE_SHARE=0`). Costs no call.',
      resolve: (_root, _args, { services }) => rateBudgetOf(services.upstream),
    }),
  }));
  return budget;
}

/** The rate budget of one account and region. */
export interface RateBudget {
  readonly region: string;
  readonly levels: readonly BucketLevel[];
}

/** Null if calls are not paced. */
export function rateBudgetOf(upstream: Pick<Upstream, 'rateLevels' | 'scope'>): RateBudget | null {
  const levels = upstream.rateLevels();
  return levels === undefined ? null : { region: upstream.scope.region, levels };
}
