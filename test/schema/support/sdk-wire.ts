import * as sdk from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import { HttpResponse } from '@smithy/core/transport';
import { execute, type GraphQLSchema, parse } from 'graphql';
import type { GraphContext } from '../../../src/schema/core/context.ts';
import { SecretsView } from '../../../src/schema/core/secrets.ts';
import type { OperationName } from '../../../src/schema/generated/types.ts';
import { createKeyedWrites } from '../../support/operations/keyed-writes.ts';

const EXPORTS: ReadonlyMap<string, unknown> = new Map(Object.entries(sdk));

/** The unmodified SDK over a wire that a test holds in its hands. */
export class SdkWire {
  /** The next answer of ECS, as it stands on the wire. */
  answer: unknown = {};
  /** The last request's body. */
  sent: unknown;
  readonly #client: sdk.ECSClient;

  constructor() {
    const handle = async (request: { readonly body: Uint8Array }) => {
      this.sent = JSON.parse(new TextDecoder().decode(request.body));
      const headers = { 'content-type': 'application/x-amz-json-1.1' };
      const body = new TextEncoder().encode(JSON.stringify(this.answer));
      return { response: new HttpResponse({ statusCode: 200, headers, body }) };
    };
    this.#client = new sdk.ECSClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: { handle } as never,
    });
  }

  async send(operation: OperationName, input: object): Promise<object> {
    const Command = EXPORTS.get(`${operation}Command`) as new (input: object) => sdk.ListClustersCommand;
    const { $metadata, ...output } = await this.#client.send(new Command(input));
    return output;
  }

  /** A context whose ECS is this wire; `unrecognized` collects what enums could not spell. */
  context(showsSecrets = true): GraphContext & { readonly unrecognizedValues: { path: unknown; value: string }[] } {
    const send = (operation: OperationName, input: object) => this.send(operation, input);
    const unrecognizedValues: { path: unknown; value: string }[] = [];
    return {
      ecs: { read: send, write: send, scope: { account: 'default', region: 'eu-west-1' } },
      principal: { name: 'test' },
      writes: { replayed: false, isRepeatable: true },
      services: { keyedWrites: createKeyedWrites() },
      secrets: new SecretsView(() => showsSecrets),
      unrecognizedValues,
      unrecognized: (path: unknown, value: string) => unrecognizedValues.push({ path, value }),
    } as never;
  }
}

/** The runtime schemas of an operation's request and response. */
export function messageSchemas(operation: OperationName): { request: NormalizedSchema; response: NormalizedSchema } {
  const schema = EXPORTS.get(`${operation}$`) as readonly [9, string, string, unknown, never, never];
  return { request: NormalizedSchema.of(schema[4]), response: NormalizedSchema.of(schema[5]) };
}

/** A value of the SDK as it stands on the wire: moments are seconds. */
export function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]));
}

/** Executes a document with ECS answering `answer`; returns the result and the body that was sent. */
export async function run(schema: GraphQLSchema, answer: unknown, text: string, showsSecrets = true) {
  const wire = new SdkWire();
  wire.answer = answer;
  const contextValue = wire.context(showsSecrets);
  const { data, errors } = await execute({ schema, document: parse(text), contextValue });
  const plainData: unknown = JSON.parse(JSON.stringify(data ?? null));
  return { data: plainData, errors, sent: wire.sent, unrecognized: contextValue.unrecognizedValues };
}
