import type { FieldMap } from '@pothos/core';
import { scopeKey } from '../../ecs/core/scope.ts';
import { lastPart } from '../../live/core/deployment-bounds.ts';
import { daemonTopic } from '../../live/daemon/daemon-topic.ts';
import { deploymentTopic } from '../../live/deployment/deployment-topic.ts';
import { drainMark } from '../../live/drain/drain-mark.ts';
import { drainTopic } from '../../live/drain/drain-topic.ts';
import { tasksTopic } from '../../live/task/tasks-topic.ts';
import { encodeLiveCursor } from '../../live/topic/cursor.ts';
import type { GraphContext } from '../core/context.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { ownerOf } from './entity.ts';

/** `followCursor` of a payload that has what a subscription follows. */
function cursorField<Source>(
  t: ObjectFields<Source>,
  subscription: string,
  what: string,
  cursor: (source: Source, context: GraphContext) => string | null,
): FieldMap {
  return {
    followCursor: t.string({
      description: `Pass it as \`after\` to the subscription \`${subscription}\` with ${what}: the stream also reports what ended before it began. Null if there is nothing to follow. Costs no call.`,
      resolve: (source: Source, _args: object, context: GraphContext) => cursor(source, context),
    } as never),
  };
}

/** `followCursor` of a payload with the ARN of a service deployment. */
export function serviceDeploymentCursor<
  Source extends { readonly output: { readonly serviceDeploymentArn?: string | undefined } },
>(t: ObjectFields<Source>): FieldMap {
  return cursorField(t, 'deploymentProgress', 'the service of the deployment', ({ output }, context) => {
    const { serviceDeploymentArn: arn } = output;
    const { serviceArn } = ownerOf(arn ?? '');
    if (arn === undefined || serviceArn === undefined) return null;
    const clusterArn = clusterOf(serviceArn);
    const serviceName = lastPart(serviceArn);
    const target = { serviceArn, clusterArn, serviceName, serviceDeploymentArn: arn, deploymentId: undefined };
    return cursorOf(deploymentTopic(scopeKey(context.ecs.scope), target).key, arn);
  });
}

/** `followCursor` of a payload with started tasks. */
export function tasksCursor<
  Source extends {
    readonly output: {
      readonly tasks?:
        | readonly { readonly taskArn?: string | undefined; readonly clusterArn?: string | undefined }[]
        | undefined;
    };
  },
>(t: ObjectFields<Source>): FieldMap {
  return cursorField(t, 'taskProgress', 'these tasks', ({ output: { tasks = [] } }, context) => {
    const taskArns = tasks.flatMap(({ taskArn }) => taskArn ?? []);
    const target = { clusterArn: tasks[0]?.clusterArn ?? '', taskArns };
    return taskArns.length === 0 ? null : cursorOf(tasksTopic(scopeKey(context.ecs.scope), target).key);
  });
}

/** `followCursor` of a payload with a daemon's deployment. */
export function daemonCursor<Source extends { readonly output: { readonly deploymentArn?: string | undefined } }>(
  t: ObjectFields<Source>,
): FieldMap {
  return cursorField(t, 'daemonDeploymentProgress', 'this deployment', ({ output: { deploymentArn } }, context) =>
    deploymentArn === undefined ? null : cursorOf(daemonTopic(scopeKey(context.ecs.scope), deploymentArn).key),
  );
}

interface Instance {
  readonly containerInstanceArn?: string | undefined;
  readonly status?: string | undefined;
}

/** `followCursor` of a payload with container instances, for those that are draining. */
export function drainCursor<Source>(
  t: ObjectFields<Source>,
  instancesOf: (source: Source) => readonly Instance[],
): FieldMap {
  return cursorField(t, 'drainProgress', 'the cluster of the instances', (source, context) => {
    const containerInstanceArns = instancesOf(source)
      .filter(({ status }) => status === 'DRAINING')
      .flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []);
    if (containerInstanceArns.length === 0) return null;
    const target = { clusterArn: clusterOf(containerInstanceArns[0] ?? ''), containerInstanceArns, haveDrained: true };
    return cursorOf(drainTopic(scopeKey(context.ecs.scope), target).key, drainMark(target));
  });
}

function clusterOf(arn: string): string {
  return arn.replace(/:[\w-]+\/([^/]+)\/.*$/, ':cluster/$1');
}

/** A cursor before the first event of a topic. */
export function cursorOf(key: string, mark?: string): string {
  return encodeLiveCursor(key, { epoch: '', sequence: 0, mark });
}
