import type { EnumRef, FieldMap, ObjectRef } from '@pothos/core';
import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { parseArn } from '../../ecs/core/arn.ts';
import { arnOf, type EntityKind, type EntityShapes, homeOf, inCluster, KINDS } from '../../ecs/core/describe-specs.ts';
import { type ListOperation, pageSizeOf } from '../../ecs/core/list-operations.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import { type ActionName, writesOn } from '../../policy/model/actions.ts';
import { resourceTypeOf } from '../access/nouns.ts';
import { type Count, MOST_COUNTED_PAGES } from '../connections/count-list.ts';
import type { ConnectionSource } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import { encodeNodeId, type NodeKey } from '../core/node-id.ts';
import type { NounName } from '../core/overrides.ts';
import type { FillValue } from '../sdk-types/fill.ts';
import type { Surroundings } from '../sdk-types/nouns.ts';
import { Graph, type ObjectFields } from '../sdk-types/sdk-graph.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';
import { addActions } from './action-enum.ts';
import { type EntityRef, resolveLink } from './entity.ts';
import { selectedMembers } from './selection.ts';
import { addTaggable, isTaggable, tagField } from './taggable.ts';

/** The GraphQL source of each linked type: the SDK's own object, or the part of it that its ARN contains. */
export type Sources = EntityShapes;

/** Loads a noun from the content of its id. Null if it no longer exists. */
export type FetchNode = (key: NodeKey, context: GraphContext, members: ReadonlySet<string>) => Promise<object | null>;

export interface NounOptions<Name extends NounName> {
  readonly description: string;
  /** Descriptions of the generated fields. */
  readonly words: Readonly<Record<string, string>>;
  /** The content of its id, and the members that are read for it. */
  readonly key: (source: Sources[Name]) => readonly [string, ...string[]];
  readonly keyMembers: readonly string[];
  readonly fetch: FetchNode;
  /** Links and other fields beside the generated ones. */
  readonly fields?: (t: ObjectFields<Sources[Name]>) => FieldMap;
  readonly omit?: readonly string[];
  /** Resolves an ARN in another object. Without it, generated fields do not link to this type. */
  readonly link?: (
    arnOrName: string,
    context: GraphContext,
    info: GraphQLResolveInfo,
    parent: Readonly<Record<string, unknown>>,
  ) => MaybePromise<Sources[Name] | null>;
  /** The cost of such a link. */
  readonly describedBy?: { readonly operation: OperationName; readonly batch: number };
}

/** Structures that ECS embeds in others, and that have ids of their own here. */
const EMBEDDED_NODES = ['Container', 'Deployment'] as const;

/** The graph with features that its linked nouns share: node ids and connections. */
export class EcsGraph extends Graph<{ [Name in NounName]: Sources[Name] }> {
  readonly nodeInterface: PothosSchemaTypes.InterfaceRef<Types, object>;
  readonly #taggable: PothosSchemaTypes.InterfaceRef<Types, object>;
  readonly #fetchers = new Map<string, FetchNode>();
  readonly #nodeTypes = new WeakMap<object, string>();
  readonly #connections = new Map<string, ObjectRef<Types, ConnectionSource<object>>>();
  #count: ObjectRef<Types, Count> | undefined;
  #pageInfo: ObjectRef<Types, ConnectionSource<object>['pageInfo']> | undefined;

  /** The enum of actions that policies decide. */
  readonly actions: EnumRef<Types, ActionName>;

  constructor() {
    super();
    this.actions = addActions(this.builder);
    this.#taggable = addTaggable(this.builder, () => this.outputType('Tag'));
    this.nodeInterface = this.builder.interfaceRef<object>('Node').implement({
      description: 'Anything that has an id of its own and can be fetched again by it (Relay).',
      resolveType: (source) => this.#nodeTypes.get(source),
      fields: (t) => ({
        id: t.id({
          nullable: false,
          description: 'Opaque and lasting: it survives renamed accounts, and is good for `node(id)` and for caches.',
          resolve: () => '',
        }),
      }),
    });
    for (const structure of EMBEDDED_NODES) this.implementing(structure, this.nodeInterface);
  }

  /** Finds Nodes of a type that is no noun by what their ids wrap. */
  addFetcher(type: string, fetch: FetchNode): void {
    this.#fetchers.set(type, fetch);
  }

