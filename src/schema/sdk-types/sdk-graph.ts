import type { EnumRef, FieldMap, ObjectRef } from '@pothos/core';
import { type GraphQLResolveInfo, GraphQLSchema, lexicographicSortSchema } from 'graphql';
import type { WriteOperation } from '../../ecs/outcomes/check.ts';
import { tagContracts, tagDirective } from '../contracts/tag-contracts.ts';
import type { Builder, Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { NounName } from '../core/overrides.ts';
import type { OperationName, Operations, StructureName, Structures } from '../generated/types.ts';
import { createBuilder } from './create-builder.ts';
import { EnumTypes, type EnumValue, recognize } from './enum-types.ts';
import { InputTypes } from './input-types.ts';
import { type MutationOptions, Mutations } from './mutations.ts';
import { type Noun, Nouns } from './nouns.ts';
import { type FieldSetOptions, OutputTypes } from './output-types.ts';
import { type AnyEnumName, Model } from './sdk-model.ts';
import { markSemanticNonNull, semanticNonNull } from './semantic-non-null.ts';
import { toAwsInput } from './to-aws-input.ts';

export type ObjectFields<Source> = PothosSchemaTypes.ObjectFieldBuilder<Types, Source>;

/** `omit`: fields that the caller does not want. */
export type SdkFieldsOptions = Omit<FieldSetOptions, 'holder'>;

/**
 * A graph being built: Pothos's builder, and generics that create types, fields, inputs and mutations from the SDK's
 * shapes. Types are created on first use, so the schema contains what is reachable. `Sources` maps each noun to its
 * GraphQL source.
 */
export class Graph<Sources extends Record<NounName, object> = Record<NounName, object>> {
  readonly builder: Builder;
  /** The SDK's shapes with the overrides. */
  readonly model = new Model();
  /** Input types, and request members as arguments. */
  readonly inputs: InputTypes;
  /** Mutations and their payloads. */
  readonly mutations: Mutations;
  readonly #enums: EnumTypes;
  readonly #nouns = new Nouns();
  readonly #outputs: OutputTypes;

  constructor() {
    this.builder = createBuilder();
    this.#enums = new EnumTypes(this.builder, this.model);
    this.inputs = new InputTypes(this.builder, this.model, this.#enums);
    this.#outputs = new OutputTypes(this.builder, this.model, this.#enums, this.#nouns);
    this.mutations = new Mutations(this.builder, this.model, this.inputs, this.#outputs);
  }

  /** Registers how an object of ECS, or an ARN, becomes a noun. */
  registerNoun<Name extends NounName>(name: Name, noun: Noun<Name, Sources[Name]>): void {
    this.#nouns.set(name, noun);
  }

  /** A registered noun. Call it inside a field thunk, when all nouns are registered. */
  noun<Name extends NounName>(name: Name): Noun<Name, Sources[Name]> {
    const noun = this.#nouns.get(name);
    if (!noun) throw new Error(`No noun ${name} is registered`);
    return noun as unknown as Noun<Name, Sources[Name]>;
  }

  /** The enum type of an SDK enum, or of a status that the overrides add. */
  enumType<Name extends AnyEnumName>(name: Name): EnumRef<Types, EnumValue<Name>> {
    return this.#enums.get(name).ref as EnumRef<Types, EnumValue<Name>>;
  }

  /** The same for an argument. */
  inputEnumType<Name extends AnyEnumName>(name: Name): EnumRef<Types, EnumValue<Name>> {
    return this.#enums.input(name).ref as EnumRef<Types, EnumValue<Name>>;
  }

  /** The resolver of such an enum's field: unknown values read UNRECOGNIZED. */
  enumResolver<Name extends AnyEnumName, Source>(name: Name, read: (source: Source) => string | null | undefined) {
    const { known } = this.#enums.get(name);
    return (source: Source, _args: unknown, context: GraphContext, info: GraphQLResolveInfo) =>
      recognize(read(source), known, context, info) as EnumValue<Name> | null;
  }

  /** The enum as inputs and arguments take it: without UNRECOGNIZED. */
  enumInput<Name extends AnyEnumName>(name: Name): EnumRef<Types, EnumValue<Name>> {
    return this.#enums.input(name).ref as EnumRef<Types, EnumValue<Name>>;
  }

  /** Makes the type of a structure implement an interface; to be called before anything uses the type. */
  protected implementing(name: StructureName, interfaceRef: unknown): void {
    this.#outputs.implementing(name, interfaceRef);
  }

  /** The object type of a structure that is not a noun. */
  outputType<Name extends StructureName>(name: Name): ObjectRef<Types, Structures[Name]> {
    return this.#outputs.structure(name);
  }

  /** Every member of a structure as fields of a type whose source it is. Fields after the spread replace them. */
  sdkFields<Name extends StructureName>(
    name: Name,
    t: ObjectFields<Structures[Name]>,
    options: SdkFieldsOptions = {},
  ): FieldMap {
    return this.#outputs.fields(name, t, this.model.structure(name), options);
  }

  /** Adds a write as a mutation of the same name. */
  mutation<Op extends WriteOperation>(operation: Op, options: MutationOptions<Op>): void {
    this.mutations.add(operation, options);
  }

  /** Converts the arguments of a field to the SDK's input. */
  toAwsInput<Op extends OperationName>({ ecs }: GraphContext, operation: Op, args: object): Operations[Op]['input'] {
    return toAwsInput(this.model, operation, args, { region: ecs.scope.region, argument: '' });
  }

  /** The schema sorted by name, as introspection and schema.graphql show it. */
  toSchema(): GraphQLSchema {
    const schema = this.builder.toSchema({ sortSchema: false });
    markSemanticNonNull(schema);
    const { directives, ...config } = schema.toConfig();
    // A test validates the schema. At run time that would only slow down the first request.
    const ours = [semanticNonNull, tagDirective];
    const whole = new GraphQLSchema({ ...config, directives: [...directives, ...ours], assumeValid: true });
    tagContracts(whole);
    return lexicographicSortSchema(whole);
  }
}
