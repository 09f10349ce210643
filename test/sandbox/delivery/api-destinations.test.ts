import {
  CreateApiDestinationCommand,
  type CreateApiDestinationCommandInput,
  CreateConnectionCommand,
  type CreateConnectionCommandInput,
  DeleteApiDestinationCommand,
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
  ListApiDestinationsCommand,
  PutEventsCommand,
  type Target,
  UpdateApiDestinationCommand,
  UpdateConnectionCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, it, vi } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/index.ts';
import { type Endpoint, withEndpoint } from '../support/endpoint.ts';
import { Messaging } from '../support/messaging.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const HOUR = 3_600_000;
const KEY: Omit<CreateConnectionCommandInput, 'Name'> = {
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'Authorization', ApiKeyValue: 'Bearer secret' } },
};

/** A sandbox whose rule sends own events to an endpoint, and leaves the others to the queue `dead`. */
async function withDestination(
  endpoint: Endpoint,
  {
    connection = KEY,
    destination = {},
    target = {},
    options = {},
  }: {
    connection?: Omit<CreateConnectionCommandInput, 'Name'>;
    destination?: Partial<CreateApiDestinationCommandInput>;
    target?: Partial<Target>;
    options?: SandboxOptions;
  } = {},
) {
  const s = await withSandbox(options);
  const m = new Messaging(s.sandbox);
  const dead = await m.queue('dead');
  const { ConnectionArn } = await m.events.send(new CreateConnectionCommand({ Name: 'gateway', ...connection }));
  const { ApiDestinationArn = '' } = await m.events.send(
    new CreateApiDestinationCommand({
      Name: 'gateway',
      ConnectionArn,
      InvocationEndpoint: `${endpoint.url}/events`,
      HttpMethod: 'POST',
      ...destination,
    }),
  );
  const DeadLetterConfig = { Arn: dead.arn };
  await m.rule('mine', { Arn: ApiDestinationArn, DeadLetterConfig, ...target }, '{"source":["me"]}');
  return {
    ...s,
    m,
    dead,
    connectionArn: ConnectionArn,
    /** Advances time and waits until all requests that it caused are answered. */
    async advance(ms: number) {
      s.sandbox.clock.advance(ms);
      await vi.waitUntil(() => s.sandbox.deliveriesUnderWay() === 0, { interval: 1 });
    },
    async emit(count: number) {
      const Entries = Array.from({ length: count }, (_, at) => ({
        Source: 'me',
        DetailType: 'Test',
        Detail: JSON.stringify({ at }),
      }));
      await m.events.send(new PutEventsCommand({ Entries }));
      await this.advance(200);
    },
    /** The reasons in the queue for dead letters. */
    async reasons() {
      const letters = await m.receive(dead.url, { MessageAttributeNames: ['All'] });
      return letters.map(({ MessageAttributes = {} }) =>
        ['ERROR_CODE', 'ERROR_MESSAGE', 'RETRY_ATTEMPTS', 'EXHAUSTED_RETRY_CONDITION']
          .map((name) => MessageAttributes[name]?.StringValue)
          .join('|'),
      );
    },
    async [Symbol.asyncDispose]() {
      m[Symbol.dispose]();
      await s[Symbol.asyncDispose]();
    },
  };
}

