import type { FieldMap, ObjectRef } from '@pothos/core';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import type { DeploymentProgress } from '../../live/deployment/deployment-progress.ts';
import { type ImageReference, toImageReference } from '../computed/image-reference.ts';
import { imagesOf } from '../computed/service-fields.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { mayRead } from '../graph/may-read.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';

/** Service and revision of a deployment, beside its progress: a message about an event needs no more. */
export function deploymentEnvelope<Source>(
  imageReference: ObjectRef<Types, ImageReference>,
  t: ObjectFields<Source>,
  progressOf: (source: Source) => DeploymentProgress,
): FieldMap {
  return {
    clusterName: t.string({
      nullable: false,
      description: 'The name of the cluster of the deployment.',
      resolve: (source: Source) => clusterNameOf(progressOf(source).target.clusterArn),
    } as never),
    serviceName: t.string({
      nullable: false,
      description: 'The name of the service.',
      resolve: (source: Source) => progressOf(source).target.serviceName,
    } as never),
    taskDefinitionArn: t.string({
      description: 'The revision that is deployed. Null if ECS does not say.',
      resolve: (source: Source) => progressOf(source).taskDefinitionArn,
    } as never),
    images: t.field({
      type: [imageReference],
      nullable: { list: true, items: false },
      description:
        'The images that are deployed, at most 10: as the tasks of the deployment run them, with their digests, or else as the task definition names them. Null if they ' +
        'are not known, and if the caller may not read the task definition. Costs one DescribeTaskDefinition while the deployment has no tasks.',
      extensions: { operations: ['DescribeTaskDefinition'], ecsCost: 1 },
      resolve: (source: Source, _args: object, context: GraphContext) => imagesIn(context, progressOf(source)),
    } as never),
  };
}

/** ECS allows this many containers in a task definition. */
const MOST_IMAGES = 10;

async function imagesIn(
  context: GraphContext,
  { tasks, taskDefinitionArn: arn }: DeploymentProgress,
): Promise<ImageReference[] | null> {
  if (arn === null || !(await mayRead(context, 'TaskDefinition', arn))) return null;
  const newest = tasks.find(({ isOld }) => !isOld)?.task;
  const run = (newest?.containers ?? []).flatMap(({ image, imageDigest }) =>
    image === undefined ? [] : [toImageReference(image, imageDigest)],
  );
  if (run.length > 0) return run.slice(0, MOST_IMAGES);
  const definition = await context.loaders.of('TaskDefinition').load({ id: arn, members: ['containerDefinitions'] });
  return definition === null ? null : imagesOf(definition).slice(0, MOST_IMAGES);
}
