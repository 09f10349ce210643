import { BuildCache } from '@pothos/core';
import {
  type GraphQLAbstractType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  specifiedDirectives,
  specifiedScalarTypes,
} from 'graphql';
import type { Builder, Types } from '../core/builder.ts';

/** Where types are found that are not built yet. */
export interface TypeIndex {
  /** Under each type, those that its fields bring into the graph first, on the shortest way from the roots. */
  readonly owned: Readonly<Record<string, readonly string[]>>;
  /** Under each interface, the object types that have it. */
  readonly implementations: Readonly<Record<string, readonly string[]>>;
}

type SpecifiedScalar = 'Boolean' | 'Float' | 'ID' | 'Int' | 'String';
type TypeMap = Record<string, GraphQLNamedType>;

/**
 * A schema of which each type is built when something asks for it. It is not validated: a test does that, and holds it to a schema
 * that graphql-js makes of all its types. No interface has interfaces here.
 */
export class LazySchema extends GraphQLSchema {
  readonly #builder: Builder;
  readonly #build: BuildCache<Types>;
  readonly #implementations: TypeIndex['implementations'];
  readonly #owners = new Map<string, string>();
  readonly #typeMap: TypeMap = Object.create(null);

  constructor(builder: Builder, { owned, implementations }: TypeIndex) {
    super({ assumeValid: true, directives: [...specifiedDirectives] });
    for (const scalar of specifiedScalarTypes) {
      if (!builder.configStore.hasImplementation(scalar.name))
        builder.addScalarType(scalar.name as SpecifiedScalar, scalar);
    }
    builder.configStore.prepareForBuild();
    this.#builder = builder;
    this.#implementations = implementations;
    this.#build = new BuildCache(builder as never, {});
    for (const [owner, names] of Object.entries(owned)) {
      for (const name of names) this.#owners.set(name, owner);
    }
    const known = super.getTypeMap();
    const names = [...Object.keys(known), ...builder.configStore.typeConfigs.keys(), ...this.#owners.keys()];
    for (const name of [...new Set(names)].sort()) this.#declare(name, known[name]);
  }

  override getQueryType(): GraphQLObjectType | undefined {
    return this.#objectType('Query');
  }

  override getMutationType(): GraphQLObjectType | undefined {
    return this.#objectType('Mutation');
  }

  override getSubscriptionType(): GraphQLObjectType | undefined {
    return this.#objectType('Subscription');
  }

  /** Every type by its name; each is built when it is read. */
  override getTypeMap(): TypeMap {
    return this.#typeMap;
  }

  override getType(name: string): GraphQLNamedType | undefined {
    return this.#typeMap[name] ?? this.#build.types.get(name);
  }

  override getImplementations(type: GraphQLInterfaceType): {
    objects: readonly GraphQLObjectType[];
    interfaces: readonly GraphQLInterfaceType[];
  } {
    const objects = (this.#implementations[type.name] ?? []).map((name) => this.getType(name)).filter(isObjectType);
    return { objects, interfaces: [] };
  }

  override getPossibleTypes(type: GraphQLAbstractType): readonly GraphQLObjectType[] {
    return isUnionType(type) ? type.getTypes() : this.getImplementations(type).objects;
  }

  override isSubType(abstract: GraphQLAbstractType, type: GraphQLObjectType | GraphQLInterfaceType): boolean {
    return isUnionType(abstract)
      ? abstract.getTypes().some((member) => member === type)
      : type.getInterfaces().includes(abstract);
  }

  #objectType(name: string): GraphQLObjectType | undefined {
    const type = this.getType(name);
    return isObjectType(type) ? type : undefined;
  }

  /** Puts a name into the type map; the type follows when it is asked for. */
  #declare(name: string, type: GraphQLNamedType | undefined): void {
    const common = { enumerable: true, configurable: true } as const;
    const get = () => {
      const value = this.#find(name);
      Object.defineProperty(this.#typeMap, name, { value, ...common });
      return value;
    };
    Object.defineProperty(this.#typeMap, name, type ? { value: type, ...common } : { get, ...common });
  }

  #find(name: string): GraphQLNamedType | undefined {
    const { configStore } = this.#builder;
    const owner = this.#owners.get(name);
    if (owner !== undefined && !configStore.hasImplementation(name)) {
      const type = this.getType(owner);
      if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) type.getFields();
    }
    const { types } = this.#build;
    if (!types.has(name) && configStore.hasImplementation(name)) {
      this.#build.buildTypeFromConfig(configStore.getTypeConfig(name));
    }
    return types.get(name);
  }
}
