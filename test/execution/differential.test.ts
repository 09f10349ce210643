import fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLScalarType,
  type GraphQLSchema,
  isObjectType,
  isScalarType,
  NoUnusedVariablesRule,
  parse,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecute } from '../../src/execution/execute.ts';
import { countUnhandled, ENDLESS, textOf } from './support/compare.ts';
import { type GeneratedSchema, operations, schemas } from './support/generate.ts';
import { hash, type OutcomeOptions, Outcomes } from './support/outcomes.ts';

/** More have been run than the whole suite has time for. */
const RUNS = 50;

const RULES = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule && rule !== SingleFieldSubscriptionsRule);

/** The schema with resolvers whose outcomes are drawn, each time it is executed, by the place in the answer. */
function makeExecutable({ sdl }: GeneratedSchema, seed: number, outcomes: () => Outcomes): GraphQLSchema {
  const schema = buildSchema(sdl);
  const isDrawn = (name: string, percent: number) => hash(`${seed} ${name}`) % 100 < percent;
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isScalarType(type) && type.name === 'Custom') makeCustom(type);
    if (type.name === 'Named' && 'resolveType' in type && isDrawn('resolveType', 60)) {
      type.resolveType = (value, _context, info) => {
        const { __typename: name } = value as { __typename?: string };
        outcomes().calls.push(`type of ${name} for ${info.parentType.name}.${info.fieldName}`);
        const names = [name, name, name, 'Nothing', 'Color', 'Query', undefined, 1 as never];
        const chosen = names[hash(`${seed} ${info.path.key}`) % names.length];
        return isDrawn('lateType', 30) ? Promise.resolve(chosen) : chosen;
      };
    }
    if (!isObjectType(type)) continue;
    if (isDrawn(`isTypeOf ${type.name}`, 30)) {
      type.isTypeOf = (_value, _context, info) => {
        const isOfType = hash(`${seed} ${info.path.key}`) % 5 > 0;
        return isDrawn('lateIsTypeOf', 30) ? Promise.resolve(isOfType) : isOfType;
      };
    }
    for (const field of Object.values(type.getFields())) {
      const isRoot = ['Query', 'Mutation', 'Subscription'].includes(type.name);
      if (!isRoot && isDrawn(`property ${field.name}`, 50)) continue;
      field.resolve = (...args) => outcomes().resolve(...args);
    }
  }
  return schema;
}

function makeCustom(type: GraphQLScalarType): void {
  type.serialize = (value) => {
    if (typeof value === 'string') throw new Error('Custom cannot say it');
    return Array.isArray(value) ? undefined : { custom: value };
  };
  type.parseValue = (value) => {
    if (value === 'bad') throw new Error('Custom does not take it');
    return { parsed: value };
  };
}

interface Execution {
  readonly text: string;
  readonly calls: readonly string[];
}

type Engine = (schema: GraphQLSchema) => (document: DocumentNode, variables: object) => unknown;

const ROOT = { root: true };
const ENGINES: readonly Engine[] = [
  (schema) => (document, variables) =>
    execute({
      schema,
      document,
      variableValues: { ...variables },
      rootValue: ROOT,
      contextValue: ROOT,
      options: { maxCoercionErrors: 3 },
    }),
  (schema) => {
    const ours = createExecute(schema, ENDLESS);
    return (document, variables) =>
      ours({
        document,
        variableValues: { ...variables },
        rootValue: ROOT,
        contextValue: ROOT,
        maxCoercionErrors: 3,
      });
  },
];

/** Executes with each set of variables, one after the other, and again with the first. */
async function runAll(
  engine: Engine,
  generated: GeneratedSchema,
  document: DocumentNode,
  variables: readonly object[],
  options: OutcomeOptions,
): Promise<Execution[]> {
  let outcomes: Outcomes | undefined;
  const schema = makeExecutable(generated, options.seed, () => outcomes as Outcomes);
  const run = engine(schema);
  const executions: Execution[] = [];
  for (const values of [...variables, ...variables.slice(0, 1)]) {
    outcomes = new Outcomes(schema, options);
    const result = await outcomes.deliver(run(document, values) as ExecutionResult);
    executions.push({ text: textOf(result), calls: [...outcomes.calls] });
  }
  return executions;
}

describe('an execution, compared with that of graphql-js', () => {
  const cases = fc.noBias(schemas).chain((schema) =>
    fc.record({
      schema: fc.constant(schema),
      operation: fc.noBias(operations(schema)),
      seed: fc.nat(),
      odd: fc.constantFrom(0, 8, 25),
      late: fc.constantFrom(0, 20, 60),
    }),
  );

  it('gives the same result and asks the same of resolvers, whatever they give', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ schema, operation, ...options }) => {
        const document = parse(operation.query);
        const errors = validate(buildSchema(schema.sdl), document, RULES);
        fc.pre(errors.length === 0);
        const [theirs, ours] = ENGINES.map((engine) => () => {
          return runAll(engine, schema, document, operation.variables, options);
        });
        const [expected] = await countUnhandled(theirs as () => Promise<Execution[]>);
        const [actual, unhandled] = await countUnhandled(ours as () => Promise<Execution[]>);
        expect(actual).toEqual(expected);
        expect(unhandled).toBe(0);
      }),
      { numRuns: RUNS },
    );
  });
});