  /** Adds a linked type that is described by ARN in batches, with the fields of the SDK's shape and its own links. */
  addEntity<Kind extends EntityKind>(
    kind: Kind,
    options: Pick<NounOptions<Kind>, 'description' | 'words' | 'fields' | 'omit'> & {
      readonly inCluster: boolean;
      /** The member with its ARN, if that is not the kind's name and `Arn`. */
      readonly arnMember?: string;
    },
  ): ObjectRef<Types, Sources[Kind]> {
    const arnOf = KINDS[kind].arnOf as (source: Sources[Kind]) => string | undefined;
    const clusterOf = (source: object) => (source as { clusterArn?: string }).clusterArn;
    const { arnMember = `${kind[0]?.toLowerCase()}${kind.slice(1)}Arn` } = options;
    const words: Readonly<Record<string, string>> = options.words;
    return this.addNoun(kind, {
      ...options,
      describedBy: KINDS[kind],
      fields: (t) => ({
        // The identifying member is never null: ECS always sends it.
        [arnMember]: t.expose(
          arnMember as never,
          {
            type: 'String',
            nullable: false,
            description: words[arnMember],
          } as never,
        ),
        ...options.fields?.(t),
      }),
      keyMembers: [arnMember, ...(options.inCluster ? ['clusterArn'] : [])],
      key: (source) => {
        const arn = arnOf(source) ?? '';
        const cluster = options.inCluster ? clusterOf(source) : undefined;
        return cluster === undefined || parseArn(arn)?.cluster !== undefined ? [arn] : [arn, cluster];
      },
      fetch: ({ parts: [id, clusterArn] }, context, members) => {
        const denied = context.access?.deniedByName(kind, id, clusterArn);
        if (denied !== undefined) return Promise.resolve(denied);
        return context.loaders.of(kind).load({ id, cluster: homeOf(kind, id, clusterArn), members });
      },
      link: (arn, context, info, parent) => {
        const clusterArn = clusterOf(parent);
        const ref: EntityRef = options.inCluster && clusterArn !== undefined ? { arn, clusterArn } : { arn };
        return resolveLink(context, info, kind, ref) as MaybePromise<Sources[Kind] | null>;
      },
    });
  }

