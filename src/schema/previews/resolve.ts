import type { Task } from '@aws-sdk/client-ecs';
import { GraphQLError } from 'graphql';
import { membersOf } from '../../history/entries.ts';
import { HORIZON_LIMITS } from '../../live/core/default-timeouts.ts';
import type { PreviewHost } from '../../preview/index.ts';
import type { Preview, PreviewChange } from '../../preview/types.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, notFound } from '../core/errors.ts';
import { mayRead } from '../graph/may-read.ts';

/** The arguments of every preview. */
export interface PreviewArgs {
  readonly horizon?: number | null | undefined;
  readonly randomSeed?: number | null | undefined;
}

const HOUR = 3_600_000;
/** Stopped tasks of the history that durations are learned from. */
const MOST_PAST = 300;

/** Simulates a change of a cluster. The simulation is loaded with the first preview. */
export async function runPreview(
  context: GraphContext,
  clusterArn: string,
  change: PreviewChange,
  { horizon, randomSeed }: PreviewArgs,
): Promise<Preview> {
  const ahead = horizon ?? HOUR;
  const { shortestMs, longestMs } = HORIZON_LIMITS;
  if (ahead < shortestMs || ahead > longestMs) throw badUserInput('horizon', 'must be from PT1M to PT24H');
  const { preview } = await import('../../preview/index.ts');
  const request = { clusterArn, change, horizon: ahead, randomSeed: randomSeed ?? 1 };
  try {
    return await readable(context, await preview(hostOf(context, clusterArn), request));
  } catch (error) {
    throw await toGraphError(error, change);
  }
}

function hostOf(context: GraphContext, clusterArn: string): PreviewHost {
  const { ecs, loaders, services, signal } = context;
  const { history } = services;
  const cluster = clusterArn.slice(clusterArn.lastIndexOf('/') + 1);
  return {
    session: { ecs, loaders },
    now: services.upstream.clock.now(),
    signal,
    owner: services,
    past:
      history &&
      (async () => {
        const entries = await history.read({ kinds: ['TASK_STOPPED'], clusters: [cluster] }, MOST_PAST);
        return entries.map((entry) => membersOf<Task>(entry));
      }),
  };
}

/** ECS's refusals and the limits of previews as errors of the graph. */
async function toGraphError(error: unknown, change: PreviewChange): Promise<unknown> {
  const { NothingThereError, PreviewRefusedError, TooLargeError } = await import('../../preview/types.ts');
  if (error instanceof TooLargeError) return precondition(error.message);
  if (error instanceof NothingThereError) return notFound(error.argument, error.message);
  if (!(error instanceof PreviewRefusedError)) return error;
  return precondition(`ECS would refuse the ${change.kind === 'deploy' ? 'deployment' : 'change'}: ${error.message}`, {
    awsCode: error.awsCode,
  });
}

export function precondition(message: string, extensions: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FAILED_PRECONDITION', ...extensions } });
}

/** The preview without services and standalone tasks that the caller may not read. */
async function readable(context: GraphContext, found: Preview): Promise<Preview> {
  if (context.access === undefined) return found;
  const hidden = new Set<string>();
  for (const { serviceArn, clusterArn } of found.services) {
    if (!(await mayRead(context, 'Service', serviceArn, clusterArn))) hidden.add(serviceArn);
  }
  const tasks = await Promise.all(
    found.tasks.map(async (task) => {
      const { serviceArn, taskArn, clusterArn } = task;
      if (serviceArn !== null) return hidden.has(serviceArn) ? [] : [task];
      return taskArn === null || (await mayRead(context, 'Task', taskArn, clusterArn)) ? [task] : [];
    }),
  );
  const isShown = (serviceArn: string | null) => serviceArn === null || !hidden.has(serviceArn);
  if (hidden.size === 0) return { ...found, tasks: tasks.flat() };
  const families = new Set(tasks.flat().map(({ taskDefinitionArn }) => familyOf(taskDefinitionArn)));
  return {
    ...found,
    tasks: tasks.flat(),
    services: found.services.filter(({ serviceArn }) => isShown(serviceArn)),
    blockedBy: found.blockedBy.filter(({ serviceArn }) => isShown(serviceArn)),
    assumptions: found.assumptions.filter(({ family }) => family === null || families.has(family)),
    notSimulated: [],
    summary: 'Some services are hidden, because you may not read them.',
  };
}

function familyOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1).replace(/:\d+$/, '');
}
