import type { ObjectRef } from '@pothos/core';
import { lastPart } from '../../../live/core/deployment-bounds.ts';
import type { Types } from '../../core/builder.ts';
import type { GraphContext } from '../../core/context.ts';
import { ownEnum } from '../../core/own-enum.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import { resolveLink } from '../../graph/entity.ts';
import { goodRevisions } from '../core/good-revisions.ts';
import { notAsExpected } from './service-to-change.ts';

const REASONS = {
  DEREGISTERED: 'The revision is INACTIVE: it was deregistered.',
  DELETED: 'The revision was deleted, or is being deleted.',
} as const;
type Reason = keyof typeof REASONS;

/** A revision that cannot be deployed any more. */
export interface PassedOver {
  readonly taskDefinitionArn: string;
  readonly reason: Reason;
}

/** The revision to go back to. */
interface Target {
  readonly taskDefinition: string;
  readonly passedOver: readonly PassedOver[];
}

/**
 * The newest task definition that was deployed successfully, differs from the present one, and can still be deployed. Costs
 * `goodRevisions`, and one DescribeTaskDefinition for the target and for each newer one.
 * @throws {GraphQLError} FAILED_PRECONDITION if there is no such task definition
 */
export async function targetOf(context: GraphContext, service: Sources['Service']): Promise<Target> {
  const passedOver: PassedOver[] = [];
  for (const taskDefinition of await goodRevisions(context, service)) {
    const found = await context.loaders.of('TaskDefinition').load({ id: taskDefinition, members: ['status'] });
    if (found?.status === 'ACTIVE') return { taskDefinition, passedOver };
    const reason = found?.status === 'INACTIVE' ? 'DEREGISTERED' : 'DELETED';
    passedOver.push({ taskDefinitionArn: taskDefinition, reason });
  }
  const none = 'No other revision of the service was deployed successfully in the last 90 days';
  if (passedOver.length === 0) throw notAsExpected('service', `${none}.`);
  throw notAsExpected('service', `${none} and can still be deployed: ${inWords(passedOver)}.`);
}

const MOST_NAMED = 5;

function inWords(passedOver: readonly PassedOver[]): string {
  const named = passedOver.slice(0, MOST_NAMED).map(textOf);
  const more = passedOver.length - named.length;
  return more > 0 ? `${named.join(', ')}, and ${more} more` : named.join(', ');
}

function textOf({ taskDefinitionArn, reason }: PassedOver): string {
  return `${lastPart(taskDefinitionArn)} was ${reason === 'DEREGISTERED' ? 'deregistered' : 'deleted'}`;
}

/** The type of a revision that `rollBackService` passed over. */
export function addPassedOver(graph: EcsGraph): ObjectRef<Types, PassedOver> {
  const { builder } = graph;
  const reason = ownEnum(builder, 'PassedOverReason', 'Why a revision cannot be deployed any more.', REASONS);
  return builder.objectRef<PassedOver>('PassedOverRevision').implement({
    description: 'A revision that was deployed successfully, and that ECS would refuse to deploy again.',
    fields: (t) => ({
      taskDefinitionArn: t.exposeString('taskDefinitionArn', { nullable: false, description: 'Its ARN.' }),
      taskDefinition: t.field({
        type: graph.noun('TaskDefinition').ref,
        description: 'The revision. Null if it was deleted. Costs no call if only ARN, family and number are read.',
        resolve: ({ taskDefinitionArn: arn }, _args, context, info) =>
          resolveLink(context, info, 'TaskDefinition', { arn }),
      }),
      reason: t.expose('reason', { type: reason, nullable: false, description: 'Why it cannot be deployed.' }),
      text: t.string({
        nullable: false,
        description: 'Revision and reason for people. The form may change in any release.',
        resolve: (one) => `${textOf(one)}.`,
      }),
    }),
  });
}
