import type { ArgBuilder, ArgumentRef, InputFieldMap, InputObjectRef } from '@pothos/core';
import type { Builder, Types } from '../core/builder.ts';
import { wordsOf } from '../descriptions/members/index.ts';
import type { OperationName, Operations, StructureName, Structures } from '../generated/types.ts';
import type { EnumTypes } from './enum-types.ts';
import { IS_MASKED, isMaskable } from './mask.ts';
import { isStructureName, type Member, type Model } from './sdk-model.ts';
import { isReference } from './to-aws-input.ts';
import { apiReference, hasClusterOfAnother, inputTypeName, operationInputName } from './type-names.ts';

/** Arguments as a resolver sees them: raw enum values, Dates, null if the caller wrote null. */
export type SdkArgs<Op extends OperationName, Names extends keyof Operations[Op]['input']> = {
  [Name in Names]-?: ArgumentRef<Types, NullWhereAbsent<Operations[Op]['input'], Name>>;
};

type NullWhereAbsent<Input, Name extends keyof Input> = undefined extends Input[Name]
  ? Record<never, never> extends Pick<Input, Name>
    ? Input[Name] | null
    : NonNullable<Input[Name]>
  : Input[Name];

const OWN_CLUSTER = 'The cluster by id, ARN or name.';

/** The type of Pothos's input builders when names and types are data. */
type MakeField = (options: object) => InputFieldMap[string];

/** The input types that the graph uses so far. Each is created when it is first used. */
export class InputTypes {
  readonly #builder: Builder;
  readonly #model: Model;
  readonly #enums: EnumTypes;
  readonly #refs = new Map<string, InputObjectRef<Types, unknown>>();

  constructor(builder: Builder, model: Model, enums: EnumTypes) {
    this.#builder = builder;
    this.#model = model;
    this.#enums = enums;
  }

  /** `ContainerDefinitionInput` for `ContainerDefinition`; a union becomes a @oneOf input. */
  structure<Name extends StructureName>(name: Name): InputObjectRef<Types, Structures[Name]> {
    const ref = this.#get(inputTypeName(name), name, () => this.#model.structure(name), this.#model.isUnion(name));
    return ref as InputObjectRef<Types, Structures[Name]>;
  }

  /** `CreateServiceInput` for the request of `CreateService`. */
  operation<Op extends OperationName>(operation: Op): InputObjectRef<Types, Operations[Op]['input']> {
    const ref = this.#get(operationInputName(operation), operation, () => this.#requestMembers(operation), false);
    return ref as InputObjectRef<Types, Operations[Op]['input']>;
  }

  /** The client token is not among them: `idempotencyKey` is the only key that a caller sends. */
  #requestMembers(operation: OperationName): readonly Member[] {
    const members = this.#model.request(operation).filter(({ name }) => name !== 'clientToken');
    const isOptional = hasClusterOfAnother(
      operation,
      members.map(({ name }) => name),
    );
    return members.map((member) => (member.name === 'cluster' && isOptional ? { ...member, required: false } : member));
  }

  /** Some members of a request as arguments of a field. */
  args<Op extends OperationName, const Names extends keyof Operations[Op]['input'] & string>(
    operation: Op,
    arg: ArgBuilder<Types>,
    names: readonly Names[],
    descriptions: Partial<Readonly<Record<Names, string>>> = {},
  ): SdkArgs<Op, Names> {
    const members = new Map(this.#model.request(operation).map((member) => [member.name, member]));
    const make = arg as unknown as MakeField;
    const args = names.map((name) => {
      const member = members.get(name);
      if (!member) throw new Error(`${operation} takes no ${name}`);
      return [name, this.#field(make, operation, member, descriptions[name])];
    });
    return Object.fromEntries(args) as SdkArgs<Op, Names>;
  }

  #get(
    typeName: string,
    owner: StructureName | OperationName,
    members: () => readonly Member[],
    isOneOf: boolean,
  ): InputObjectRef<Types, unknown> {
    let ref = this.#refs.get(typeName);
    if (!ref) {
      ref = this.#builder.inputType(typeName, {
        description: apiReference(owner),
        isOneOf,
        fields: (t) => {
          const make: MakeField = (options) => t.field(options as never);
          const fields = members().map((member) => [member.name, this.#field(make, owner, member)] as const);
          return Object.fromEntries([...fields, ...this.#maskField(make, typeName, owner)]);
        },
      }) as unknown as InputObjectRef<Types, unknown>;
      this.#refs.set(typeName, ref);
    }
    return ref;
  }

  /** Accepts what was read when it is sent back: a masked part is then refused with its path. */
  #maskField(make: MakeField, typeName: string, owner: StructureName | OperationName) {
    const isRequest = typeName === `${owner}Input` && !isStructureName(owner);
    if (isRequest || !isMaskable(this.#model, owner as StructureName)) return [];
    const description =
      '`isMasked` as it was read. True is refused: a value that was not shown cannot be written back.';
    return [[IS_MASKED, make({ type: 'Boolean', required: false, description })] as const];
  }

  #field(
    make: MakeField,
    owner: StructureName | OperationName,
    member: Member,
    description?: string,
  ): InputFieldMap[string] {
    const type = isReference(owner, member) ? 'ID' : this.#typeOf(member);
    const isOneOf = this.#model.isUnion(owner as StructureName);
    const isOwnCluster = member.name === 'cluster' && member.required;
    const words = description ?? (isOwnCluster ? OWN_CLUSTER : wordsOf(owner, member.name));
    return make({
      type: member.list ? [type] : type,
      required: member.required && !isOneOf && !this.#mayBeMasked(owner),
      ...(words !== undefined && { description: words }),
      // GraphQL cannot deprecate required members.
      ...(member.deprecated !== undefined && !member.required && { deprecationReason: member.deprecated }),
    });
  }

  /**
   * Whether values of a structure are read as null where secrets are masked. Such a value is refused with the path of
   * its argument, not by GraphQL's coercion of the whole input.
   */
  #mayBeMasked(owner: StructureName | OperationName): boolean {
    return isStructureName(owner) && this.#model.secretStructures.has(owner);
  }

  #typeOf({ type }: Member): unknown {
    switch (type.kind) {
      case 'scalar':
        return type.name;
      case 'enum':
        return this.#enums.input(type.name).ref;
      case 'structure':
        return this.structure(type.name);
    }
  }
}
