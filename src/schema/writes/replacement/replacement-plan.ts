import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../../ecs/core/arn.ts';
import { EcsError, type Step } from '../../../ecs/core/errors.ts';
import { isStopped, lastPart } from '../../../live/core/deployment-bounds.ts';
import { readDrain } from '../../../live/drain/drain-topic.ts';
import { readInstances } from '../../../live/drain/read-forecast.ts';
import type { TroubleKind } from '../../../live/drain/replacement-trouble.ts';
import { forbidden } from '../../access/forbidden.ts';
import { blameFor } from '../../core/blame.ts';
import type { GraphContext } from '../../core/context.ts';
import { badUserInput, notFound } from '../../core/errors.ts';
import { checkedName } from '../../graph/entity.ts';
import { instanceIds } from '../../live/drain.ts';
import { type DrainResult, drainAll, planOfDrain } from '../../live/drain-container-instances.ts';
import { MOST_INSTANCES } from '../../live/drain-types.ts';
import { lookSession } from '../../live/updates.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import { type CompoundArgs, type Planned, writePart } from '../core/compound.ts';
import { fromToken, type Replacement, toToken } from './replacement-token.ts';
import { crowded, readTroubles, type Trouble } from './replacement-troubles.ts';

export const MOST_IN_WAVE = 50;

export const STATES = {
  STARTED: 'A wave has begun to drain; with `dryRun`, it would. Follow it by `followCursor`, then go on.',
  DRAINING:
    'Tasks are left on instances of an earlier wave. Nothing was done. Follow it by `followCursor`, then go on.',
  BLOCKED: 'No wave began because of `troubles`. Continue once they have passed, or name their kinds in `ignore`.',
  DONE: 'Every instance has drained, or has left the cluster.',
} as const;
export type ReplacementState = keyof typeof STATES;

export interface ReplacementArgs extends CompoundArgs {
  readonly cluster?: string | null | undefined;
  readonly containerInstances?: readonly string[] | null | undefined;
  readonly waveSize?: number | null | undefined;
  readonly minActiveInstances?: number | null | undefined;
  readonly deregister?: boolean | null | undefined;
  readonly ignore?: readonly TroubleKind[] | null | undefined;
  readonly continueWith?: string | null | undefined;
}

export interface ReplacementDecision extends Planned {
  readonly state: ReplacementState;
  readonly replacement: Replacement;
  /** The instances of the wave that begins, or of those that have not ended. */
  readonly wave: readonly ContainerInstance[];
  /** Instances that later waves drain. */
  readonly pending: readonly ContainerInstance[];
  readonly drained: number;
  /** DRAINING instances with tasks outside the replacement. They count towards the wave. Empty where no wave is due. */
  readonly others: readonly ContainerInstance[];
  readonly troubles: readonly Trouble[];
}

export interface ReplacementPayload extends ReplacementDecision {
  readonly results: readonly DrainResult[];
  /** Null once all is done. */
  readonly continueWith: string | null;
}

/**
 * Decides about the next wave, by what ECS shows of the instances.
 * @throws {GraphQLError} BAD_USER_INPUT, NOT_FOUND, FORBIDDEN
 */
export async function decideWave(context: GraphContext, args: ReplacementArgs): Promise<ReplacementDecision> {
  context.ecs.readAnew();
  const replacement = await replacementOf(context, args);
  const { cluster, instances: ids, waveSize, deregister } = replacement;
  const load = (id: string) => context.loaders.of('ContainerInstance').load({ id, cluster, members: [] });
  const found = (await Promise.all(ids.map(load))).filter((one) => one !== null);
  const here = found.filter(({ status }) => status === 'ACTIVE' || status === 'DRAINING');
  const active = here.filter(({ status }) => status === 'ACTIVE');
  const draining = here.filter(({ status }) => status === 'DRAINING');
  const busy = await withTasks(context, draining);
  const empty = draining.filter((instance) => !busy.includes(instance));
  const drained = ids.length - active.length - busy.length;
  const base = { replacement, drained, others: [], troubles: [], pending: active };
  if (busy.length > 0) return { ...base, state: 'DRAINING', wave: busy, plan: [] };
  const leaving = deregister ? empty.map((instance) => deregistration(cluster, instance)) : [];
  if (active.length === 0) return { ...base, state: 'DONE', wave: [], plan: await authorized(context, leaving) };
  const others = await otherDrains(context, replacement);
  const free = args.ignore?.includes('OTHER_DRAINS') === true ? waveSize : Math.max(0, waveSize - others.length);
  const wave = active.slice(0, free);
  const troubles =
    free === 0 ? [crowded(others)] : await readTroubles(context, lookSession(context), replacement, wave);
  const serious = troubles.filter(({ kind }) => args.ignore?.includes(kind) !== true);
  if (serious.length > 0)
    return { ...base, others, state: 'BLOCKED', wave: [], troubles: serious, plan: await authorized(context, leaving) };
  const drains = planOfDrain(cluster, wave.map(arnOf));
  const plan = await authorized(context, [...leaving, ...drains]);
  return { ...base, others, state: 'STARTED', wave, pending: active.slice(wave.length), plan };
}

