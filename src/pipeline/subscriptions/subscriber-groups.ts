import { createHash } from 'node:crypto';
import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { Caller, Operation } from '../core/request-context.ts';

/** The name of a subscription's group. Subscriptions with equal names receive the same bytes for the same event. */
export type GroupOf = (operation: Operation, caller: Pick<Caller, 'principal' | 'fresh'>) => string;

/**
 * The inputs of an event's result beside the event: the document (its text, because errors contain locations), the
 * variables that it uses for more than choosing events, and the caller. The transport and the request id are not part
 * of a result.
 */
export function createGrouping(schema: GraphQLSchema): GroupOf {
  const digests = new WeakMap<DocumentNode, string>();
  const used = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();
  const latest = new WeakMap<DocumentNode, string>();
  return ({ document, operationName, variableValues }, { principal, fresh }) => {
    const digest = digests.get(document) ?? digestOf(document);
    digests.set(document, digest);
    const node = getOperationAST(document, operationName);
    const names = node && (used.get(node) ?? selectedVariables(node, document, schema));
    if (node && names) used.set(node, names);
    const variables = Object.entries(variableValues ?? {}).filter(([name]) => names?.has(name));
    const group = JSON.stringify([digest, operationName ?? null, variables, principal, fresh ?? false]);
    // Thousands of subscribers keep the name: equal ones share one text.
    const known = latest.get(document);
    if (known === group) return known;
    latest.set(document, group);
    return group;
  };
}

function digestOf({ loc }: DocumentNode): string {
  if (loc === undefined) throw new Error('a document without its text');
  return createHash('sha256').update(loc.source.body).digest('base64url');
}

/**
 * The variables that the result of an event can depend on. Arguments that only choose which events are sent
 * (`choosesEvents`) do not count: each bot resumes from another cursor, for example, and still receives the same events
 * afterwards.
 */
function selectedVariables(node: OperationDefinitionNode, document: DocumentNode, schema: GraphQLSchema): Set<string> {
  const fields = schema.getSubscriptionType()?.getFields() ?? {};
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const names = new Set<string>();
  const collect = (part: ASTNode): void => {
    visit(part, {
      Variable: ({ name }) => void names.add(name.value),
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        // Each fragment once: fragments that spread each other would never end.
        if (fragment !== undefined && fragments.delete(name.value)) collect(fragment);
      },
    });
  };
  for (const directive of node.directives ?? []) collect(directive);
  for (const selection of node.selectionSet.selections) {
    const args = selection.kind === Kind.FIELD ? fields[selection.name.value]?.args : undefined;
    const choosing = new Set(args?.flatMap(({ name, extensions }) => (extensions.choosesEvents === true ? name : [])));
    const kept =
      selection.kind === Kind.FIELD
        ? { ...selection, arguments: (selection.arguments ?? []).filter(({ name }) => !choosing.has(name.value)) }
        : selection;
    collect(kept);
  }
  return names;
}