describe('an API destination', () => {
  it('gets each event in a request of its own, with the key of the connection', async () => {
    await using endpoint = await withEndpoint();
    await using w = await withDestination(endpoint);
    await w.emit(2);
    expect(endpoint.posted.map(({ body }) => JSON.parse(body).detail)).toEqual([{ at: 0 }, { at: 1 }]);
    const [{ method, url, headers, body } = { method: '', url: '', headers: {}, body: '' }] = endpoint.posted;
    expect([method, url]).toEqual(['POST', '/events']);
    expect(headers).toEqual({
      authorization: 'Bearer secret',
      'user-agent': 'Amazon/EventBridge/ApiDestinations',
      'content-type': 'application/json; charset=utf-8',
      range: 'bytes=0-1048575',
      'accept-encoding': 'gzip,deflate',
      connection: 'close',
      'content-length': String(body.length),
      host: new URL(endpoint.url).host,
    });
    expect(JSON.parse(body)).toMatchObject({
      version: '0',
      source: 'me',
      account: '123456789012',
      region: 'eu-west-1',
    });
    await w.advance(HOUR);
    expect(endpoint.posted).toHaveLength(2);
  });

  it('takes paths, queries, headers and members of the body from target and connection, which wins', async () => {
    await using endpoint = await withEndpoint();
    await using w = await withDestination(endpoint, {
      connection: {
        AuthorizationType: 'BASIC',
        AuthParameters: {
          BasicAuthParameters: { Username: 'me', Password: 'päss' },
          InvocationHttpParameters: {
            HeaderParameters: [{ Key: 'x-both', Value: 'connection' }],
            QueryStringParameters: [{ Key: 'q', Value: 'connection' }],
            BodyParameters: [{ Key: 'token', Value: 't', IsValueSecret: true }],
          },
        },
      },
      destination: { InvocationEndpoint: `${endpoint.url}/*/events?v=1` },
      target: {
        HttpParameters: {
          PathParameterValues: ['a/b'],
          HeaderParameters: { 'x-both': 'target', 'x-own': 'target', 'User-Agent': 'other' },
          QueryStringParameters: { q: 'target', r: '1' },
        },
      },
    });
    await w.emit(1);
    const [request] = endpoint.posted;
    expect(request?.url).toBe('/a%2Fb/events?v=1&q=connection&r=1');
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('me:päss').toString('base64')}`,
      'x-both': 'connection',
      'x-own': 'target',
      'user-agent': 'Amazon/EventBridge/ApiDestinations',
    });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ token: 't', source: 'me' });
  });

  it.each([401, 407, 409, 429, 500, 503])('that answers %i gets the event again, later and later', async (status) => {
    await using endpoint = await withEndpoint((response, number) => {
      response.writeHead(number < 3 ? status : 204).end();
    });
    await using w = await withDestination(endpoint);
    await w.emit(1);
    // The first attempt was 50 ms ago; each wait is a fifth shorter or longer at most.
    await w.advance(749);
    expect(endpoint.posted).toHaveLength(1);
    await w.advance(401);
    expect(endpoint.posted).toHaveLength(2);
    await w.advance(1199);
    expect(endpoint.posted).toHaveLength(2);
    await w.advance(1201);
    expect(endpoint.posted).toHaveLength(3);
    expect(new Set(endpoint.posted.map(({ body }) => body)).size).toBe(1);
    await w.advance(24 * HOUR);
    expect(await w.reasons()).toEqual([]);
    expect(endpoint.posted).toHaveLength(3);
  });

  it('says with Retry-After when to come again, or never', async () => {
    await using endpoint = await withEndpoint((response, number) => {
      const after = number === 1 ? '100' : number === 2 ? '-1' : undefined;
      response.writeHead(503, after === undefined ? {} : { 'retry-after': after }).end();
    });
    await using w = await withDestination(endpoint);
    await w.emit(1);
    await w.advance(99_000);
    expect(endpoint.posted).toHaveLength(1);
    await w.advance(2_000);
    expect(await w.reasons()).toEqual(['ERROR_FROM_TARGET|The endpoint answered with status 503.|1|']);
  });

  it.each([302, 400, 403, 404])('that answers %i never gets the event again', async (status) => {
    await using endpoint = await withEndpoint((response) => void response.writeHead(status, { location: '/' }).end());
    await using w = await withDestination(endpoint);
    await w.emit(1);
    expect(await w.reasons()).toEqual([`ERROR_FROM_TARGET|The endpoint answered with status ${status}.|0|`]);
    await w.advance(HOUR);
    expect(endpoint.posted).toHaveLength(1);
  });

  it('loses an event when its attempts, or its time, are over', async () => {
    await using endpoint = await withEndpoint((response) => void response.writeHead(500).end());
    await using w = await withDestination(endpoint, { target: { RetryPolicy: { MaximumRetryAttempts: 1 } } });
    await w.emit(1);
    await w.advance(2_000);
    const text = 'ERROR_FROM_TARGET|The endpoint answered with status 500.';
    expect(await w.reasons()).toEqual([`${text}|1|MaximumRetryAttempts`]);
    await using old = await withDestination(endpoint, { target: { RetryPolicy: { MaximumEventAgeInSeconds: 60 } } });
    await old.emit(1);
    for (let second = 0; second < 60; second += 1) await old.advance(1_000);
    expect(await old.reasons()).toEqual([`${text}|5|MaximumEventAgeInSeconds`]);
  });

  it('that cannot be reached is tried again', async () => {
    await using endpoint = await withEndpoint();
    await using w = await withDestination(endpoint, {
      destination: { InvocationEndpoint: 'http://127.0.0.1:1/' },
      target: { RetryPolicy: { MaximumRetryAttempts: 0 } },
    });
    await w.emit(1);
    expect(await w.reasons()).toEqual([
      'ERROR_FROM_TARGET|The endpoint cannot be reached: connect ECONNREFUSED 127.0.0.1:1|0|MaximumRetryAttempts',
    ]);
  });

  it('gets no more events in a second than it takes', async () => {
    await using endpoint = await withEndpoint();
    await using w = await withDestination(endpoint, { destination: { InvocationRateLimitPerSecond: 2 } });
    await w.emit(4);
    for (const count of [2, 3, 4]) {
      await w.advance(449);
      expect(endpoint.posted).toHaveLength(count - 1);
      await w.advance(51);
      expect(endpoint.posted).toHaveLength(count);
    }
  });

  it('of which the connection is gone, or which is gone itself, loses its events', async () => {
    await using endpoint = await withEndpoint();
    await using w = await withDestination(endpoint);
    await w.m.events.send(new DeleteApiDestinationCommand({ Name: 'gateway' }));
    await w.emit(1);
    expect(await w.reasons()).toEqual([
      expect.stringMatching(/^NO_RESOURCE\|There is no arn:aws:events:.*api-destination\/gateway\/.*\|0\|$/),
    ]);
    expect(endpoint.posted).toEqual([]);
  });

  it('gets events that were on their way when the world was written to a file', async () => {
    // The first request is never answered.
    await using endpoint = await withEndpoint((response, number) => void (number > 1 && response.end()));
    await using w = await withDestination(endpoint);
    const Entries = [{ Source: 'me', DetailType: 'Test', Detail: '{}' }];
    await w.m.events.send(new PutEventsCommand({ Entries }));
    w.sandbox.clock.advance(200);
    await vi.waitUntil(() => endpoint.posted.length === 1, { interval: 1 });
    expect(w.sandbox.deliveriesUnderWay()).toBe(1);
    const file = JSON.parse(JSON.stringify(w.sandbox.exportWorld()));
    await using copy = await withSandbox({ world: file });
    await vi.waitUntil(() => copy.sandbox.deliveriesUnderWay() === 0, { interval: 1 });
    expect(endpoint.posted[1]?.body).toBe(endpoint.posted[0]?.body);
    copy.sandbox.clock.advance(3_600_000);
    expect(endpoint.posted).toHaveLength(2);
  });
});

describe('connections and destinations', () => {
  it('show no secret, and are changed in part', async () => {
    await using endpoint = await withEndpoint();
    await using w = await withDestination(endpoint);
    const { events } = w.m;
    const shown = await events.send(new DescribeConnectionCommand({ Name: 'gateway' }));
    expect(shown).toMatchObject({
      ConnectionState: 'AUTHORIZED',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'Authorization' } },
    });
    expect(JSON.stringify(shown)).not.toContain('Bearer');
    const other = { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'second' } };
    await events.send(new UpdateConnectionCommand({ Name: 'gateway', AuthParameters: other }));
    await events.send(new UpdateApiDestinationCommand({ Name: 'gateway', HttpMethod: 'PUT' }));
    expect(await events.send(new DescribeApiDestinationCommand({ Name: 'gateway' }))).toMatchObject({
      HttpMethod: 'PUT',
      InvocationEndpoint: `${endpoint.url}/events`,
      InvocationRateLimitPerSecond: 300,
      ConnectionArn: w.connectionArn,
    });
    await w.emit(1);
    expect(endpoint.posted[0]).toMatchObject({ method: 'PUT', headers: { 'x-key': 'second' } });
    const { ApiDestinations } = await events.send(new ListApiDestinationsCommand({ NamePrefix: 'gate' }));
    expect(ApiDestinations?.map(({ Name }) => Name)).toEqual(['gateway']);
  });

  it.each([
    ['http://example.com/', 'InvocationEndpoint must be HTTPS.'],
    ['https://example.com/events', 'Start it with --event-endpoints https://example.com to allow this endpoint.'],
    ['https://127.0.0.1.example.com/', 'this machine only'],
    ['https://user:secret@localhost/', 'InvocationEndpoint is not a URL.'],
    ['example', 'InvocationEndpoint is not a URL.'],
  ])('do not have the endpoint %s', async (InvocationEndpoint, message) => {
    await using endpoint = await withEndpoint();
    const made = withDestination(endpoint, { destination: { InvocationEndpoint } });
    await expect(made).rejects.toThrow(message);
  });

  it('have endpoints elsewhere if the sandbox was started for that', async () => {
    await using endpoint = await withEndpoint();
    const options = { eventEndpoints: ['https://gateway.example.com/any'] };
    const destination = { InvocationEndpoint: 'https://gateway.example.com/events' };
    await using w = await withDestination(endpoint, { options, destination });
    const { ApiDestinationState } = await w.m.events.send(new DescribeApiDestinationCommand({ Name: 'gateway' }));
    expect(ApiDestinationState).toBe('ACTIVE');
  });

  it.each<[CreateConnectionCommandInput['AuthorizationType'], object, string]>([
    ['OAUTH_CLIENT_CREDENTIALS', {}, 'API_KEY or BASIC only'],
    ['API_KEY', {}, 'The ApiKeyName is missing.'],
    ['API_KEY', { ApiKeyAuthParameters: { ApiKeyName: 'a b', ApiKeyValue: 'c' } }, 'a b is not a header'],
    ['API_KEY', { ApiKeyAuthParameters: { ApiKeyName: 'a', ApiKeyValue: 'c\nd' } }, 'a is not a header'],
    ['BASIC', { BasicAuthParameters: { Username: 'me' } }, 'The Password is missing.'],
  ])('are not authorized by %s with %j', async (AuthorizationType, AuthParameters, message) => {
    await using endpoint = await withEndpoint();
    const made = withDestination(endpoint, { connection: { AuthorizationType, AuthParameters } });
    await expect(made).rejects.toThrow(message);
  });
});
