import { clusterNameOf } from '../../ecs/core/arn.ts';
import type { KnownSizes, SizesOfScope } from '../../ecs/lists/fleet-sizes.ts';
import type { ScopeEntry, Scopes } from '../core/scopes.ts';
import { arnOfText } from './references.ts';

/** Reads how much there is in the scopes of a gateway, for estimates of cost. Makes no call. The same object until an answer of ECS may have changed it. */
export function createSizes({ entries, standard, isConfigured }: Scopes): () => KnownSizes {
  if (!isConfigured) return () => standard.services.upstream.sizes.read();
  let parts: readonly SizesOfScope[] = [];
  const covered: KnownSizes['covered'] = (accounts, regions) =>
    parts.filter((_, index) => isNamed(entries[index] as ScopeEntry, accounts, regions));
  let sizes: KnownSizes = { covered };
  return () => {
    const now = entries.map(({ opened }) => opened?.upstream.sizes.read() ?? NOTHING);
    if (now.length !== parts.length || now.some((part, index) => part !== parts[index])) {
      parts = now;
      sizes = { ...totalOf(now), covered };
    }
    return sizes;
  };
}

/**
 * The share of clusters whose reads are calls, in the accounts and regions that a field names. A scope that was not opened, or has no
 * inventory, answers nothing from memory.
 */
export function createUnheldShare({ entries }: Scopes, isFilled = false) {
  return ({ accounts, regions, clusters }: Placed): number => {
    const names = clusters?.map((text) => clusterNameOf(arnOfText(text)?.name ?? text));
    const shares = entries
      .filter((entry) => isNamed(entry, accounts, regions))
      .map(({ opened }) => opened?.describer.held?.unheldShare(names, isFilled) ?? 1);
    return shares.length === 0 ? 1 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
}

/** For how long the inventory has been listing clusters that it does not hold yet, in milliseconds; undefined if it lists none. */
export function createFillingFor({ entries }: Scopes) {
  return (): number | undefined => {
    const times = entries.flatMap(({ opened }) => opened?.describer.held?.fillingForMs ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  };
}

interface Placed {
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly clusters?: readonly string[] | undefined;
}

function isNamed(
  { alias, scope }: ScopeEntry,
  accounts: readonly string[] | undefined,
  regions: readonly string[] | undefined,
): boolean {
  return (
    (accounts?.some((account) => account === alias || account === scope.account) ?? true) &&
    (regions?.includes(scope.region) ?? true)
  );
}

const NOTHING: SizesOfScope = {};
const IN_CLUSTERS = ['services', 'tasks', 'containerInstances'] as const;

/** All clusters, and the largest of them: known when each scope has been read. */
function totalOf(parts: readonly SizesOfScope[]): SizesOfScope {
  if (parts.some(({ clusters }) => clusters === undefined)) return {};
  const found: { -readonly [Name in keyof SizesOfScope]: SizesOfScope[Name] } = {
    clusters: parts.reduce((sum, { clusters = 0 }) => sum + clusters, 0),
  };
  // A scope without clusters has no sizes of them.
  const filled = parts.filter(({ clusters }) => clusters !== 0);
  for (const name of IN_CLUSTERS) {
    const known = filled.flatMap((part) => part[name] ?? []);
    if (known.length > 0 && known.length === filled.length) found[name] = Math.max(...known);
  }
  return found;
}

/** Reads the sizes of all scopes, at most once in half a minute each. */
export function readAllSizes(
  { entries }: Scopes,
  createReader: (services: ScopeEntry['services']) => () => Promise<void>,
): () => Promise<void> {
  const readers = new Map<ScopeEntry, () => Promise<void>>();
  return async () => {
    await Promise.all(
      entries.map((entry) => {
        const reader = readers.get(entry) ?? createReader(entry.services);
        readers.set(entry, reader);
        return reader();
      }),
    );
  };
}
