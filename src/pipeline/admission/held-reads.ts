import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Principal } from '../../auth/principal.ts';
import { areConstant, HELD_LISTS, unannouncedAmong } from '../../ecs/held/announced-members.ts';
import { membersRead } from '../../schema/graph/selection.ts';
import type { Caller, Operation } from '../core/request-context.ts';

type HeldKind = keyof typeof HELD_LISTS;

/** Accounts, regions and clusters that a field names; absent means all. */
export interface Place {
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly clusters?: readonly string[] | undefined;
}

/** The inventory as estimates see it. */
export interface HeldFleet {
  /** The share of the clusters, from 0 to 1, whose reads are calls at the moment. */
  readonly unheldShare: (place: Place) => number;
  /** The same share once the clusters that are being listed are held. */
  readonly unheldOnceFilled: (place: Place) => number;
  /** For how long clusters have been listed that are not held yet, in milliseconds; undefined if none is being listed. */
  readonly fillingForMs: () => number | undefined;
  /** Members that are read of each resource of a kind to decide about a principal's permission. */
  readonly decidingMembers: (principal: Principal, kind: HeldKind, reads: ReadonlySet<string>) => readonly string[];
}

/** Which parts of a field's cost the inventory answers. */
export interface HeldParts {
  readonly list: boolean;
  readonly describe: boolean;
}

/** Returns the members that are read to filter and sort, from arguments that were not checked yet. */
type MembersOfArguments = (args: Readonly<Record<string, unknown>>) => readonly string[];

const NONE: HeldParts = { list: false, describe: false };

/** The reads of one operation that an inventory answers. */
export class HeldReads {
  readonly unheldShare: HeldFleet['unheldShare'];
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #reads: ReadonlySet<string>;
  readonly #decidingMembers: (kind: HeldKind) => readonly string[];

  constructor(
    { unheldShare, decidingMembers }: HeldFleet,
    principal: Principal,
    schema: GraphQLSchema,
    document: DocumentNode,
  ) {
    this.unheldShare = unheldShare;
    this.#schema = schema;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    this.#reads = membersRead(schema, document);
    this.#decidingMembers = (kind) => decidingMembers(principal, kind, this.#reads);
  }

  /** @param given an argument of the field; undefined if it is null or absent */
  partsOf(
    node: FieldNode,
    { type, args, extensions }: GraphQLField<unknown, unknown>,
    given: (argument: string) => unknown,
  ): HeldParts {
    const { list, describe, held } = (extensions.ecsCost ?? {}) as Readonly<Record<string, unknown>>;
    if (describe === undefined || (list !== undefined && held !== true)) return NONE;
    const { name } = getNamedType(type);
    const kind = name.replace(/Connection$/, '');
    if (!isHeldKind(kind)) return NONE;
    const { membersOfArguments } = extensions as { readonly membersOfArguments?: MembersOfArguments };
    const ofArguments = membersOfArguments?.(Object.fromEntries(args.map(({ name }) => [name, given(name)]))) ?? [];
    return {
      list: list !== undefined && !HELD_LISTS[kind].unheldFilters.some((filter) => given(filter) !== undefined),
      describe: this.#isAnnounced(kind, ofArguments, this.#selectionsOf(node, kind, name)),
    };
  }

  /** Whether events show every member that is read of the resources. */
  #isAnnounced(kind: HeldKind, ofArguments: readonly string[], sets: readonly SelectionSetNode[]): boolean {
    const members = new Set([...this.#decidingMembers(kind), ...ofArguments]);
    for (const set of sets) {
      for (const { name } of this.#fieldsOf(set)) {
        if (name.value.startsWith('__')) continue;
        const needs = this.#fieldOf(kind, name.value)?.extensions.members;
        for (const member of Array.isArray(needs) ? (needs as string[]) : [name.value]) members.add(member);
      }
    }
    return areConstant(kind, unannouncedAmong(kind, members, this.#reads));
  }

  /** The selections on the resources: of the field itself, or of the nodes of its connection. */
  #selectionsOf(node: FieldNode, kind: HeldKind, type: string): readonly SelectionSetNode[] {
    const whole = node.selectionSet === undefined ? [] : [node.selectionSet];
    if (type === kind) return whole;
    const below = (sets: readonly SelectionSetNode[], name: string) =>
      sets
        .flatMap((set) => this.#fieldsOf(set))
        .flatMap((field) => (field.name.value === name ? (field.selectionSet ?? []) : []));
    return [...below(whole, 'nodes'), ...below(below(whole, 'edges'), 'node')];
  }

  /** Fields of fragments on interfaces are among them. */
  #fieldsOf({ selections }: SelectionSetNode): readonly FieldNode[] {
    return selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
      return fragment === undefined ? [] : this.#fieldsOf(fragment.selectionSet);
    });
  }

  #fieldOf(type: string, name: string): GraphQLField<unknown, unknown> | undefined {
    const found = this.#schema.getType(type);
    return isObjectType(found) ? found.getFields()[name] : undefined;
  }
}

/**
 * The reads of an operation that an inventory answers; undefined if it answers no read. Mutations read what they write, a subscription outlives
 * the moment, and a caller may ask for reads.
 */
export function heldReadsOf(
  schema: GraphQLSchema,
  fleet: HeldFleet | undefined,
  { document }: Operation,
  { operation }: OperationDefinitionNode,
  { principal, fresh }: Pick<Caller, 'principal' | 'fresh'>,
): HeldReads | undefined {
  if (fleet === undefined || operation !== 'query' || fresh === true) return undefined;
  return new HeldReads(fleet, principal, schema, document);
}

/** The reads of an operation that the inventory will answer when it is filled; undefined if it is not being filled. */
export function heldOnceFilled(
  schema: GraphQLSchema,
  fleet: HeldFleet | undefined,
  operation: Operation,
  node: OperationDefinitionNode,
  caller: Pick<Caller, 'principal' | 'fresh'>,
): { readonly held: HeldReads; readonly fillingForMs: number } | undefined {
  const fillingForMs = fleet?.fillingForMs();
  if (fleet === undefined || fillingForMs === undefined) return undefined;
  const held = heldReadsOf(schema, { ...fleet, unheldShare: fleet.unheldOnceFilled }, operation, node, caller);
  return held && { held, fillingForMs };
}

function isHeldKind(kind: string): kind is HeldKind {
  return Object.hasOwn(HELD_LISTS, kind);
}
