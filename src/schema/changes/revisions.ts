import type { EntityShapes } from '../../ecs/core/describe-specs.ts';
import type { GraphContext } from '../core/context.ts';
import { mustRead } from '../graph/may-read.ts';
import type { Model } from '../sdk-types/sdk-model.ts';
import { compare, type Difference } from './compare.ts';
import { type Fields, withoutHostPorts } from './normalize.ts';
import { type RevisionChange, toRevisionChange } from './revision-change.ts';

type TaskDefinition = EntityShapes['TaskDefinition'];
type ServiceRevision = EntityShapes['ServiceRevision'];

/** The differences from one task definition to another. */
export function changesOfDefinition(
  model: Model,
  context: GraphContext,
  before: TaskDefinition,
  after: TaskDefinition,
): RevisionChange[] {
  return differencesOf(model, before, after).map((one) => toRevisionChange(model, one, context));
}

function differencesOf(model: Model, before: TaskDefinition, after: TaskDefinition): Difference[] {
  const [old, next] = [before, after].map((one) => withoutHostPorts(one as Fields));
  return compare(model, 'TaskDefinition', old ?? {}, next ?? {});
}

/**
 * The differences from one revision of a service to another: its configuration, and its task definition. Null if ECS no longer has a
 * revision or task definition.
 * @throws {GraphQLError} FORBIDDEN if the caller may not read them
 */
export async function changesOfRevision(
  model: Model,
  context: GraphContext,
  beforeArn: string,
  afterArn: string,
): Promise<RevisionChange[] | null> {
  const [before, after] = await Promise.all(
    [beforeArn, afterArn].map((arn) => readable(context, 'ServiceRevision', arn)),
  );
  if (before == null || after == null) return null;
  const own = compare(model, 'ServiceRevision', before as Fields, after as Fields);
  const [old, next] = await Promise.all([before, after].map((one) => definitionOf(context, one)));
  if (old == null || next == null) return null;
  const inside = differencesOf(model, old, next);
  const digests = digestsOf(before, after);
  return [...own, ...inside, ...sameImages(next, digests, inside)].map((one) =>
    toRevisionChange(model, one, context, digests.get(one.path[1] ?? '')),
  );
}

async function definitionOf(
  context: GraphContext,
  { taskDefinition }: ServiceRevision,
): Promise<TaskDefinition | null> {
  return taskDefinition === undefined ? null : readable(context, 'TaskDefinition', taskDefinition);
}

/** @throws {GraphQLError} FORBIDDEN */
export async function readable<Kind extends 'TaskDefinition' | 'ServiceRevision'>(
  context: GraphContext,
  kind: Kind,
  arn: string,
): Promise<EntityShapes[Kind] | null> {
  await mustRead(context, kind, arn);
  return context.loaders.of(kind).load({ id: arn });
}

interface Digests {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The digests of the revisions by container. */
function digestsOf(before: ServiceRevision, after: ServiceRevision): ReadonlyMap<string, Digests> {
  const of = ({ containerImages = [] }: ServiceRevision) =>
    new Map(containerImages.map(({ containerName = '', imageDigest }) => [containerName, imageDigest]));
  const [old, next] = [of(before), of(after)];
  return new Map([...next].map(([container, digest]) => [container, { before: old.get(container), after: digest }]));
}

/** Images whose name stays while the tag now means another digest. */
function sameImages(
  { containerDefinitions = [] }: TaskDefinition,
  digests: ReadonlyMap<string, Digests>,
  others: readonly Difference[],
): Difference[] {
  return containerDefinitions.flatMap(({ name = '', image }): Difference[] => {
    const { before, after } = digests.get(name) ?? {};
    const isListed = others.some(({ path }) => path[1] === name && (path.length === 2 || path[2] === 'image'));
    if (before === undefined || after === undefined || before === after || isListed) return [];
    return [{ path: ['containers', name, 'image'], subject: 'IMAGE', before: image, after: image, secret: undefined }];
  });
}