  /** Adds a linked type. */
  addNoun<Name extends NounName>(name: Name, options: NounOptions<Name>): ObjectRef<Types, Sources[Name]> {
    const { description, words, key, keyMembers, fetch, fields, omit, link, describedBy } = options;
    const ref = this.builder.objectRef<Sources[Name]>(name);
    ref.implement({
      description,
      interfaces: (isTaggable(name) ? [this.nodeInterface, this.#taggable] : [this.nodeInterface]) as never,
      fields: (t) => ({
        id: t.id({
          nullable: false,
          description: 'Opaque and stable: accepted by `node(id)`, and a key for caches.',
          extensions: { members: keyMembers },
          resolve: (source) => encodeNodeId({ type: name, parts: key(source as Sources[Name]) }),
        }),
        viewerActions: t.field({
          type: [this.actions],
          nullable: false,
          description:
            'The ECS write operations on it that the caller may make, at least with some input. All of them if the gateway has no ' +
            'policies. Costs no call, unless policies look at tags that nothing else reads.',
          extensions: { members: keyMembers, marks: ['viewerActions'] },
          resolve: async (source, _args, { access }) => [
            ...(access === undefined
              ? writesOn(resourceTypeOf(name))
              : await access.writesAllowedOn(name, source as object)),
          ],
        }),
        ...this.nounFields(name, t as ObjectFields<Sources[Name]>, words, omit),
        ...fields?.(t as ObjectFields<Sources[Name]>),
        ...(isTaggable(name) && tagField(name, t as ObjectFields<Sources[Name]>)),
      }),
    });
    this.#fetchers.set(name, fetch);
    this.registerNoun(name, {
      ref: ref as never,
      wrap: (data, _context, surroundings) => complete(name, data, surroundings) as Sources[Name],
      ...(describedBy && { describedBy }),
      ...(link && { link: (arn, context, info, { parent }) => link(arn, context, info, parent) }),
    });
    return ref;
  }

  /** Loads a node from the content of its id; undefined if no type of that name has ids. */
  async fetchNode(key: NodeKey, context: GraphContext, info: GraphQLResolveInfo): Promise<object | null | undefined> {
    const fetch = this.#fetchers.get(key.type);
    if (fetch === undefined) return undefined;
    const type = info.schema.getType(key.type) as GraphQLObjectType | undefined;
    // The contract that is served may lack a type that has ids.
    if (type === undefined) return undefined;
    const source = await fetch(key, context, selectedMembers(info, type));
    if (source !== null) this.#nodeTypes.set(source, key.type);
    return source;
  }

  /**
   * A resource that ECS names, as a Node of any kind: described only if its ARN does not contain the selected fields.
   * @returns null if it no longer exists
   */
  async linkNode(
    kind: EntityKind,
    ref: EntityRef,
    context: GraphContext,
    info: GraphQLResolveInfo,
  ): Promise<object | null> {
    const source = await resolveLink(context, info, kind, ref);
    if (source !== null) this.#nodeTypes.set(source, kind);
    return source;
  }

  /** `TaskConnection` for `Task`: edges, nodes, pageInfo. */
  connection<Node extends object>(
    name: string,
    node: ObjectRef<Types, Node>,
  ): ObjectRef<Types, ConnectionSource<Node>> {
    const existing = this.#connections.get(name);
    if (existing !== undefined) return existing as unknown as ObjectRef<Types, ConnectionSource<Node>>;
    const edge = this.builder.objectRef<ConnectionSource<Node>['edges'][number]>(`${name}Edge`).implement({
      description: `One ${name} of a list, with its cursor.`,
      fields: (t) => ({
        cursor: t.exposeString('cursor', {
          nullable: false,
          description: 'The cursor to pass as `after` for the next page.',
        }),
        node: t.expose('node', { type: node as never, nullable: false, description: `The ${name}.` } as never),
      }),
    });
    const connection = this.builder.objectRef<ConnectionSource<Node>>(`${name}Connection`).implement({
      description: `A page of a list of ${name} items. An item that was deleted since it was listed is omitted.`,
      fields: (t) => ({
        edges: t.expose('edges', {
          type: [edge],
          nullable: false,
          description: 'The items with their cursors.',
        } as never),
        nodes: t.expose('nodes', {
          type: [node],
          nullable: false,
          description: 'The items without their cursors.',
        } as never),
        pageInfo: t.field({
          type: this.#pageInfoType(),
          nullable: false,
          description: 'Whether the list continues, and from which cursor.',
          resolve: (source) => (source as ConnectionSource<object>).pageInfo,
        }),
        totalCount: t.field({
          type: this.#countType(),
          description: `Number of items in the whole list, counted from ECS's list without describing them. Costs one List call for each 100 items of each cluster that were not listed for the page or in the last 30 s, at most ${MOST_COUNTED_PAGES} for each list.`,
          extensions: { ecsCost: MOST_COUNTED_PAGES, ...SEMANTIC_NON_NULL },
          resolve: (source) => {
            const { countAll, nodes, pageInfo } = source as ConnectionSource<object>;
            if (countAll !== undefined) return countAll();
            const isWhole = !pageInfo.hasNextPage && !pageInfo.hasPreviousPage;
            return { value: nodes.length, precision: isWhole ? ('EXACT' as const) : ('AT_LEAST' as const) };
          },
        }),
      }),
    });
    this.#connections.set(name, connection as unknown as ObjectRef<Types, ConnectionSource<object>>);
    return connection;
  }

  /** Type and cost of a list of nouns that ECS lists, and describes if the list lacks selected members. */
  listed<Name extends EntityKind>(noun: Name, operation: ListOperation, members?: readonly string[]) {
    const { operation: describe, batch } = KINDS[noun];
    return {
      type: this.connection(noun, this.noun(noun).ref),
      extensions: {
        ...(members && { members }),
        operations: [operation, describe],
        ecsCost: { list: pageSizeOf(operation), describe: batch },
      },
    };
  }

  /**
   * The same for a field with the argument `clusters`: one list for each cluster that is read, and the list of
   * clusters.
   */
  listedAcross<Name extends EntityKind>(noun: Name, operation: ListOperation) {
    const { type, extensions } = this.listed(noun, operation);
    const { operations, ecsCost } = extensions;
    return {
      type,
      extensions: { operations: ['ListClusters', ...operations], ecsCost: { ...ecsCost, clusters: 'lists' as const } },
    };
  }

  private nounFields<Name extends NounName>(
    name: Name,
    t: ObjectFields<Sources[Name]>,
    words: Readonly<Record<string, string>>,
    omit: readonly string[] = [],
  ): FieldMap {
    const options = {
      descriptions: words,
      omit,
      readMissing: { tags: () => [], ...(name in KINDS && readIncludes(name)) },
    };
    return this.sdkFields(STRUCTURE_OF[name], t as never, options);
  }

  #countType(): ObjectRef<Types, Count> {
    const precision = () =>
      this.builder.enumType('CountPrecision', {
        description: 'The precision of a count.',
        values: {
          EXACT: { description: 'The exact number.' },
          AT_LEAST: { description: 'The list is longer than what was counted.' },
        } as const,
      });
    this.#count ??= this.builder.objectRef<Count>('Count').implement({
      description:
        'How many items a list has. Counting costs ECS calls, so that very long lists are not counted to their end.',
      fields: (t) => ({
        value: t.exposeInt('value', { nullable: false, description: 'How many were counted.' }),
        precision: t.expose('precision', {
          type: precision(),
          nullable: false,
          description: 'Whether that is all.',
        } as never),
        asOf: t.field({
          type: 'DateTime',
          nullable: false,
          description:
            "When the list was read, or the oldest of several lists, by ECS's clock. A list that was read in the last 30 s is not read again to be counted; writes " +
            'through this gateway since then are in the count.',
          resolve: ({ asOf }, _args, { ecs }) => asOf ?? ecs.now(),
        }),
      }),
    });
    return this.#count;
  }

  #pageInfoType(): ObjectRef<Types, ConnectionSource<object>['pageInfo']> {
    this.#pageInfo ??= this.builder.objectRef<ConnectionSource<object>['pageInfo']>('PageInfo').implement({
      description: 'The position of a page in its list (Relay).',
      fields: (t) => ({
        hasNextPage: t.exposeBoolean('hasNextPage', {
          nullable: false,
          description: 'Whether more may follow. ECS may announce more and then send an empty page.',
        }),
        hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
          nullable: false,
          description: 'Whether there are items before this page: true if `after` was given.',
        }),
        startCursor: t.exposeString('startCursor', { description: 'The first item; null on an empty page.' }),
        endCursor: t.exposeString('endCursor', {
          description: 'The cursor for `after` that continues the list; null if the page is empty.',
        }),
      }),
    });
    return this.#pageInfo;
  }
}

