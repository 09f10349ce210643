import type { ObjectRef } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { ScopeEntry } from '../core/scopes.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { type RateBudget, rateBudgetOf } from '../nouns/rate-budget.ts';

const STATES = {
  UNUSED: 'Nothing was read from it since this process started.',
  READY: 'ECS answered the last call.',
  DEGRADED: 'The last call failed for a reason that concerns the whole account and region; `degradedReason` says why.',
};

/** `Query.scopes`: the accounts and regions that the gateway serves. Reads this process only, never ECS. */
export function addScopes({ builder }: EcsGraph, budget: ObjectRef<Types, RateBudget>): void {
  const state = builder.enumType('AccountScopeState', {
    description: 'Whether an account and region can be read.',
    values: Object.fromEntries(Object.entries(STATES).map(([name, description]) => [name, { description }])) as {
      readonly [Name in keyof typeof STATES]: { readonly description: string };
    },
  });
  const scope = builder.objectRef<ScopeEntry>('AccountScope').implement({
    description: 'One account in one region that the gateway serves.',
    fields: (t) => ({
      alias: t.exposeString('alias', {
        nullable: false,
        description:
          'The name of the account in the configuration; `default` without a scopes file. Accepted wherever an account is.',
      }),
      account: t.string({
        description: 'The account id. Null without a scopes file, until an answer of ECS contains it.',
        resolve: (entry, _args, { services }) =>
          services.scopes.isConfigured ? entry.scope.account : (entry.opened?.upstream.owner.known?.account ?? null),
      }),
      region: t.string({ nullable: false, description: 'The region.', resolve: ({ scope }) => scope.region }),
      isDefault: t.boolean({
        nullable: false,
        description: 'Whether look-ups by name use it if they name no account and no region.',
        resolve: (entry, _args, { services }) => services.scopes.standard === entry,
      }),
      state: t.field({
        type: state,
        nullable: false,
        description: 'Whether it can be read, as the last calls show. An idle scope is not tested.',
        resolve: ({ opened }) => opened?.health?.state ?? 'UNUSED',
      }),
      degradedReason: t.string({
        description: 'Why it is DEGRADED. Null if it is not.',
        resolve: ({ opened, keys }) => opened?.health?.reason ?? keys?.failure ?? null,
      }),
      credentialsExpireAt: t.field({
        type: 'DateTime',
        description:
          'When the credentials in use expire. They are renewed from ten minutes before. Null if they do not expire, or were not needed yet.',
        resolve: ({ keys }) => keys?.expiresAt ?? null,
      }),
      rateBudget: t.field({
        type: budget,
        description:
          'How much of its rate limits is left. Null if pacing is off (`RATE_SHARE=0`), if nothing was read from it yet, or without the action ReadMetrics.',
        resolve: (entry, _args, context) => {
          if (entry.opened === undefined) return null;
          const mayRead = context.in(entry).access?.inRegion('ReadMetrics').isAllowed !== false;
          return mayRead ? rateBudgetOf(entry.opened.upstream) : null;
        },
      }),
    }),
  });
  builder.queryField('scopes', (t) =>
    t.field({
      type: [scope],
      nullable: false,
      description:
        'The accounts and regions that the gateway serves and that you may see, in the order of the configuration, at most 1,000. Costs no call.',
      resolve: (_root, _args, context) => context.services.scopes.entries.filter((entry) => maySee(context, entry)),
    }),
  );
}

/** Whether a caller may read any cluster of a scope. */
function maySee(context: GraphContext, entry: ScopeEntry): boolean {
  if (context.services.policies === undefined) return true;
  return context.in(entry).access?.mayReadAny('Cluster', undefined) !== false;
}
