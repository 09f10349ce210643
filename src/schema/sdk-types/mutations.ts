import { createHash } from 'node:crypto';
import type { FieldMap, ObjectRef } from '@pothos/core';
import { KeyReusedError } from '../../ecs/consistency/idempotency-keys.ts';
import type { Builder, Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { OperationName, Operations } from '../generated/types.ts';
import type { InputTypes } from './input-types.ts';
import type { OutputTypes, SdkRecord } from './output-types.ts';
import type { Model } from './sdk-model.ts';
import { toAwsInput } from './to-aws-input.ts';
import { apiReference, fieldName, payloadTypeName } from './type-names.ts';

/** The source of a payload: what was sent, and what came back. */
export interface PayloadSource<Op extends OperationName> {
  readonly input: Operations[Op]['input'];
  readonly output: Operations[Op]['output'];
}

type PayloadFieldBuilder<Op extends OperationName> = PothosSchemaTypes.ObjectFieldBuilder<Types, PayloadSource<Op>>;

export interface MutationOptions<Op extends OperationName> {
  /** What it does, for users, in our own words. */
  readonly description: string;
  /** Fields of the payload beside those of AWS's answer; an empty answer needs some. */
  readonly fields?: (t: PayloadFieldBuilder<Op>) => FieldMap;
  /** Fields of AWS's answer that the payload leaves out. */
  readonly omit?: readonly string[];
  /** Replaces the call; by default `context.ecs.write`. */
  readonly write?: (input: Operations[Op]['input'], context: GraphContext) => Promise<Operations[Op]['output']>;
}

interface MutationArgs {
  readonly input: object;
  readonly idempotencyKey?: string | null;
}

/** ECS takes client tokens of up to 36 printable characters for services and task sets, and more elsewhere. */
const CLIENT_TOKEN = /^[\x21-\x7e]{1,36}$/;

/** What a key is good for, by whether ECS takes it. */
const PASSED_KEY =
  'The same key with the same input makes one change, however often it is sent: ECS takes it as its client token.';
const KEPT_KEY =
  'The same key with the same input, sent again within ten minutes, is answered by the same server as it was the first time. ECS takes no ' +
  'client token here: where its own answer was lost (UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE), look before you send it again.';

/** Writes as mutations, with the operation's own name, input and answer. */
export class Mutations {
  readonly #builder: Builder;
  readonly #model: Model;
  readonly #inputs: InputTypes;
  readonly #outputs: OutputTypes;
  #hasType = false;

  constructor(builder: Builder, model: Model, inputs: InputTypes, outputs: OutputTypes) {
    this.#builder = builder;
    this.#model = model;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /** Adds `createService(input: CreateServiceInput!, idempotencyKey: ID): CreateServicePayload`. */
  add<Op extends OperationName>(operation: Op, options: MutationOptions<Op>): void {
    this.#addType();
    const write = options.write ?? ((input, context) => context.ecs.write(operation, input));
    this.#builder.mutationField(fieldName(operation), (t) =>
      t.field({
        type: this.payload(operation, options),
        description: options.description,
        args: {
          input: t.arg({
            type: this.#inputs.operation(operation),
            required: true,
            description: `The request of ${operation}, as ECS takes it.`,
          }),
          idempotencyKey: t.arg.id({ description: this.#takesToken(operation) ? PASSED_KEY : KEPT_KEY }),
        },
        resolve: async (_root, args: object, context) => {
          const { input: given, idempotencyKey } = args as MutationArgs;
          const input = toAwsInput(this.#model, operation, given);
          if (!idempotencyKey) return { input, output: await write(input, context) };
          const keyed = this.#withClientToken(operation, input, idempotencyKey);
          const name = `${context.principal.name} ${operation} ${idempotencyKey}`;
          const send = (): Promise<Operations[Op]['output']> => write(keyed, context);
          return { input: keyed, output: await once(context, name, input, send) };
        },
      }),
    );
  }

  /** The payload type: the fields of AWS's answer, nouns linked, and those that the caller adds. */
  payload<Op extends OperationName>(
    operation: Op,
    { fields, omit = [] }: Pick<MutationOptions<Op>, 'fields' | 'omit'> = {},
  ): ObjectRef<Types, PayloadSource<Op>> {
    return this.#builder.objectRef<PayloadSource<Op>>(payloadTypeName(operation)).implement({
      description: apiReference(operation),
      fields: (t) => ({
        ...this.#outputs.fields(operation, t, this.#model.response(operation), {
          holder: {
            record: (source: PayloadSource<Op>) => source.output as SdkRecord,
            input: (source: PayloadSource<Op>) => source.input as SdkRecord,
          },
          omit,
        }),
        ...fields?.(t as PayloadFieldBuilder<Op>),
      }),
    });
  }

  #addType(): void {
    if (this.#hasType) return;
    this.#hasType = true;
    this.#builder.mutationType({
      description:
        "Writes, each named as its ECS operation. `input` is the operation's own; fields that are null are not sent.",
    });
  }

  #takesToken(operation: OperationName): boolean {
    return this.#model.request(operation).some((member) => member.name === 'clientToken');
  }

  #withClientToken<Op extends OperationName>(
    operation: Op,
    input: Operations[Op]['input'],
    key: string,
  ): Operations[Op]['input'] {
    if (!this.#takesToken(operation) || 'clientToken' in input) return input;
    return { ...input, clientToken: toClientToken(key) };
  }
}

async function once<Output>(
  { services }: GraphContext,
  name: string,
  input: object,
  write: () => Promise<Output>,
): Promise<Output> {
  try {
    return await services.keyedWrites.once(name, input, write);
  } catch (error) {
    throw error instanceof KeyReusedError ? badUserInput('idempotencyKey', error.message) : error;
  }
}

/** A key that ECS would refuse is sent as its digest. */
export function toClientToken(key: string): string {
  return CLIENT_TOKEN.test(key) ? key : createHash('sha256').update(key).digest('hex').slice(0, 32);
}
