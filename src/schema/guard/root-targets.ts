import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { Decision } from '../../policy/cedar/policy-set.ts';
import type { ActionName } from '../../policy/model/actions.ts';
import type { Access } from '../access/access.ts';
import { forbidden } from '../access/forbidden.ts';
import { isNoun } from '../access/nouns.ts';
import type { GraphContext } from '../core/context.ts';
import { REFERENCES } from '../core/overrides.ts';
import { arnTypeOf, readReference } from '../core/reference.ts';
import type { WantedClusters } from '../lists/clusters.ts';
import type { Check } from './rules.ts';

type Args = Readonly<Record<string, unknown>>;
type Maybe<T> = T | Promise<T>;

/** A resource that arguments name. */
interface Named {
  readonly noun: EntityKind | undefined;
  readonly text: string;
  readonly cluster: string | undefined;
}

/** Arguments that name nouns and are not members of ECS's requests. */
const ARGUMENTS: Readonly<Record<string, EntityKind>> = {
  clusters: 'Cluster',
  daemonDeploymentArn: 'DaemonDeployment',
  from: 'TaskDefinition',
  services: 'Service',
  to: 'TaskDefinition',
};

/**
 * Makes the decisions that a field needs before it is resolved.
 * @param source the object with the field; undefined for root fields
 * @returns undefined if all decisions are already known and allow it
 * @throws {GraphQLError} FORBIDDEN
 */
export function checkBefore(
  context: GraphContext,
  typeName: string,
  source: object | undefined,
  args: Args,
  checks: readonly Check[],
): Promise<void> | undefined {
  const { access } = context;
  if (access === undefined) return undefined;
  const holder = isNoun(typeName) && source !== undefined ? { noun: typeName, source } : undefined;
  const pending = checks.flatMap((check) => {
    const checked = checkOne(context, access, check, {
      holder,
      source,
      args: holder === undefined ? argsOf(source, args) : args,
    });
    return checked instanceof Promise ? [checked] : [];
  });
  return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
}

/** Fields of a payload are decided by the mutation's decision. */
function argsOf(source: object | undefined, args: Args): Args {
  const { input } = (source ?? {}) as { readonly input?: Args };
  return { ...input, ...args };
}

interface Holder {
  readonly noun: EntityKind;
  readonly source: object;
}

/** The checked field: its object and its arguments. */
interface Checked {
  readonly holder: Holder | undefined;
  readonly source: object | undefined;
  readonly args: Args;
}

function checkOne(
  context: GraphContext,
  access: Access,
  check: Check,
  { holder, source, args }: Checked,
): Maybe<void> | undefined {
  switch (check.check) {
    case 'any':
      if (!check.nouns.some((noun) => access.mayReadAny(noun, undefined)))
        throw forbidden(list(check.nouns), undefined, NOT_ALLOWED);
      return undefined;
    case 'all': {
      const denied = check.nouns.find((noun) => !access.readsAll(noun));
      if (denied !== undefined) throw forbidden(KINDS[denied].operation, undefined, NOT_ALLOWED);
      return undefined;
    }
    case 'count': {
      const clusters = holder === undefined ? clustersOf(source) : [clusterOf(holder)];
      const denied = check.nouns.find((noun) => !clusters.every((cluster) => access.readsAll(noun, cluster)));
      if (denied !== undefined) throw forbidden(KINDS[denied].operation, undefined, NOT_ALLOWED);
      return undefined;
    }
    case 'write':
      return access.checkTargets(check.operation, toInput(context, args));
    case 'action':
      return allowed(check.action, decisionsOn(context, access, check.action, holder, args));
    case 'follow': {
      const named = namedIn(context, args);
      const things = named.filter(({ noun }) => noun !== undefined && noun !== 'Cluster');
      const decisions = things.map(({ noun, text, cluster }) =>
        access.byName(noun === undefined ? check.list : KINDS[noun].operation, noun, text, cluster),
      );
      return decisions.length > 0
        ? allowed(check.list, decisions)
        : allowed(check.list, decisionsOn(context, access, check.list, undefined, args));
    }
    case 'list': {
      const clusters = namedIn(context, args).flatMap(({ noun, text }) => (noun === 'Cluster' ? [text] : []));
      const { noun, action } = check;
      const homes = holder === undefined ? (clusters.length > 0 ? clusters : [undefined]) : [clusterOf(holder)];
      const isReadable = noun === undefined || homes.some((home) => access.mayReadAny(noun, home));
      if (!isReadable) throw forbidden(KINDS[noun].operation, undefined, NOT_ALLOWED);
      const onList = decisionsOn(context, access, action, holder, args);
      return whenAll(onList, (decisions) => {
        const forbids = decisions.find(({ isAllowed, policies }) => !isAllowed && policies.length > 0);
        if (forbids !== undefined) throw forbidden(action, undefined, forbids);
      });
    }
  }
}

