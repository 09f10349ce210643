import { type GraphQLSchema, Kind, type OperationTypeNode } from 'graphql';
import { type AdmissionSettings, tooExpensive } from '../admission/admit-operation.ts';
import { type Cost, estimateCost } from '../admission/cost-estimate.ts';
import { createPrepare, type PrepareLimits } from '../admission/prepare-document.ts';
import { createContractHints } from '../contract-hints.ts';
import { type ListedDocument, nameIn } from './manifest.ts';

/** An operation of a manifest, as a gateway would judge it. */
export interface CheckedDocument {
  readonly id: string;
  /** Absent if the operation has no name, or cannot be read. */
  readonly name?: string;
  readonly type?: OperationTypeNode;
  /** At most; for a subscription, of one event. Absent if the document cannot be executed. */
  readonly cost?: Cost;
  /** Why it cannot run; empty if it can. */
  readonly problems: readonly string[];
}

export interface DocumentsToCheck {
  /** The schema that is served. */
  readonly schema: GraphQLSchema;
  /** The schema with everything: errors say where a part is that the served one lacks. */
  readonly full: GraphQLSchema;
  readonly settings: PrepareLimits & AdmissionSettings;
  readonly documents: readonly ListedDocument[];
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Judges documents with the limits and the estimate of a gateway, and with suggestions for misspelt names. */
export function checkDocuments({
  schema,
  full,
  settings,
  documents,
  variables,
}: DocumentsToCheck): readonly CheckedDocument[] {
  const limits = { ...settings, introspection: true };
  const prepare = createContractHints(full, schema).prepare(createPrepare(schema, limits));
  return documents.flatMap(({ id, text }): CheckedDocument[] => {
    const { document, errors } = prepare(text);
    if (document === undefined) {
      const name = nameIn(text);
      return [{ id, ...(name !== undefined && { name }), problems: errors.map(({ message }) => message) }];
    }
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    if (operations.length === 0) return [{ id, problems: ['The document has no operation.'] }];
    return operations.map(({ name, operation }) => {
      const cost = estimateCost(document, name?.value, variables, schema);
      const error = tooExpensive(cost, settings, operation === 'subscription');
      const problems = error === undefined ? [] : [error.message];
      return { id, ...(name && { name: name.value }), type: operation, cost, problems };
    });
  });
}
