import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Prepared } from './admission/prepare-document.ts';
import type { Operations } from './run-operation.ts';

/** Adds to errors about something that only the full schema has that a setting chooses the schema. */
export interface ContractHints {
  prepare(prepare: (query: string) => Prepared): (query: string) => Prepared;
  operations(operations: Operations): Operations;
}

/** @param full the schema of which the served one is a part, or that one itself */
export function createContractHints(full: GraphQLSchema, served: GraphQLSchema): ContractHints {
  if (full === served) return { prepare: (prepare) => prepare, operations: (operations) => operations };
  const explain = (error: GraphQLError): GraphQLError => {
    const name = nameOutside(full, error.message);
    if (name === undefined) return error;
    const first = error.message.replace(/ Did you mean .*$/s, '');
    return new GraphQLError(`${first} "${name}" is in the schema "full"; this server serves "core" (SCHEMA).`, {
      nodes: error.nodes ?? null,
      source: error.source ?? null,
      positions: error.positions ?? null,
      path: error.path ?? null,
      extensions: error.extensions,
    });
  };
  const explained = (result: ExecutionResult): ExecutionResult =>
    result.errors === undefined ? result : { ...result, errors: result.errors.map(explain) };
  return {
    prepare: (prepare) => (query) => {
      const prepared = prepare(query);
      return prepared.document === undefined ? { ...prepared, errors: prepared.errors.map(explain) } : prepared;
    },
    operations: ({ execute, subscribe }) => ({
      execute: async (operation, caller) => explained(await execute(operation, caller)),
      async subscribe(operation, caller) {
        const result = await subscribe(operation, caller);
        return 'next' in result ? result : explained(result);
      },
    }),
  };
}

/** How graphql-js says that a schema lacks something: a type, or a field or member of a type. */
const LACKS_TYPE = /^Unknown type "(\w+)"/;
const LACKS_FIELD = /^Cannot query field "(?<name>\w+)" on type "(?<type>\w+)"/;
const LACKS_MEMBER = /Field "(?<name>\w+)" is not defined by type "(?<type>\w+)"/;

function nameOutside(full: GraphQLSchema, message: string): string | undefined {
  const [, typeName] = LACKS_TYPE.exec(message) ?? [];
  if (typeName !== undefined) return full.getType(typeName) === undefined ? undefined : typeName;
  const { name, type } = (LACKS_FIELD.exec(message) ?? LACKS_MEMBER.exec(message))?.groups ?? {};
  if (name === undefined || type === undefined) return undefined;
  const owner = full.getType(type);
  const hasFields = isObjectType(owner) || isInterfaceType(owner) || isInputObjectType(owner);
  return hasFields && Object.hasOwn(owner.getFields(), name) ? `${type}.${name}` : undefined;
}