/**
 * Deregisters what has drained, if asked, and begins the wave.
 * @throws {EcsError} with `steps`
 */
export async function beginWave(
  context: GraphContext,
  args: ReplacementArgs,
  decision: ReplacementDecision,
): Promise<ReplacementPayload> {
  const { replacement, state, wave: instances, plan } = decision;
  const leaving = plan.filter(({ operation }) => operation === 'DeregisterContainerInstance');
  const done: Step[] = [];
  for (const [at, { input }] of leaving.entries()) {
    try {
      const name = lastPart((input as { containerInstance?: string }).containerInstance);
      await writePart(context, 'DeregisterContainerInstance', {
        mutation: 'replaceContainerInstances',
        args,
        input: input as never,
        name,
      });
      done.push({ operation: 'DeregisterContainerInstance', resource: name });
    } catch (error) {
      // The instance has left the cluster meanwhile.
      if (error instanceof EcsError && error.code === 'NOT_FOUND') continue;
      throw error instanceof EcsError ? error.within({ done, pending: plan.slice(at).map(stepOf) }) : error;
    }
  }
  // Draining a draining instance changes nothing, and the next answer reads what became of each.
  const { results } =
    state === 'STARTED' ? await drainAll(context, replacement.cluster, instances.map(arnOf)) : { results: [] };
  const wave = replacement.wave + (state === 'STARTED' ? 1 : 0);
  return { ...decision, results, continueWith: tokenOf({ state, replacement: { ...replacement, wave } }) };
}

/** The token to go on with; null once nothing is left to do. */
export function tokenOf({ state, replacement }: Pick<ReplacementDecision, 'state' | 'replacement'>): string | null {
  return state === 'DONE' ? null : toToken(replacement);
}

/** The DRAINING instances of the cluster that are not part of a replacement, and that have running or pending tasks. */
async function otherDrains(
  context: GraphContext,
  { cluster, instances }: Replacement,
): Promise<readonly ContainerInstance[]> {
  const draining = await readInstances(lookSession(context), cluster, 'DRAINING');
  const isOwn = (instance: ContainerInstance) => instances.includes(lastPart(arnOf(instance)));
  return draining.filter(
    (instance) => !isOwn(instance) && (instance.runningTasksCount ?? 0) + (instance.pendingTasksCount ?? 0) > 0,
  );
}

/** The name of the cluster that a replacement is in. @throws {GraphQLError} BAD_USER_INPUT */
export function clusterOfReplacement(context: GraphContext, args: ReplacementArgs): string {
  const { continueWith, containerInstances, cluster } = args;
  if (continueWith != null) return replacementGiven(continueWith, args).cluster;
  if (containerInstances == null) return clusterNamed(context, cluster);
  return clusterNameOf(instanceIds(context, { cluster, containerInstances }).cluster);
}

/** The replacement of a token, which has all arguments of it. @throws {GraphQLError} BAD_USER_INPUT */
function replacementGiven(continueWith: string, args: ReplacementArgs): Replacement {
  const beside = (['cluster', 'containerInstances', 'waveSize', 'minActiveInstances', 'deregister'] as const).find(
    (name) => args[name] != null,
  );
  if (beside !== undefined) throw badUserInput(beside, 'is part of "continueWith"; give one of them');
  return fromToken(continueWith, MOST_INSTANCES);
}

