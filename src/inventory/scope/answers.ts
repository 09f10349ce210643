import type { ListContainerInstancesRequest, ListTasksRequest } from '@aws-sdk/client-ecs';
import type { DescribeRequest } from '../../ecs/core/describe-request.ts';
import type { EntityKind, EntityShapes } from '../../ecs/core/describe-specs.ts';
import { areConstant } from '../../ecs/held/announced-members.ts';
import { heldPlace, heldToken } from '../../ecs/held/held-token.ts';
import { toArn } from '../store/arn-in-cluster.ts';
import type { HeldCluster } from '../store/held-cluster.ts';
import type { HeldTask } from '../store/held-task.ts';
import { indexAfter } from '../store/sorted-arns.ts';

/** How old, in milliseconds, the health of a task may be in what a poll reads. */
const HEALTH_FOR_POLLS_MS = 10_000;

/** A resource as it is held; undefined if it is not held, or if a member that no event shows will be read. */
export function describeHeld<Kind extends EntityKind>(
  { store, doubtful }: HeldCluster,
  { kind, id, include, unannounced, without = [] }: DescribeRequest<Kind>,
  isPoll: boolean,
  monotonic: number,
): EntityShapes[Kind] | undefined {
  if (include.length > 0) return undefined;
  const arn = toArn(store.arn, kind === 'Task' ? 'task' : 'container-instance', id);
  if (doubtful.has(arn)) return undefined;
  if (kind === 'Task') {
    const task = store.tasks.get(arn);
    if (task === undefined || !isEnough(kind, unannounced, task)) return undefined;
    // Without names of members, any member may be read, the health too.
    if (unannounced === undefined && !hasHealth(task, isPoll, monotonic)) return undefined;
    return task.toTask(store.arn, without) as EntityShapes[Kind];
  }
  const instance = store.instances.get(arn);
  if (instance === undefined || !isEnough(kind, unannounced, instance)) return undefined;
  if (unannounced === undefined && !isPoll) return undefined;
  return instance.toInstance(store.arn, store.countOn(instance.arn)) as EntityShapes[Kind];
}

/** ECS may not show for this long, in milliseconds, what an event has announced. */
const READS_LAG_MS = 30_000;

/** ECS's latest answer, or the held resource if that is newer. Members that events leave out are as ECS answered. */
export function newestOf<Kind extends EntityKind>(
  { store }: HeldCluster,
  { kind, id, without = [] }: DescribeRequest<Kind>,
  item: EntityShapes[Kind] | null,
  monotonic: number,
): EntityShapes[Kind] | null {
  const arn = toArn(store.arn, kind === 'Task' ? 'task' : 'container-instance', id);
  const held = kind === 'Task' ? store.tasks.get(arn) : store.instances.get(arn);
  if (held === undefined) return item;
  if (item === null && monotonic - held.seenAt > READS_LAG_MS) return null;
  const { version = 0, tags, healthStatus } = (item ?? {}) as EntityShapes['Task'];
  if (item !== null && version >= held.version) return item;
  const newest =
    'toTask' in held ? held.toTask(store.arn, without) : held.toInstance(store.arn, store.countOn(held.arn));
  return (item === null ? newest : { ...newest, tags, healthStatus }) as EntityShapes[Kind];
}

/** Whether what is held contains everything that will be read. */
function isEnough(
  kind: EntityKind,
  unannounced: readonly string[] | undefined,
  { isWhole }: { readonly isWhole: boolean },
): boolean {
  if (isWhole) return unannounced === undefined || areConstant(kind, unannounced);
  return unannounced?.length === 0;
}

/** Only the health of a task that runs, and is meant to, says anything. */
function hasHealth(task: HeldTask, isPoll: boolean, monotonic: number): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return true;
  return isPoll && task.healthAt > 0 && monotonic - task.healthAt <= HEALTH_FOR_POLLS_MS;
}

/** A page of a list. */
export interface HeldPage {
  readonly arns: readonly string[];
  readonly nextToken: string | undefined;
}

const MOST_ON_PAGE = 100;
/** A page of sorted ARNs. */
export function pageOf(
  sorted: readonly string[],
  {
    maxResults = MOST_ON_PAGE,
    nextToken,
  }: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
  isListed: (arn: string) => boolean,
): HeldPage {
  const arns: string[] = [];
  const most = Math.min(maxResults, MOST_ON_PAGE);
  for (let at = indexAfter(sorted, heldPlace(nextToken)); at < sorted.length; at += 1) {
    const arn = sorted[at];
    if (arn === undefined || !isListed(arn)) continue;
    if (arns.length === most) return { arns, nextToken: heldToken(arns.at(-1) ?? '') };
    arns.push(arn);
  }
  return { arns, nextToken: undefined };
}

/** A page of ListTasks; undefined if only ECS knows whether the owner exists. */
export function listHeldTasks(cluster: HeldCluster, input: ListTasksRequest): HeldPage | undefined {
  const { store } = cluster;
  const { serviceName, containerInstance, family, launchType, startedBy, desiredStatus = 'RUNNING' } = input;
  let sorted = store.order.read();
  if (serviceName !== undefined) {
    const name = serviceName.slice(serviceName.lastIndexOf('/') + 1);
    const own = store.ofGroup(`service:${name}`);
    if (own === undefined && !cluster.services.has(name)) return undefined;
    sorted = [...(own ?? [])].sort();
  } else if (containerInstance !== undefined) {
    const arn = toArn(store.arn, 'container-instance', containerInstance);
    if (store.instances.get(arn)?.isGone !== false) return undefined;
    sorted = [...(store.onInstance(arn) ?? [])].sort();
  }
  return pageOf(sorted, input, (arn) => {
    const task = store.tasks.get(arn);
    return (
      task !== undefined &&
      task.desiredStatus === desiredStatus &&
      (family === undefined || task.family === family) &&
      (launchType === undefined || task.launchType === launchType) &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (serviceName === undefined || containerInstance === undefined || isOn(task, containerInstance))
    );
  });
}

function isOn({ containerInstanceArn }: HeldTask, instance: string): boolean {
  return containerInstanceArn?.endsWith(instance) === true;
}

/** A page of ListContainerInstances. */
export function listHeldInstances({ store }: HeldCluster, input: ListContainerInstancesRequest): HeldPage {
  const { status } = input;
  return pageOf(store.instanceOrder.read(), input, (arn) => {
    const held = store.instances.get(arn);
    return held !== undefined && (status === undefined ? !held.isGone : held.status === status);
  });
}
