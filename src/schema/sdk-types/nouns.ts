import type { ObjectRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import type { NOUNS, NounName } from '../core/overrides.ts';
import type { OperationName, Structures } from '../generated/types.ts';

/** Any SDK structure in which ECS describes a noun. */
export type NounData<Name extends NounName> = Structures[(typeof NOUNS)[Name][number]];

/** Context of a noun in an answer: old ARNs lack their cluster, which the input or the parent may name. */
export interface Surroundings {
  /** The input of the mutation. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The SDK object that contains the noun. */
  readonly parent: Readonly<Record<string, unknown>>;
}

/** How generated types link to a noun. */
export interface Noun<Name extends NounName, Source extends object> {
  readonly ref: ObjectRef<Types, Source>;
  /** Creates the GraphQL source of an object that ECS returned. */
  readonly wrap: (data: NounData<Name>, context: GraphContext, surroundings: Surroundings) => Source;
  /** Creates the source from an ARN (or name); null gives null. Without it, no generated type links here. */
  readonly link?: (
    arnOrName: string,
    context: GraphContext,
    info: GraphQLResolveInfo,
    surroundings: Surroundings,
  ) => MaybePromise<Source | null>;
  /** The operation that describes it for a link, and its batch size. */
  readonly describedBy?: { readonly operation: OperationName; readonly batch: number };
}

/** A noun as the generated types see it, whatever its source is. */
export type AnyNoun = Noun<NounName, object>;

/**
 * The linked types that the graph has so far. Field thunks read it when the schema is built, so the order of files does
 * not matter.
 */
export class Nouns {
  readonly #nouns = new Map<NounName, AnyNoun>();

  set<Name extends NounName, Source extends object>(name: Name, noun: Noun<Name, Source>): void {
    if (this.#nouns.has(name)) throw new Error(`${name} is registered twice`);
    this.#nouns.set(name, noun as unknown as AnyNoun);
  }

  get(name: NounName): AnyNoun | undefined {
    return this.#nouns.get(name);
  }
}
