import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  type Kind,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Operations } from './run-operation.ts';

/** Counts uses of deprecated parts of the schema by coordinate, such as `Subscription.drains(cluster:)`. */
export interface DeprecatedUseObserver {
  deprecated(coordinate: string): void;
}

/** Counts once for each operation what its document and its variables use. The schema limits the coordinates. */
export function countDeprecatedUse(
  operations: Operations,
  schema: GraphQLSchema,
  observer: DeprecatedUseObserver | undefined,
): Operations {
  if (observer === undefined) return operations;
  const known = new WeakMap<DocumentNode, DocumentUse>();
  const count = ({ document, variableValues }: Parameters<Operations['execute']>[0]) => {
    let use = known.get(document);
    if (use === undefined) {
      use = useOf(schema, document);
      known.set(document, use);
    }
    if (use.coordinates.size === 0 && use.variables.length === 0) return;
    const found = new Set(use.coordinates);
    for (const { name, type } of use.variables) noteMembers(type, variableValues?.[name], found);
    for (const coordinate of found) observer.deprecated(coordinate);
  };
  return {
    execute(operation, caller) {
      count(operation);
      return operations.execute(operation, caller);
    },
    subscribe(operation, caller) {
      count(operation);
      return operations.subscribe(operation, caller);
    },
  };
}

interface DocumentUse {
  readonly coordinates: ReadonlySet<string>;
  /** Variables whose values may have deprecated members. */
  readonly variables: readonly { readonly name: string; readonly type: GraphQLInputType }[];
}

function useOf(schema: GraphQLSchema, document: DocumentNode): DocumentUse {
  const coordinates = new Set<string>();
  const variables: { name: string; type: GraphQLInputType }[] = [];
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field() {
        if (info.getFieldDef()?.deprecationReason != null) coordinates.add(fieldOf(info));
      },
      Argument({ name }) {
        const arg = info.getArgument();
        if (arg?.deprecationReason != null) coordinates.add(`${fieldOf(info)}(${name.value}:)`);
      },
      ObjectField({ name }) {
        const parent = getNamedType(info.getParentInputType());
        if (!isInputObjectType(parent) || parent.getFields()[name.value]?.deprecationReason == null) return;
        coordinates.add(`${parent.name}.${name.value}`);
      },
      EnumValue({ value }) {
        const type = getNamedType(info.getInputType());
        if (info.getEnumValue()?.deprecationReason != null) coordinates.add(`${type?.name}.${value}`);
      },
      VariableDefinition({ variable, type: node }) {
        const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1] & { kind: Kind.NAMED_TYPE });
        if (type !== undefined && hasDeprecated(type as GraphQLInputType)) {
          variables.push({ name: variable.name.value, type: type as GraphQLInputType });
        }
      },
    }),
  );
  return { coordinates, variables };
}

function fieldOf(info: TypeInfo): string {
  return `${info.getParentType()?.name}.${info.getFieldDef()?.name}`;
}

/** Whether a value of an input type may have a deprecated member. */
function hasDeprecated(type: GraphQLInputType, seen: Set<unknown> = new Set()): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || seen.has(named)) return false;
  seen.add(named);
  return Object.values(named.getFields()).some(
    (field) => field.deprecationReason != null || hasDeprecated(field.type, seen),
  );
}

function noteMembers(declared: GraphQLInputType, value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const type = getNullableType(declared);
  if (isListType(type)) {
    for (const item of Array.isArray(value) ? value : [value]) noteMembers(type.ofType, item, found);
    return;
  }
  if (!isInputObjectType(type)) return;
  const fields = type.getFields();
  for (const [name, member] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || member === undefined) continue;
    if (field.deprecationReason != null) found.add(`${type.name}.${name}`);
    noteMembers(field.type, member, found);
  }
}
