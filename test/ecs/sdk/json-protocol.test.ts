import { deepStrictEqual } from 'node:assert/strict';
import * as sdk from '@aws-sdk/client-ecs';
import { NormalizedSchema, operation } from '@smithy/core/schema';
import { HttpResponse } from '@smithy/core/transport';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoding } from '../../../src/ecs/core/decoding.ts';
import { OPERATIONS } from '../../../src/ecs/core/operations.ts';
import { type LeanJsonDeserializer, LeanJsonProtocol } from '../../../src/ecs/sdk/json-protocol.ts';
import { toText, wireValue } from './wire-values.ts';

const EXPORTS: ReadonlyMap<string, unknown> = new Map(Object.entries(sdk));
const RUNS = 40;

const config = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const clients = [new sdk.ECSClient(config), new sdk.ECSClient({ ...config, protocol: LeanJsonProtocol })] as const;

function operationOf(name: string) {
  const schema = EXPORTS.get(`${name}$`) as readonly [9, string, string, never, never, never];
  const [, namespace, shortName, traits, input, output] = schema;
  return { schema: operation(namespace, shortName, traits, input, output), output: NormalizedSchema.of(output) };
}

/** A client makes an instance of the protocol that it was configured with. */
function protocolOf({ config }: sdk.ECSClient): LeanJsonProtocol {
  return config.protocol as unknown as LeanJsonProtocol;
}

/** The result that a client makes of an answer's text: the output, or the error that it throws. */
async function decode(client: sdk.ECSClient, name: string, text: string, statusCode = 200): Promise<unknown> {
  const headers = { 'x-amzn-requestid': 'r', 'Content-Type': 'application/x-amz-json-1.1' };
  const body = new TextEncoder().encode(text);
  try {
    const { schema } = operationOf(name);
    const response = new HttpResponse({ statusCode, headers, body });
    return await protocolOf(client).deserializeResponse(schema, client.config as never, response);
  } catch (error) {
    return { threw: Object.assign({}, error), message: (error as Error).message, name: (error as Error).name };
  }
}

const both = (name: string, text: string, statusCode?: number) =>
  Promise.all(clients.map((client) => decode(client, name, text, statusCode)));