function clusterNamed(context: GraphContext, named: string | null | undefined): string {
  return clusterNameOf(named == null ? 'default' : checkedName(context, 'cluster', 'cluster', named));
}

async function replacementOf(context: GraphContext, args: ReplacementArgs): Promise<Replacement> {
  const { continueWith, containerInstances, waveSize, minActiveInstances, deregister } = args;
  if (continueWith != null) return replacementGiven(continueWith, args);
  const { cluster, ids, given } =
    containerInstances == null
      ? await allActive(context, args.cluster)
      : instanceIds(context, { cluster: args.cluster, containerInstances });
  const settings = {
    waveSize: waveSize ?? 1,
    minActiveInstances: minActiveInstances ?? 0,
    deregister: deregister === true,
  };
  await checkPresent(context, clusterNameOf(cluster), ids, given);
  return { cluster: clusterNameOf(cluster), instances: ids.map(lastPart), wave: 1, ...settings };
}

async function allActive(context: GraphContext, named: string | null | undefined) {
  const cluster = clusterNamed(context, named);
  if (context.access?.mayListIn('ListContainerInstances', cluster) === false)
    throw forbidden('ListContainerInstances', cluster, { isAllowed: false, policies: [] });
  const arns = await context.loaders.lists.read('ListContainerInstances', { cluster, status: 'ACTIVE' });
  if (arns.length === 0) throw notFound('cluster', `Cluster "${cluster}" has no ACTIVE container instance.`);
  if (arns.length > MOST_INSTANCES)
    throw badUserInput(
      'containerInstances',
      `is missing: the cluster has ${arns.length}, of which at most ${MOST_INSTANCES} can be replaced at a time`,
    );
  return { cluster, ids: [...arns], given: new Map<string, string>() };
}

async function checkPresent(
  context: GraphContext,
  cluster: string,
  ids: readonly string[],
  given: ReadonlyMap<string, string>,
): Promise<void> {
  const load = (id: string) =>
    context.loaders
      .of('ContainerInstance')
      .load({ id, cluster, members: [] })
      .catch(blameFor('containerInstances', given.get(id)));
  const found = await Promise.all(ids.map(load));
  const missing = found.indexOf(null);
  if (missing >= 0)
    throw notFound('containerInstances', `There is no container instance "${ids[missing]}" in cluster "${cluster}".`);
}

/** The draining instances with tasks, stopping ones included. */
async function withTasks(context: GraphContext, draining: readonly ContainerInstance[]) {
  if (draining.length === 0) return [];
  const containerInstanceArns = draining.map(arnOf);
  const clusterArn = (containerInstanceArns[0] ?? '').replace(/:container-instance\/([^/]+)\/.*$/, ':cluster/$1');
  const { tasks } = await readDrain(lookSession(context), { clusterArn, containerInstanceArns });
  const busy = new Set(
    tasks.filter((task) => !isStopped(task)).map(({ containerInstanceArn }) => containerInstanceArn),
  );
  return draining.filter((instance) => busy.has(arnOf(instance)));
}

async function authorized(context: GraphContext, plan: readonly PlannedCall[]): Promise<readonly PlannedCall[]> {
  for (const { operation, input = {} } of plan) await context.access?.authorizeWrite(operation, input);
  return plan;
}

function deregistration(cluster: string, instance: ContainerInstance): PlannedCall {
  const changes = [{ field: 'status', before: 'DRAINING', after: 'INACTIVE' }];
  return { operation: 'DeregisterContainerInstance', input: { cluster, containerInstance: arnOf(instance) }, changes };
}

function arnOf({ containerInstanceArn = '' }: ContainerInstance): string {
  return containerInstanceArn;
}

function stepOf({ operation, input = {} }: PlannedCall): Step {
  const { containerInstance, containerInstances = [] } = input as {
    containerInstance?: string;
    containerInstances?: readonly string[];
  };
  return { operation, resource: [containerInstance ?? [], containerInstances].flat().map(lastPart).join(', ') };
}