function list([noun = 'Cluster']: readonly EntityKind[]): ActionName {
  return KINDS[noun].operation;
}

const NOT_ALLOWED: Decision = { isAllowed: false, policies: [] };

/** Decisions on an action: on the noun with the field, or on everything that the arguments name, or in the Region. */
function decisionsOn(
  context: GraphContext,
  access: Access,
  action: ActionName,
  holder: Holder | undefined,
  args: Args,
): Maybe<Decision>[] {
  if (holder !== undefined) return [access.onNoun(holder.noun, holder.source, action)];
  const named = namedIn(context, args);
  const below = named.filter(({ noun }) => noun !== 'Cluster');
  const targets = below.length > 0 ? below : named;
  if (targets.length === 0) return [access.inRegion(action)];
  return targets.map(({ noun, text, cluster }) => access.byName(action, noun, text, cluster));
}

function allowed(action: ActionName, decisions: readonly Maybe<Decision>[]): Maybe<void> {
  return whenAll(decisions, (settled) => {
    const denied = settled.find(({ isAllowed }) => !isAllowed);
    if (denied !== undefined) throw forbidden(action, undefined, denied);
  });
}

function whenAll(decisions: readonly Maybe<Decision>[], next: (decisions: readonly Decision[]) => void): Maybe<void> {
  if (decisions.some((decision) => decision instanceof Promise)) return Promise.all(decisions).then(next);
  return next(decisions as readonly Decision[]);
}

/** Every resource that arguments name, with its cluster if the name does not contain it. */
function namedIn({ ecs }: GraphContext, args: Args): Named[] {
  const { region } = ecs.scope;
  const found = Object.entries(args).flatMap(([argument, value]): Named[] => {
    const rule = REFERENCES[argument];
    const noun = ARGUMENTS[argument] ?? rule?.noun;
    if (rule === undefined && noun === undefined) return [];
    return [value ?? []].flat().map((text) => {
      const read = readReference(region, argument, noun && arnTypeOf(noun), String(text));
      return { noun: noun as EntityKind | undefined, text: read.text, cluster: read.cluster };
    });
  });
  const home = found.find(({ noun }) => noun === 'Cluster')?.text ?? found.find(({ cluster }) => cluster)?.cluster;
  return found.map((one) => ({ ...one, cluster: one.cluster ?? home ?? 'default' }));
}

/** The input of a mutation in ECS's form: names and ARNs instead of ids. */
function toInput(context: GraphContext, args: Args): object {
  const given = { ...((args.input as Args | undefined) ?? args) };
  for (const [name, value] of Object.entries(given)) {
    const noun = REFERENCES[name]?.noun;
    if (noun === undefined || value === null || value === undefined) continue;
    const read = (text: unknown) =>
      readReference(context.ecs.scope.region, `input.${name}`, arnTypeOf(noun), String(text));
    given[name] = Array.isArray(value) ? value.map((text) => read(text).text) : read(value).text;
    const [home] = [value].flat().flatMap((text) => read(text).cluster ?? []);
    if (home !== undefined && (given.cluster ?? null) === null) given.cluster = home;
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

function clusterOf({ noun, source }: Holder): string | undefined {
  const { clusterArn, cluster } = source as { readonly clusterArn?: string; readonly cluster?: string };
  // The users of a task definition are not known before the search.
  return noun === 'TaskDefinition' || noun === 'CapacityProvider' ? undefined : (clusterArn ?? cluster);
}

/** The clusters of a field that counts over several clusters. */
function clustersOf(source: object | undefined): readonly (string | undefined)[] {
  const { names } = (source ?? {}) as Partial<WantedClusters>;
  return names ?? [undefined];
}
