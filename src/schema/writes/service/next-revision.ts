import type { ContainerDefinition, KeyValuePair, TaskDefinition } from '@aws-sdk/client-ecs';
import { lastPart } from '../../../live/core/deployment-bounds.ts';
import type { GraphContext } from '../../core/context.ts';
import { badUserInput } from '../../core/errors.ts';
import type { Operations } from '../../generated/types.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import { mustRead } from '../../graph/may-read.ts';
import { refuseMark, refuseMasked } from '../../sdk-types/mask.ts';
import { checkRevision, notAsExpected } from './service-to-change.ts';

type RegisterInput = Operations['RegisterTaskDefinition']['input'];

/** A variable as a caller gives it. */
interface Variable {
  readonly name?: string | null | undefined;
  readonly value?: string | null | undefined;
  readonly isMasked?: boolean | null | undefined;
}

/** A container of the revision in use, and what it is to get instead. */
export interface ContainerChange {
  readonly container: string;
  readonly image?: string | null | undefined;
  readonly cpu?: number | null | undefined;
  readonly memory?: number | null | undefined;
  readonly memoryReservation?: number | null | undefined;
  readonly environment?: readonly Variable[] | null | undefined;
  readonly removeEnvironment?: readonly string[] | null | undefined;
}

/** The changes of a revision from the one in use. */
export interface RevisionArgs {
  readonly images?: readonly { readonly container: string; readonly image: string }[] | null | undefined;
  readonly containers?: readonly ContainerChange[] | null | undefined;
  readonly cpu?: string | null | undefined;
  readonly memory?: string | null | undefined;
  readonly expectedRevision?: number | null | undefined;
}

export interface NextRevision {
  readonly before: TaskDefinition;
  readonly next: RegisterInput;
}

/** @throws {GraphQLError} BAD_USER_INPUT */
export function checkChanges(
  { model }: EcsGraph,
  { secrets }: GraphContext,
  { images, containers, cpu, memory }: RevisionArgs,
): void {
  if (images?.length === 0) throw badUserInput('images', 'is empty: name a container and its image');
  if (images == null && containers == null && cpu == null && memory == null)
    throw badUserInput('images', 'is missing: give images, containers, cpu or memory');
  checkNames('images', images ?? []);
  checkNames('containers', containers ?? []);
  for (const [index, change] of (containers ?? []).entries()) {
    const { container, image, environment, removeEnvironment } = change;
    const at = `containers.${index}`;
    for (const size of ['cpu', 'memory', 'memoryReservation'] as const)
      if ((change[size] ?? 0) < 0) throw badUserInput(`${at}.${size}`, `must not be negative, as ${change[size]} is`);
    if (image != null && images?.some((one) => one.container === container) === true)
      throw badUserInput(`${at}.image`, 'is in "images" too');
    for (const [place, variable] of (environment ?? []).entries()) {
      const path = `${at}.environment.${place}`;
      refuseMasked(model.structure('KeyValuePair'), { ...variable }, true, path);
      if (!variable.name) throw badUserInput(`${path}.name`, 'must not be empty');
      refuseMark('ENVIRONMENT', variable.value, secrets, `${path}.value`);
    }
    const names = (environment ?? []).map(({ name }) => name);
    const twice = names.find((name, place) => names.indexOf(name) !== place);
    if (twice !== undefined) throw badUserInput(`${at}.environment`, `has "${twice}" twice`);
    const both = removeEnvironment?.find((name) => names.includes(name));
    if (both !== undefined) throw badUserInput(`${at}.removeEnvironment`, `has "${both}", which "environment" sets`);
  }
}

function checkNames(argument: string, changes: readonly ContainerChange[]): void {
  for (const [index, { container, image }] of changes.entries()) {
    if (image?.trim() === '') throw badUserInput(`${argument}.${index}.image`, 'must not be empty');
    if (changes.findIndex((other) => other.container === container) !== index)
      throw badUserInput(`${argument}.${index}.container`, 'is named twice');
  }
}

/**
 * The revision to register: the one in use, as ECS describes it, with the changes.
 * @throws {GraphQLError} FORBIDDEN, FAILED_PRECONDITION, BAD_USER_INPUT
 */
export async function nextRevision(
  graph: EcsGraph,
  context: GraphContext,
  { taskDefinition: arn }: Sources['Service'],
  args: RevisionArgs,
): Promise<NextRevision> {
  if (arn === undefined) throw notAsExpected('service', 'The service has no task definition: its task sets have.');
  checkRevision({ taskDefinition: arn }, args.expectedRevision);
  await mustRead(context, 'TaskDefinition', arn);
  const { taskDefinition: before = {}, tags = [] } = await context.ecs.read('DescribeTaskDefinition', {
    taskDefinition: arn,
    include: ['TAGS'],
  });
  const { containerDefinitions = [] } = before;
  for (const argument of ['images', 'containers'] as const) {
    for (const [index, { container }] of (args[argument] ?? []).entries()) {
      if (containerDefinitions.some(({ name }) => name === container)) continue;
      const names = containerDefinitions.map(({ name }) => name).join(', ');
      throw badUserInput(`${argument}.${index}.container`, `is not a container of ${lastPart(arn)}: it has ${names}`);
    }
  }
  const members = graph.model.request('RegisterTaskDefinition').map(({ name }) => name);
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name, value]) => members.includes(name) && value !== undefined),
  );
  const { images, containers, cpu, memory } = args;
  const next = {
    ...kept,
    ...(cpu != null && { cpu }),
    ...(memory != null && { memory }),
    containerDefinitions: containerDefinitions.map((container) => {
      const ofContainer = (one: { readonly container: string }) => one.container === container.name;
      const image = images?.find(ofContainer)?.image;
      const changed = changedContainer(container, containers?.find(ofContainer));
      return image === undefined ? changed : { ...changed, image };
    }),
    ...(tags.length > 0 && { tags }),
  };
  return { before, next: next as RegisterInput };
}

function changedContainer(container: ContainerDefinition, change: ContainerChange | undefined): ContainerDefinition {
  if (change === undefined) return container;
  const { image, cpu, memory, memoryReservation, environment, removeEnvironment } = change;
  return {
    ...container,
    ...(image != null && { image }),
    ...(cpu != null && { cpu }),
    ...(memory != null && { memory }),
    ...(memoryReservation != null && { memoryReservation }),
    ...((environment != null || removeEnvironment != null) && {
      environment: changedEnvironment(container.environment ?? [], environment ?? [], removeEnvironment ?? []),
    }),
  };
}

/** Variables keep their places; new ones come last. */
function changedEnvironment(
  before: readonly KeyValuePair[],
  given: readonly Variable[],
  removed: readonly string[],
): KeyValuePair[] {
  const set = given.map(({ name, value }) => ({ name: name ?? '', value: value ?? '' }));
  const kept = before.filter(({ name = '' }) => !removed.includes(name));
  const added = set.filter(({ name }) => !kept.some((one) => one.name === name));
  return [...kept.map((one) => set.find(({ name }) => name === one.name) ?? one), ...added];
}