describe('an answer of which not all is read', () => {
  const TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/c/';
  const text =
    `{"tasks":[{"taskArn":"${TASK}a","createdAt":1.7e9,"containers":[{"name":"app"}],"overrides":{"cpu":"1"}},{"taskArn":"${TASK}b"}],` +
    '"failures":[{"arn":"c","reason":"MISSING"}]}';

  /** Decodes an answer without some members, and then again with all of them. */
  async function decodeTrimmed(name: string, text: string, without: readonly string[]) {
    const [, lean] = clients;
    let turns = 0;
    let again: (() => Promise<object>) | undefined;
    const decoding: Decoding = {
      maxBytes: 1_000_000,
      endsAt: Number.POSITIVE_INFINITY,
      turn: () => {
        turns += 1;
        return Promise.resolve();
      },
      without,
      onTrimmed: (whole) => {
        again = whole;
      },
    };
    const response = new HttpResponse({ statusCode: 200, headers: {}, body: new TextEncoder().encode(text) });
    const { schema } = operationOf(name);
    const streamCollector = async (body: Uint8Array) => body;
    const context = { ...lean.config, streamCollector, decoding } as never;
    const output = await protocolOf(lean).deserializeResponse(schema, context, response);
    return { output, turns, whole: await again?.() };
  }

  it('lacks the members that it was to lack, has the rest, and can be decoded again with all of it', async () => {
    const { output, turns, whole } = await decodeTrimmed('DescribeTasks', text, ['containers', 'overrides']);
    expect(output).toEqual({
      $metadata: expect.objectContaining({ httpStatusCode: 200 }),
      tasks: [{ taskArn: `${TASK}a`, createdAt: new Date(1.7e12) }, { taskArn: `${TASK}b` }],
      failures: [{ arn: 'c', reason: 'MISSING' }],
    });
    expect(turns).toBe(1);
    const stock = (await decode(clients[0], 'DescribeTasks', text)) as object;
    expect({ ...whole, $metadata: expect.anything() }).toEqual(stock);
  });

  it('lacks a member with a document too, and keeps the moments beside it', async () => {
    const ARN = 'arn:aws:ecs:eu-west-1:123456789012:service/c/web';
    const hook = { hookTargetArn: 'arn', hookDetails: { limit: 1.5 } };
    const service = { serviceArn: ARN, createdAt: 1.7e9, deploymentConfiguration: { lifecycleHooks: [hook] } };
    const services = JSON.stringify({ services: [service] }).replace('1700000000', '1.7000000001234E9');
    const { output } = await decodeTrimmed('DescribeServices', services, ['deploymentConfiguration']);
    const { services: found } = output as { services?: readonly object[] };
    expect(found).toEqual([{ serviceArn: ARN, createdAt: new Date(1_700_000_000_123) }]);
  });

  it('lacks a member with a document also if most of the answer before stayed', async () => {
    const { deserializer } = protocolOf(clients[1]) as unknown as { readonly deserializer: LeanJsonDeserializer };
    const service = { serviceArn: 'arn', deploymentConfiguration: { lifecycleHooks: [{ hookDetails: 1.5e3 }] } };
    const text = JSON.stringify({ services: [service] }).replace('1500', '1.5E3');
    const read = (body: string) =>
      deserializer.read(operationOf('DescribeServices').output, Buffer.from(body), [
        'deploymentConfiguration',
        'events',
      ]);
    await read(JSON.stringify({ services: [{ serviceArn: 'a'.repeat(100), events: [] }] }));
    expect(await read(text)).toEqual({ services: [{ serviceArn: 'arn' }] });
  });

  it.each([
    ['DescribeTasks', 'tasks', ['attachments', 'containers', 'createdAt', 'overrides']],
    ['DescribeServices', 'services', ['deploymentConfiguration', 'deployments', 'events', 'taskSets']],
    ['DescribeContainerInstances', 'containerInstances', ['attributes', 'registeredResources', 'versionInfo']],
  ])('%s of any content equals what the SDK decodes, without the members', async (name, list, without) => {
    const omit = (item: object) => Object.fromEntries(Object.entries(item).filter(([key]) => !without.includes(key)));
    await fc.assert(
      fc.asyncProperty(wireValue(operationOf(name).output), async (value) => {
        const stock = (await decode(clients[0], name, toText(value))) as Record<string, unknown>;
        if ('threw' in stock) return;
        // Without the checks of identities: random answers have none.
        const { deserializer } = protocolOf(clients[1]) as unknown as { readonly deserializer: LeanJsonDeserializer };
        const bytes = new TextEncoder().encode(toText(value));
        const output = (await deserializer.read(operationOf(name).output, bytes, without)) as object;
        const items = stock[list] as readonly object[] | null | undefined;
        expect({ ...output, $metadata: 0 }).toEqual({
          ...stock,
          $metadata: 0,
          ...(items && { [list]: items.map(omit) }),
        });
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a value of another type than the schema has', () => {
  it.each([
    'null',
    '[]',
    '"text"',
    '{"tasks":{}}',
    '{"tasks":"text"}',
    '{"tasks":[null]}',
    '{"tasks":["text"]}',
    '{"tasks":[[]]}',
    '{"tasks":[{"taskArn":5}]}',
    '{"tasks":[{"taskArn":{}}]}',
    '{"tasks":[{"taskArn":"a","unknown":1,"version":"text"}]}',
    '{"tasks":[{"enableExecuteCommand":"true"}]}',
    '{"tasks":[{"overrides":[]}]}',
    '{"tasks":[{"containers":[{"gpuIds":[1]}]}]}',
  ])('%s is refused', async (text) => {
    expect(await decode(clients[1], 'DescribeTasks', text)).toMatchObject({ name: 'InvalidAnswerError' });
  });

  it('in a map is refused too', async () => {
    const text = (labels: unknown) =>
      JSON.stringify({ taskDefinition: { containerDefinitions: [{ dockerLabels: labels }] } });
    for (const labels of [[], 'text', { team: 1 }, { team: ['web'] }]) {
      expect(await decode(clients[1], 'DescribeTaskDefinition', text(labels))).toMatchObject({
        name: 'InvalidAnswerError',
      });
    }
    expect(await decode(clients[1], 'DescribeTaskDefinition', text({ team: 'web' }))).toMatchObject({
      taskDefinition: { containerDefinitions: [{ dockerLabels: { team: 'web' } }] },
    });
  });
});

describe('what we decode equals what the SDK decodes', () => {
  it.each(Object.keys(OPERATIONS))('%s', async (name) => {
    await fc.assert(
      fc.asyncProperty(wireValue(operationOf(name).output), async (value) => {
        const [stock, lean] = await both(name, toText(value));
        // As toStrictEqual, which takes a key `constructor` of a map for the object's own.
        deepStrictEqual(lean, stock);
      }),
      { numRuns: RUNS },
    );
  });

  it.each(Object.keys(OPERATIONS))('%s, unless we refuse it for a value of another type', async (name) => {
    await fc.assert(
      fc.asyncProperty(wireValue(operationOf(name).output, true), async (value) => {
        const [stock, lean] = await both(name, toText(value));
        if ((lean as { name?: unknown }).name === 'InvalidAnswerError') return;
        deepStrictEqual(lean, stock);
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it.each(['', '{}', '{"tasks":[', '{"tasks":null}', '{"tasks":[{"startedAt":"x"}]}'])('the body %s', async (text) => {
    const [stock, lean] = await both('DescribeTasks', text);
    expect(lean).toStrictEqual(stock);
  });

  it.each([
    '{"__type":"ClusterNotFoundException","message":"gone"}',
    '{"__type":"New","Message":"?"}',
    '',
    '{',
    'oops',
  ])('the error %s', async (text) => {
    const [stock, lean] = await both('DescribeTasks', text, 400);
    expect(lean).toMatchObject({ threw: expect.anything() });
    expect(lean).toStrictEqual(stock);
  });

  it('the members of an answer with all of them, nested moments included', async () => {
    const text =
      '{"services":[{"serviceName":"web","createdAt":1700000000.5,"deployments":[{"id":"d","updatedAt":1700000001}],' +
      '"events":[{"id":"e","createdAt":1.7e9,"message":"m"}]}]}';
    const [stock, lean] = await both('DescribeServices', text);
    expect(lean).toStrictEqual(stock);
    expect(lean).toMatchObject({
      services: [{ createdAt: new Date(1_700_000_000_500), events: [{ createdAt: new Date(1.7e12) }] }],
    });
  });
});
