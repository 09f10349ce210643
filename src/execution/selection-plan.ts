import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type CollectScope, collectFields } from './collect-fields.ts';
import { Template } from './object-template.ts';
import { planType, type TypePlan } from './type-plan.ts';

export type Field = GraphQLField<unknown, unknown>;

/** A field of a selection, with everything about it that is the same for every object and every execution. */
export class FieldPlan {
  /** The response name. */
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly definition: Field;
  readonly parentType: GraphQLObjectType;
  readonly type: TypePlan;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  /** The property that the field reads from an object, if it does nothing else. */
  readonly property: string | undefined;
  /** Whether the resolver has a value to put in the place of a missing property. */
  readonly isFilled: boolean;
  readonly #selections = new Map<GraphQLObjectType, SelectionPlan>();
  /** Consecutive items of a list usually have the same type. */
  #last: SelectionPlan | undefined;

  constructor(key: string, nodes: readonly FieldNode[], definition: Field, parentType: GraphQLObjectType) {
    this.key = key;
    this.nodes = nodes;
    this.definition = definition;
    this.parentType = parentType;
    this.type = planType(definition.type);
    this.resolve = definition.resolve ?? defaultFieldResolver;
    this.property = definition.args.length === 0 ? propertyOf(definition) : undefined;
    this.isFilled = definition.extensions.filledProperty !== undefined;
  }

  /** The selection below the field on an object of this type. It is planned when the first such object is seen. */
  selection(type: GraphQLObjectType, scope: CollectScope): SelectionPlan {
    if (this.#last?.type === type) return this.#last;
    let selection = this.#selections.get(type);
    if (selection === undefined) {
      const sets = this.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      selection = new SelectionPlan(type, collectFields(scope, type, sets), scope.schema);
      this.#selections.set(type, selection);
    }
    this.#last = selection;
    return selection;
  }
}

/** The fields that are selected on objects of a type. */
export class SelectionPlan {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
  readonly #template: Template;

  constructor(type: GraphQLObjectType, nodes: ReadonlyMap<string, readonly FieldNode[]>, schema: GraphQLSchema) {
    const fields: FieldPlan[] = [];
    for (const [key, same] of nodes) {
      const definition = same[0] && findField(schema, type, same[0].name.value);
      if (definition !== undefined) fields.push(new FieldPlan(key, same, definition, type));
    }
    this.type = type;
    this.fields = fields;
    this.#template = new Template(fields.map(({ key }) => key));
  }

  /** A result object with all its keys in order. The values can be set in any order. */
  start(): Record<string, unknown> {
    return this.#template.start();
  }
}

function findField(schema: GraphQLSchema, type: GraphQLObjectType, name: string): Field | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}

/**
 * A field without a resolver reads the property of its name. The schema marks resolvers that read a property which may
 * be missing, and Pothos marks its resolvers that only expose a property.
 */
function propertyOf({ name, resolve, extensions }: Field): string | undefined {
  if (resolve === undefined || resolve === defaultFieldResolver) return name;
  const { filledProperty, pothosExposedField: exposed, pothosResolveWrapped: wrapped } = extensions;
  if (typeof filledProperty === 'string' && wrapped !== true) return filledProperty;
  return typeof exposed === 'string' && wrapped !== true ? exposed : undefined;
}
