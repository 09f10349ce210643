import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { Decision } from '../../policy/cedar/policy-set.ts';
import { forbidden } from '../access/forbidden.ts';
import type { GraphContext } from '../core/context.ts';

/** Whether the caller may read a resource that a field reads by itself, without a link that the guard sees. */
export async function mayRead(
  context: GraphContext,
  kind: EntityKind,
  arn: string,
  cluster?: string,
): Promise<boolean> {
  return (await decisionOn(context, kind, arn, cluster))?.isAllowed !== false;
}

/** @throws {GraphQLError} FORBIDDEN if the caller may not read the resource */
export async function mustRead(context: GraphContext, kind: EntityKind, arn: string, cluster?: string): Promise<void> {
  const decision = await decisionOn(context, kind, arn, cluster);
  if (decision?.isAllowed === false) throw forbidden(KINDS[kind].operation, arn, decision);
}

async function decisionOn(
  { access }: GraphContext,
  kind: EntityKind,
  arn: string,
  cluster: string | undefined,
): Promise<Decision | undefined> {
  return access?.byName(KINDS[kind].operation, kind, arn, cluster);
}
