import type { NormalizedSchema } from '@smithy/core/schema';
import { arnTypeOf } from '../../../src/schema/core/reference.ts';
import type { OperationName } from '../../../src/schema/generated/types.ts';
import { rawValues } from '../../../src/schema/sdk-types/enum-types.ts';
import { type Member, Model } from '../../../src/schema/sdk-types/sdk-model.ts';
import { isReference } from '../../../src/schema/sdk-types/to-aws-input.ts';
import { referenceRule } from '../../../src/schema/sdk-types/type-names.ts';
import { messageSchemas } from '../../schema/support/sdk-wire.ts';

type Shape = Readonly<Record<string, unknown>>;

/** Begins every mark at a place for secrets, and every other mark. */
export const SECRET = 'secret--';
export const PLAIN = 'plain--';

/**
 * Names of members that hold secrets, whatever is below them. The gateway's own table is not used here: a member of
 * tomorrow's SDK with such a name has to be in it.
 */
const HOLDS_SECRETS =
  /^(command|credentialSpecs|dockerLabels|driverOpts|entryPoint|environment|environmentFiles|hookDetails|instanceIdentityDocument\w*|labels|options|repositoryCredentials|tokenValue)$/;

const model = new Model();

let made = 0;

/** A request or an answer of ECS with a mark in every string. No two have equal ARNs. */
export class Canaries {
  /** The marks planted so far. */
  readonly planted: string[] = [];
  readonly #isInput: boolean;
  readonly #variant: number;
  readonly #side: string;
  readonly #number: number;

  /** @param variant which member of a union is set */
  constructor(side: 'in' | 'out', variant = 0) {
    this.#isInput = side === 'in';
    this.#side = side;
    this.#variant = variant;
    made += 1;
    this.#number = made;
  }

  of(operation: OperationName): Shape {
    const { request, response } = messageSchemas(operation);
    const shape = this.#isInput ? request : response;
    const members = this.#isInput ? model.request(operation) : model.response(operation);
    return this.#structure(operation, shape, members, `${operation}.${this.#side}`, false, []);
  }

  #structure(
    owner: string,
    shape: NormalizedSchema,
    members: readonly Member[],
    path: string,
    isSecret: boolean,
    within: readonly string[],
  ): Shape {
    const found = [...shape.structIterator()].filter(([name]) => !(this.#isInput && name === 'clientToken'));
    const chosen = shape.isUnionSchema() ? [found[this.#variant % found.length] ?? found[0]] : found;
    const result: Record<string, unknown> = {};
    for (const one of chosen) {
      if (one === undefined) continue;
      const [name, memberSchema] = one;
      const member = members.find((candidate) => candidate.name === name);
      if (member === undefined) throw new Error(`${owner}.${name} is not in the generated tables`);
      const hides = isSecret ? name !== 'name' : HOLDS_SECRETS.test(name);
      const value = this.#value(owner, memberSchema, member, `${path}.${name}`, hides, within);
      if (value !== undefined) result[name] = value;
    }
    return result;
  }

  #value(
    owner: string,
    schema: NormalizedSchema,
    member: Member,
    path: string,
    isSecret: boolean,
    within: readonly string[],
  ): unknown {
    const { type } = member;
    if (schema.isListSchema()) {
      const item = this.#value(owner, schema.getValueSchema(), member, path, isSecret, within);
      return item === undefined ? [] : [item];
    }
    if (schema.isStructSchema() && type.kind === 'structure') {
      // A structure within itself ends there.
      if (within.includes(type.name)) return undefined;
      return this.#structure(type.name, schema, model.structure(type.name), path, isSecret, [...within, type.name]);
    }
    if (schema.isMapSchema()) {
      const harmless = path.endsWith('.options') ? { 'awslogs-group': this.#mark(`${path}.group`, false) } : {};
      return { [`key${this.#mark(`${path}.key`, false)}`]: this.#mark(path, isSecret), ...harmless };
    }
    if (schema.isTimestampSchema()) return this.#isInput ? new Date(1.7e12) : 1_700_000_000;
    if (schema.isDocumentSchema()) return { deep: [this.#mark(path, isSecret)] };
    if (schema.isBooleanSchema()) return true;
    if (schema.isNumericSchema()) return 1;
    if (type.kind === 'enum') return Object.keys(rawValues(type.name))[0];
    const rule = this.#isInput && isReference(owner, member) ? referenceRule(owner, member.name) : undefined;
    if (rule !== undefined) {
      const name = `main/${path.replace(/\W/g, '-')}`;
      return rule.send === 'arn'
        ? `arn:aws:ecs:eu-west-1:123456789012:${arnTypeOf(rule.noun ?? 'Cluster')}/${rule.noun === undefined ? 'main' : name}`
        : 'main';
    }
    const mark = this.#mark(path, isSecret);
    return toArn(owner, member.name, mark) ?? mark;
  }

  #mark(path: string, isSecret: boolean): string {
    const mark = `${isSecret ? SECRET : PLAIN}${path}--`;
    this.planted.push(mark);
    return `${mark}${this.#number}`;
  }
}

const OWN_ARN: Readonly<Record<string, string>> = {
  DaemonTaskDefinitionSummary: 'daemon-task-definition',
  ServiceRevisionSummary: 'service-revision',
};

/** An ARN with a mark as its name. An answer with an invalid ARN would be refused. */
function toArn(owner: string, member: string, mark: string): string | undefined {
  const noun = /^(\w+)Arns?$/.exec(member)?.[1];
  const type = member === 'arn' ? OWN_ARN[owner] : noun?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (type === undefined) return undefined;
  return `arn:aws:ecs:eu-west-1:123456789012:${type}/${mark}${type.endsWith('task-definition') ? ':1' : ''}`;
}

/** Every mark in a text. */
export function marksIn(text: string, prefix: string): ReadonlySet<string> {
  return new Set(text.match(new RegExp(`${prefix}[\\w.]+--`, 'g')) ?? []);
}
