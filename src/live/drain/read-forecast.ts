import type { ContainerInstance, TaskDefinition } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import { listAll } from '../../ecs/lists/list.ts';
import type { LiveSession } from '../core/create-hub.ts';
import type { ForecastInput } from './drain-forecast.ts';
import type { DrainTarget } from './drain-snapshot.ts';
import { readDrain } from './drain-topic.ts';

/** All readings for a forecast: the instances to drain with their tasks, and the room on all others. */
export async function readForecast(session: LiveSession, target: DrainTarget): Promise<ForecastInput> {
  const cluster = clusterNameOf(target.clusterArn);
  const [look, instances] = await Promise.all([readDrain(session, target), readInstances(session, cluster)]);
  const arns = new Set(look.tasks.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []));
  const definitions = await Promise.all([...arns].map((arn) => readDefinition(session, arn)));
  const taskDefinitions = new Map(
    definitions.flatMap((definition) =>
      definition === null ? [] : [[definition.taskDefinitionArn ?? '', definition] as const],
    ),
  );
  return {
    ...look,
    instances,
    taskDefinitions,
    clusterArn: target.clusterArn,
    drainArns: target.containerInstanceArns,
  };
}

/** Describes every instance of a cluster, or those of one status. */
export async function readInstances(
  { ecs, loaders }: LiveSession,
  cluster: string,
  status?: 'DRAINING',
): Promise<ContainerInstance[]> {
  const described: Promise<ContainerInstance | null>[] = [];
  await listAll(ecs, 'ListContainerInstances', status === undefined ? { cluster } : { cluster, status }, (arns) => {
    for (const id of arns) {
      const load = loaders.of('ContainerInstance').load({ id, cluster, members: [] });
      load.catch(() => undefined);
      described.push(load);
    }
  });
  return (await Promise.all(described)).filter((instance) => instance !== null);
}

/** Without its task definition, a task's own figures are used. */
async function readDefinition({ loaders }: LiveSession, arn: string): Promise<TaskDefinition | null> {
  try {
    return await loaders.of('TaskDefinition').load({ id: arn, members: [] });
  } catch (error) {
    if (error instanceof EcsError && error.code === 'FORBIDDEN_UPSTREAM') return null;
    throw error;
  }
}
