import { looksLikeArn } from '../../ecs/core/arn.ts';
import type { Decision } from '../../policy/cedar/policy-set.ts';
import type { ActionName } from '../../policy/model/actions.ts';
import { forbidden } from '../access/forbidden.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { readReference } from '../core/reference.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

interface Denial {
  readonly action: ActionName;
  readonly decision: Decision;
}

/** Adds `Query.viewer`: the caller, and the reason of a possible refusal. */
export function addViewer(graph: EcsGraph): void {
  const { builder } = graph;
  const denial = builder.objectRef<Denial>('Denial').implement({
    description: 'Why an action would be refused.',
    fields: (t) => ({
      action: t.expose('action', { type: graph.actions, nullable: false, description: 'The action.' }),
      policies: t.stringList({
        nullable: false,
        description: 'Ids of the policies that forbid it. Empty if no policy allows it.',
        resolve: ({ decision }) => [...decision.policies],
      }),
      message: t.string({
        nullable: false,
        description: 'The message of the error that the action would have.',
        resolve: ({ action, decision }) => forbidden(action, undefined, decision).message,
      }),
    }),
  });
  const viewer = builder.objectRef<object>('Viewer').implement({
    description: 'The caller, as the gateway knows it.',
    fields: (t) => ({
      principal: t.string({
        nullable: false,
        description:
          'The name of the token, or issuer and subject of a JWT. `anonymous` if the gateway requires no token.',
        resolve: (_viewer, _args, { principal }) => principal.name,
      }),
      roles: t.stringList({
        nullable: false,
        description: 'The roles that policies can name.',
        resolve: (_viewer, _args, { principal }) => [...(principal.roles ?? [])],
      }),
      denied: t.field({
        type: denial,
        description:
          'Why the caller may not do something; null if nothing forbids it. Of UpdateService and others whose policies look at the input, ' +
          'null means that some input is allowed. Costs no call, or one where policies look at tags.',
        args: {
          action: t.arg({ type: graph.actions, required: true, description: 'The action.' }),
          id: t.arg.id({
            description: 'Id or ARN of what the action is on. Null means the Region, as for CreateCluster.',
          }),
        },
        resolve: async (_viewer, { action, id }, context) => {
          const decision = await decisionOn(context, action, id);
          return decision.isAllowed ? null : { action, decision };
        },
      }),
    }),
  });
  builder.queryFields((t) => ({
    viewer: t.field({
      type: viewer,
      nullable: false,
      description: 'The caller. Costs no call.',
      resolve: () => ({}),
    }),
  }));
}

async function decisionOn(
  { access, ecs }: GraphContext,
  action: ActionName,
  id: string | null | undefined,
): Promise<Decision> {
  if (access === undefined) return { isAllowed: true, policies: [] };
  if (id === null || id === undefined) return access.inRegion(action);
  const { text, cluster } = readReference(ecs.scope.region, 'id', undefined, id);
  if (!looksLikeArn(text)) throw badUserInput('id', 'is neither an id nor an ARN');
  return access.byName(action, undefined, text, cluster);
}
