import {
  defaultFieldResolver,
  type GraphQLArgument,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
} from 'graphql';
import { EcsError } from '../../ecs/core/errors.ts';
import { findOwner } from '../../ecs/find-owner.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { ScopeEntry } from '../core/scopes.ts';
import { contextOfEvent } from './event-scopes.ts';
import { type JoinBodies, mergeStreams } from './merge-streams.ts';
import { arnOfText } from './references.ts';
import { type Reach, reachOf, SCOPE_ARGUMENTS } from './scope-arguments.ts';
import { bound, type Field, type Resolver, readAcross, resolveIn } from './scoped-values.ts';
import {
  type Args,
  chooseOne,
  chooseSeveral,
  choosesScopes,
  entryOf,
  nameOf,
  withoutScopeArguments,
} from './select-scopes.ts';

/** Makes a root field choose its accounts and regions by its arguments. */
export function routeRoot(schema: GraphQLSchema, type: GraphQLObjectType, field: Field): void {
  const reach = reachOf(schema, type, field);
  if (reach === 'gateway') return;
  const { args: definitions, subscribe } = field;
  if (subscribe !== undefined)
    field.subscribe = streamOf(reach, definitions, subscribe, field.extensions.joinBodies as JoinBodies | undefined);
  const isObject = isCompositeType(getNamedType(field.type));
  const resolve: Resolver = field.resolve ?? defaultFieldResolver;
  field.extensions = { ...field.extensions, pothosResolveWrapped: true };
  field.resolve = (source, args, context, info) => {
    const { scopes } = context.services;
    if (!scopes.isConfigured) return resolveUnconfigured(resolve, source, args, context, info);
    const ofEvent = subscribe === undefined ? undefined : contextOfEvent(source, context);
    if (ofEvent !== undefined)
      return resolveIn(ofEvent, () => resolve(source, withoutScopeArguments(args), ofEvent, info), isObject);
    if (reach === 'ids') return resolveEach(resolve, source, args, context, info);
    if (reach === 'several') {
      const parts = chooseSeveral(scopes, definitions, args);
      const [only] = parts;
      if (only === undefined || parts.length > 1) {
        const inEach = parts.map(({ entry, args }) => ({ context: context.in(entry), args, source }));
        return readAcross(inEach, field, resolve, context, info);
      }
      const own = context.in(only.entry);
      return resolveIn(own, () => resolve(source, only.args, own, info), isObject);
    }
    const chosen = chooseOne(scopes, definitions, args);
    const own = context.in(chosen.entry);
    const read = () => resolve(source, chosen.args, own, info);
    return resolveIn(own, chosen.isDefault ? () => sayingWhere(read, chosen.entry) : read, isObject);
  };
}

/** The streams of a subscription field in the scopes that its arguments choose. */
function streamOf(
  reach: Reach,
  definitions: readonly GraphQLArgument[],
  subscribe: NonNullable<Field['subscribe']>,
  join: JoinBodies = ([first = {}]) => first,
): NonNullable<Field['subscribe']> {
  return async (source, args, context, info) => {
    const { scopes } = context.services;
    if (!scopes.isConfigured) return resolveUnconfigured(subscribe, source, args, context, info);
    if (reach === 'several') {
      const parts = chooseSeveral(scopes, definitions, args);
      return mergeStreams(parts, args, context, info, join, (own, given) => subscribe(source, given, own, info));
    }
    const chosen = chooseOne(scopes, definitions, args);
    const own = context.in(chosen.entry);
    const follow = () => subscribe(source, chosen.args, own, info);
    return resolveIn(own, chosen.isDefault ? () => sayingWhere(follow, chosen.entry) : follow, false);
  };
}

/** A name that does not exist in the default scope may exist in another one: the error says where it was looked for. */
async function sayingWhere(read: () => unknown, entry: ScopeEntry): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof EcsError) || error.code !== 'NOT_FOUND') throw error;
    throw error.at(error.argument, `in ${nameOf(entry)}, the default; \`account\` and \`region\` name another`);
  }
}

/** The field `nodes`: each id in its own scope, in the order of the ids. */
async function resolveEach(
  resolve: Resolver,
  source: unknown,
  args: Args,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const { scopes } = context.services;
  const ids = (args.ids as readonly unknown[]).map(String);
  const entries = ids.map((id) => {
    const arn = arnOfText(id);
    return arn === undefined ? scopes.standard : entryOf(scopes, 'ids', arn);
  });
  const found: unknown[] = new Array(ids.length);
  await Promise.all(
    [...new Set(entries)].map(async (entry) => {
      const own = context.in(entry);
      const mine = ids.filter((_id, index) => entries[index] === entry);
      const values = (await resolve(source, { ids: mine }, own, info)) as unknown[];
      let next = 0;
      for (const [index, other] of entries.entries()) {
        if (other === entry) {
          const value = values[next];
          found[index] =
            value instanceof Promise ? value.then((settled: unknown) => bound(settled, own)) : bound(value, own);
          next += 1;
        }
      }
    }),
  );
  return found;
}

/**
 * Without a scopes file there is one account and one region, and arguments may name no other.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
function resolveUnconfigured(
  resolve: (source: unknown, args: Args, context: GraphContext, info: GraphQLResolveInfo) => unknown,
  source: unknown,
  args: Args,
  context: GraphContext,
  info: GraphQLResolveInfo,
): unknown {
  const isChosen = choosesScopes(args);
  const given = Object.keys(args).some((name) => SCOPE_ARGUMENTS.has(name)) ? withoutScopeArguments(args) : args;
  if (!isChosen) return resolve(source, given, context, info);
  return checkOnly(args, context).then(() => resolve(source, given, context, info));
}

async function checkOnly(args: Args, { services }: GraphContext): Promise<void> {
  const { upstream, describer, readDeadlineMs } = services;
  const { region } = upstream.scope;
  for (const name of ['region', 'regions']) {
    const other = [args[name] ?? []].flat().find((given) => given !== region);
    if (other !== undefined) throw badUserInput(name, `names another region; this gateway serves ${region}`);
  }
  for (const name of ['account', 'accounts']) {
    for (const given of [args[name] ?? []].flat().map(String)) {
      const isItself =
        given === upstream.scope.account ||
        (/^\d{12}$/.test(given) && given === (await findOwner(upstream, describer, readDeadlineMs)).account);
      if (!isItself) throw badUserInput(name, 'names another account; this gateway serves one, as it has no SCOPES');
    }
  }
}
