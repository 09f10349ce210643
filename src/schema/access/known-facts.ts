import { type EntityKind, homeOf, KINDS } from '../../ecs/core/describe-specs.ts';
import type { EcsSession } from '../../ecs/request-session.ts';
import type { Loaders } from '../../loaders/index.ts';
import type { Known, Resource } from '../../policy/model/resource.ts';
import type { Tags } from './action-facts.ts';

/** How a request reads the facts that decisions need. */
export interface AccessReader {
  readonly ecs: EcsSession;
  readonly loaders: Loaders;
}

type Source = Readonly<Record<string, unknown>>;

const MEMBERS: readonly string[] = ['tags', 'group'];
const NO_TAGS: Tags = [];

/** The tags of a resource, and the service of a task; undefined if they cannot be read. */
export async function readKnown(
  { type, id, parents }: Resource,
  { ecs, loaders }: AccessReader,
): Promise<Known | undefined> {
  // Deployments, revisions and accounts have no tags: the tags of their service or parent count.
  if (type === 'Account' || type === 'Region' || type === 'Family') return { tags: {} };
  const owner = ['ServiceDeployment', 'ServiceRevision', 'DaemonDeployment', 'DaemonRevision', 'GatewayRoute'].includes(
    type,
  )
    ? parents[0]
    : undefined;
  if (owner !== undefined && ['Service', 'Daemon', 'Gateway'].includes(owner.type)) {
    return readKnown({ ...owner, parents: parents.slice(1) }, { ecs, loaders });
  }
  try {
    const kind = type as EntityKind;
    if (!Object.hasOwn(KINDS[kind].includes, 'tags')) {
      const { tags } = await ecs.read('ListTagsForResource', { resourceArn: id });
      return { tags: tagsIn(tags ?? []) };
    }
    const item = await loaders.of(kind).load({ id, cluster: homeOf(kind, id), members: MEMBERS });
    if (item === null) return undefined;
    const record = item as unknown as Source;
    return { tags: tagsIn(record.tags ?? []), service: type === 'Task' ? serviceIn(record.group) : undefined };
  } catch {
    return undefined;
  }
}

/** Tags of a resource that this request has described with its tags; undefined if it has not. Makes no call. */
export function tagsRead(noun: EntityKind, arn: string, { loaders }: AccessReader): unknown {
  if (!Object.hasOwn(KINDS[noun].includes, 'tags')) return undefined;
  const found = loaders.of(noun).found(arn, MEMBERS);
  if (found === undefined || found instanceof Promise) return undefined;
  return (found as Source).tags ?? NO_TAGS;
}

export function serviceIn(group: unknown): string | undefined {
  return typeof group === 'string' && group.startsWith('service:') ? group.slice('service:'.length) : undefined;
}

export function tagsIn(tags: unknown): Readonly<Record<string, string>> | undefined {
  if (!Array.isArray(tags)) return undefined;
  return Object.fromEntries(tags.map(({ key, value }: { key?: string; value?: string }) => [key ?? '', value ?? '']));
}
