import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import {
  type CollectScope,
  collectFields,
  decidingVariables,
  type Fragments,
  type Variables,
} from './collect-fields.ts';
import { SelectionPlan } from './selection-plan.ts';

/** Number of plans kept for one operation. Each combination of skipped and included fields has its own plan. */
const MOST_VARIANTS = 8;

/**
 * The plan of an operation, shared by all its executions: one tree of selections for each combination of @skip and
 * @include values.
 */
export class OperationPlan {
  readonly fragments: Fragments;
  readonly #operation: OperationDefinitionNode;
  readonly #schema: GraphQLSchema;
  readonly #deciding: readonly string[];
  readonly #variants = new Map<string, SelectionPlan>();

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    }
    this.fragments = fragments;
    this.#schema = schema;
    this.#operation = operation;
    this.#deciding = decidingVariables(document);
  }

  /**
   * The selection on the root type. All executions that get it have equal values of the deciding variables, so the
   * plans below it are valid for them too.
   */
  selection(scope: CollectScope): SelectionPlan {
    const variant = this.#variantOf(scope.variables);
    let selection = this.#variants.get(variant);
    if (selection === undefined) {
      const { operation, selectionSet } = this.#operation;
      const root = this.#schema.getRootType(operation);
      if (!root) {
        const message = `Schema is not configured to execute ${operation} operation.`;
        throw new GraphQLError(message, { nodes: this.#operation });
      }
      selection = new SelectionPlan(root, collectFields(scope, root, [selectionSet]), this.#schema);
      if (this.#variants.size === MOST_VARIANTS) this.#variants.clear();
      this.#variants.set(variant, selection);
    }
    return selection;
  }

  #variantOf(variables: Variables): string {
    return this.#deciding.map((name) => String(variables[name])).join();
  }
}