/** The structure in which ECS describes each noun. */
const STRUCTURE_OF = {
  CapacityProvider: 'CapacityProvider',
  Cluster: 'Cluster',
  ContainerInstance: 'ContainerInstance',
  Daemon: 'DaemonDetail',
  DaemonDeployment: 'DaemonDeployment',
  DaemonRevision: 'DaemonRevision',
  DaemonTaskDefinition: 'DaemonTaskDefinition',
  ExpressGatewayService: 'ECSExpressGatewayService',
  Gateway: 'Gateway',
  GatewayRoute: 'GatewayRoute',
  Service: 'Service',
  ServiceDeployment: 'ServiceDeployment',
  ServiceRevision: 'ServiceRevision',
  Task: 'Task',
  TaskDefinition: 'TaskDefinition',
  TaskSet: 'TaskSet',
} as const;

/**
 * Reads members that ECS sends only on request and omits from the answers of writes. A description that already has
 * them costs no call.
 */
function readIncludes(kind: EntityKind): Readonly<Record<string, FillValue>> {
  const reads = Object.keys(KINDS[kind].includes).map((member): [string, FillValue] => {
    const members = [member];
    const read: FillValue = async (record, context) => {
      const id = arnOf(kind, record);
      if (id === undefined) return undefined;
      const cluster = homeOf(kind, id, (record as { clusterArn?: string }).clusterArn);
      const item = await context.loaders.of(kind).load({ id, cluster, members });
      return (item as Readonly<Record<string, unknown>> | null)?.[member] ?? (member === 'tags' ? [] : undefined);
    };
    return [member, read];
  });
  return Object.fromEntries(reads);
}

/** ECS omits the cluster of container instances. The parent, the request or the ARN knows it. */
function complete(name: NounName, data: object, { parent, input }: Surroundings): object {
  if (name !== 'ContainerInstance' || 'clusterArn' in data) return data;
  const cluster = parent.clusterArn ?? input?.cluster;
  return inCluster(data, typeof cluster === 'string' ? cluster : undefined);
}
