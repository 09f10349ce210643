import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/** Twice the size of the introspection queries of graphql-js, GraphiQL and code generators. */
const NEEDS = { maxDocument: 8_000, maxTokens: 1_000, maxFields: 500, maxFragments: 10, maxAliases: 10 } as const;

/** Limits that introspection queries may reach; 0 means no limit. */
type IntrospectionLimits = Readonly<Record<keyof typeof NEEDS, number>> & { readonly introspection: boolean };

/**
 * The limits for documents that only introspect. Tools send introspection queries of a known size, and an operator who
 * tightens the limits for data does not mean these.
 * @returns the same object if no limit is too tight for such queries
 */
export function withRoomForIntrospection<Limits extends IntrospectionLimits>(limits: Limits): Limits {
  if (!limits.introspection) return limits;
  const room = Object.entries(NEEDS).filter(([name, needed]) => {
    const limit = limits[name as keyof typeof NEEDS];
    return limit > 0 && limit < needed;
  });
  return room.length === 0 ? limits : { ...limits, ...Object.fromEntries(room) };
}

/** Whether a text may be an introspection query, judged without parsing it. */
export function mayIntrospect(query: string): boolean {
  return /\b__(schema|type)\b/.test(query);
}

/** Whether every operation of a document only introspects. */
export const onlyIntrospects = rememberDocuments(({ definitions }: DocumentNode): boolean => {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.every(({ selectionSet }) =>
    selectionSet.selections.every(
      (selection) => selection.kind === Kind.FIELD && /^__(schema|type|typename)$/.test(selection.name.value),
    ),
  );
});

/**
 * Whether an operation selects the whole schema, directly or through a fragment: the answer may be as large as one with
 * data.
 */
export const asksForSchema = rememberDocuments((document: DocumentNode): boolean => {
  const has = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === '__schema';
      return selection.kind === Kind.INLINE_FRAGMENT && has(selection.selectionSet);
    });
  return document.definitions.some((definition) => 'selectionSet' in definition && has(definition.selectionSet));
});

/** Remembers an answer with each document: every request with the same text has the same document. */
function rememberDocuments(answer: (document: DocumentNode) => boolean): (document: DocumentNode) => boolean {
  const known = new WeakMap<DocumentNode, boolean>();
  return (document) => {
    let answered = known.get(document);
    if (answered === undefined) {
      answered = answer(document);
      known.set(document, answered);
    }
    return answered;
  };
}
