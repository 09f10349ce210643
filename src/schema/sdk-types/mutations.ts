import { createHash } from 'node:crypto';
import type { FieldMap, ObjectRef } from '@pothos/core';
import { EcsError } from '../../ecs/core/errors.ts';
import { isWriteOperation, type WriteOperation } from '../../ecs/outcomes/check.ts';
import { WRITE_CHECKS } from '../../ecs/outcomes/table.ts';
import { isDestructive } from '../../policy/model/actions.ts';
import { blame } from '../core/blame.ts';
import type { Builder, Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { KEY_DESCRIPTION, writeOnceForKey } from '../core/keyed-write.ts';
import type { OperationName, Operations } from '../generated/types.ts';
import { expandNames } from './expand-names.ts';
import type { InputTypes } from './input-types.ts';
import type { OutputTypes, SdkRecord } from './output-types.ts';
import { createPlannedCall, DRY_RUN_DESCRIPTION, type PlannedCall, planWrite } from './planned-call.ts';
import type { Model } from './sdk-model.ts';
import { toAwsInput, withDefaultCluster } from './to-aws-input.ts';
import { apiReference, fieldName, payloadTypeName } from './type-names.ts';

/** The source of a payload: the input and the output. */
export interface PayloadSource<Op extends OperationName> {
  readonly input: Operations[Op]['input'];
  /** Empty after a dry run. */
  readonly output: Operations[Op]['output'];
}

type PayloadFieldBuilder<Op extends OperationName> = PothosSchemaTypes.ObjectFieldBuilder<Types, PayloadSource<Op>>;

export interface MutationOptions<Op extends OperationName> {
  /** The effect of the mutation, for users, in our own words. */
  readonly description: string;
  /** Fields of the payload beside those of AWS's output; an empty output needs some. */
  readonly fields?: (t: PayloadFieldBuilder<Op>) => FieldMap;
  /** Fields of AWS's output that the payload omits. */
  readonly omit?: readonly string[];
}

interface MutationArgs {
  readonly input: object;
  readonly dryRun?: boolean | null;
  readonly idempotencyKey?: string | null;
}

/** ECS accepts client tokens of up to 36 printable characters for services and task sets, and longer ones elsewhere. */
const CLIENT_TOKEN = /^[\x21-\x7e]{1,36}$/;

const DESTRUCTIVE =
  'A request has at most `MAX_DESTRUCTIVE_FIELDS` mutations that delete, deregister or stop something.';

const PASSED_KEY = `${KEY_DESCRIPTION} ECS receives the key as its client token, so it holds at every replica.`;

/** ECS writes as mutations, with the operation's own name, input and output. */
export class Mutations {
  readonly #builder: Builder;
  readonly #model: Model;
  readonly #inputs: InputTypes;
  readonly #outputs: OutputTypes;
  #plannedCall: ObjectRef<Types, PlannedCall> | undefined;
  #hasType = false;

  constructor(builder: Builder, model: Model, inputs: InputTypes, outputs: OutputTypes) {
    this.#builder = builder;
    this.#model = model;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /** Adds `createService(input: CreateServiceInput!, idempotencyKey: ID): CreateServicePayload`. */
  add<Op extends WriteOperation>(operation: Op, options: MutationOptions<Op>): void {
    this.#addType();
    const known = this.#model.request(operation).map(({ name }) => name);
    const takesCluster = known.includes('cluster');
    const blamed = async <T>(input: object, write: Promise<T>): Promise<T> => {
      try {
        return await write;
      } catch (error) {
        const inDefault = takesCluster && !('cluster' in input);
        const note = inDefault ? 'looked in cluster "default", as none was named' : undefined;
        throw blame(error, input, note, 'input.', known);
      }
    };
    this.#builder.mutationField(fieldName(operation), (t) =>
      t.field({
        type: this.payload(operation, options),
        description: isDestructive(operation) ? `${options.description} ${DESTRUCTIVE}` : options.description,
        extensions: { ecsCost: 1, ...(isDestructive(operation) && { destructive: true }) },
        args: {
          input: t.arg({
            type: this.#inputs.operation(operation),
            required: true,
            description: `The request of ${operation}, as ECS takes it.`,
          }),
          dryRun: t.arg.boolean({ defaultValue: false, description: DRY_RUN_DESCRIPTION }),
          idempotencyKey: t.arg.id({ description: this.#takesToken(operation) ? PASSED_KEY : KEY_DESCRIPTION }),
        },
        resolve: async (_root, args: object, context) => {
          const { input: given, dryRun, idempotencyKey } = args as MutationArgs;
          const { region } = context.ecs.scope;
          const asked = toAwsInput(this.#model, operation, given, { region, secrets: context.secrets });
          const expand = async () =>
            withDefaultCluster(this.#model, operation, await expandNames(context, this.#model, operation, asked));
          if (dryRun === true) {
            const input = this.#withClientToken(operation, await expand(), idempotencyKey);
            await planWrite(context, operation, input);
            return { input, output: {} as Operations[Op]['output'] };
          }
          if (idempotencyKey == null) {
            const input = await expand();
            return { input, output: await blamed(asked, writeOnce(context, operation, input)) };
          }
          const prepare = async () => this.#withClientToken(operation, await expand(), idempotencyKey);
          return blamed(asked, writeKeyed(context, operation, { asked, prepare, key: idempotencyKey }));
        },
      }),
    );
  }

  /** The type of a call in a plan. */
  get plannedCall(): ObjectRef<Types, PlannedCall> {
    this.#plannedCall ??= createPlannedCall(this.#builder);
    return this.#plannedCall;
  }

  /** The payload type: the fields of AWS's output with links to nouns, and fields that the caller adds. */
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
        ...(isWriteOperation(operation) && { plan: this.#planField(operation, t as never) }),
      }),
    });
  }

  #planField(operation: WriteOperation, t: PayloadFieldBuilder<WriteOperation>): FieldMap[string] {
    const resolve = ({ input }: PayloadSource<WriteOperation>) => [{ operation, input, changes: [] }];
    return t.field({
      type: [this.plannedCall],
      nullable: { list: false, items: false },
      description: 'The call that was made; after a `dryRun`, that would be made, and all other fields are empty.',
      resolve,
    } as never);
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
    key: string | null | undefined,
  ): Operations[Op]['input'] {
    if (key == null || !this.#takesToken(operation)) return input;
    return { ...input, clientToken: toClientToken(key) };
  }
}

/** A write without a key: the request must not be sent again once it was done. */
export async function writeOnce<Op extends WriteOperation>(
  { ecs, writes }: GraphContext,
  operation: Op,
  input: Operations[Op]['input'],
): Promise<Operations[Op]['output']> {
  try {
    const output = await ecs.write(operation, input);
    writes.isRepeatable = false;
    return output;
  } catch (error) {
    if (!(error instanceof EcsError) || error.mayBeDone) writes.isRepeatable = false;
    throw error;
  }
}

interface Keyed<Op extends OperationName> {
  /** The input as the caller sent it: what names mean may have changed when the mutation is sent again. */
  readonly asked: object;
  /** Converts the input to ECS's form. */
  readonly prepare: () => Promise<Operations[Op]['input']>;
  readonly key: string;
  /** The mutation that the write is a part of, if it is not its own. */
  readonly partOf?: string;
}

export async function writeKeyed<Op extends WriteOperation>(
  context: GraphContext,
  operation: Op,
  { asked, prepare, key, partOf }: Keyed<Op>,
): Promise<PayloadSource<Op>> {
  // A mutation that was done under the key before is answered without a write, and so without its decision. The input of a part is
  // known only once it was prepared.
  if (partOf === undefined) await context.access?.authorizeWrite(operation, asked);
  const { sent, output, replayed } = await writeOnceForKey<Operations[Op]['input'], Operations[Op]['output']>(
    context,
    partOf === undefined ? operation : `${partOf} ${operation}`,
    key,
    {
      input: asked,
      prepare,
      isRepeatable: WRITE_CHECKS[operation].resend === true,
      send: (input) => context.ecs.write(operation, input),
      async findOut(input, sentAt) {
        try {
          return await context.ecs.findOut(operation, input, sentAt);
        } catch (error) {
          context.auditReplay?.({ operation, input, asked, error });
          throw error;
        }
      },
    },
  );
  if (replayed && partOf !== undefined) await context.access?.authorizeWrite(operation, sent);
  if (replayed) context.auditReplay?.({ operation, input: sent, asked });
  return { input: sent, output };
}

/** A key that ECS would refuse is replaced by its digest. */
export function toClientToken(key: string): string {
  return CLIENT_TOKEN.test(key) ? key : createHash('sha256').update(key).digest('hex').slice(0, 32);
}
