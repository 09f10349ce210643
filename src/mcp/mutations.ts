import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { nearest } from '../config/nearest.ts';

/** Time for which a dry run allows the mutation itself. */
const CONFIRM_MS = 10 * 60_000;
/** Fields of a payload's objects that are selected, so that an answer stays short. */
const MOST_FIELDS = 12;

/** A mutation that agents may run. */
export interface AgentMutation {
  readonly name: string;
  readonly description: string;
  /** The arguments as `name: type`, but for those that the tool gives itself. */
  readonly signature: string;
  /** The document, with every argument as a variable. */
  readonly text: string;
  readonly hasKey: boolean;
}

const GIVEN_BY_TOOL: ReadonlySet<string> = new Set(['dryRun', 'idempotencyKey']);

/**
 * The mutations that a setting names, of those that can be run dry.
 * @throws {Error} for a name that is not a mutation, or one that cannot be run dry
 */
export function mutationsFor(schema: GraphQLSchema, names: readonly string[]): ReadonlyMap<string, AgentMutation> {
  const fields = schema.getMutationType()?.getFields() ?? {};
  const dry = Object.values(fields).filter(isDryRunnable);
  return new Map(
    names.map((name) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) {
        const meant = nearest(name, Object.keys(fields));
        throw new Error(`"${name}" is not a mutation${meant === undefined ? '' : `; did you mean "${meant}"?`}`);
      }
      if (!isDryRunnable(field)) {
        const some = dry
          .slice(0, 6)
          .map((one) => one.name)
          .join(', ');
        throw new Error(
          `"${name}" cannot be run dry, so that agents may not run it; these can: ${some}${dry.length > 6 ? ', ...' : ''}`,
        );
      }
      return [name, toMutation(field)];
    }),
  );
}

function isDryRunnable({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ name }) => name === 'dryRun');
}

function toMutation(field: GraphQLField<unknown, unknown>): AgentMutation {
  const { name, args, description } = field;
  const variables = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const own = args.filter((arg) => !GIVEN_BY_TOOL.has(arg.name));
  return {
    name,
    description: description ?? '',
    signature: `${name}(${own.map((arg) => `${arg.name}: ${String(arg.type)}`).join(', ')})`,
    text: `mutation(${variables}) { ${name}(${given}) { ${selectionOf(field, 2)} } }`,
    hasKey: args.some((arg) => arg.name === 'idempotencyKey'),
  };
}

/** Plain fields of a payload and of its objects: links, which may cost ECS calls, are left to queries. */
function selectionOf({ type }: GraphQLField<unknown, unknown>, depth: number): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '__typename';
  const fields = Object.values(named.getFields()).filter(
    ({ args, extensions }) => !args.some(isRequiredArgument) && !('ecsCost' in extensions),
  );
  const leaves = fields.filter(({ type: of }) => isLeafType(getNamedType(of))).slice(0, MOST_FIELDS);
  const objects = depth === 0 ? [] : fields.filter(({ type: of }) => isCompositeType(getNamedType(of)));
  const below = objects.slice(0, MOST_FIELDS).map((field) => `${field.name} { ${selectionOf(field, depth - 1)} }`);
  const selected = [...leaves.map((field) => field.name), ...below];
  return selected.length === 0 ? '__typename' : selected.join(' ');
}

/** Confirms that a mutation was run dry before: by the same principal, with the same arguments, a short time ago. */
export class DryRuns {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A code that allows the mutation itself. */
  confirmation(principal: string, name: string, args: object): string {
    return this.#sign(principal, name, args, this.#now() + CONFIRM_MS);
  }

  isConfirmed(code: string, principal: string, name: string, args: object): boolean {
    const until = Number(code.split('.')[0]);
    if (!(until > this.#now())) return false;
    const expected = Buffer.from(this.#sign(principal, name, args, until));
    const given = Buffer.from(code);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #sign(principal: string, name: string, args: object, until: number): string {
    const text = JSON.stringify([principal, name, sorted(args), until]);
    return `${until}.${createHmac('sha256', this.#key).update(text).digest('base64url')}`;
  }
}

/** A value with the members of its objects in order, so that equal arguments have one text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, member]) => [name, sorted(member)]);
}
