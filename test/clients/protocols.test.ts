import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  CombinedProtocolErrors,
  gql,
  HttpLink,
  InMemoryCache,
} from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';
import { until } from '../support/time/until.ts';

// Clients as they come from npm, with their defaults, against what they ask for: nothing here is of this project's own.

const CLUSTERS = gql`query Names { clusters(first: 2) { nodes { id clusterName } } }`;
const SERVICES = gql`query Services { services(clusters: ["storefront"], first: 1) { nodes { id serviceName } } }`;
const EVENTS = gql`
  subscription Events($after: String) {
    serviceEvents(cluster: "storefront", service: "storefront", after: $after) { type cursor summary }
  }
`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Event {
  readonly serviceEvents: { readonly type: string; readonly cursor: string };
}

let world: World;
let url: string;
/** The requests of a client, as it sent them. */
let sent: { readonly method: string; readonly hasText: boolean }[];

const listeningFetch: typeof fetch = (input, init) => {
  const request = new Request(input, init);
  const text = `${decodeURIComponent(request.url)} ${String(init?.body ?? '')}`;
  sent.push({ method: request.method, hasText: /(clusters|services)\(/.test(text) });
  return fetch(input, init);
};

async function start(settings: Record<string, string> = {}): Promise<void> {
  world = await createWorld({}, settings);
  url = `${(await world.app.listen()).url}/graphql`;
}

/** Another client changes the service; ECS gets a moment. */
async function change(): Promise<void> {
  const input = '{ cluster: "storefront", service: "storefront", forceNewDeployment: true }';
  await world.data(`mutation { updateService(input: ${input}) { service { id } } }`);
  world.sandbox.clock.advance(30_000);
}

beforeEach(() => {
  sent = [];
});
afterEach(() => world.dispose());

describe('Apollo Client’s HttpLink', () => {
  const apollo = (...links: ApolloLink[]) =>
    new ApolloClient({
      link: ApolloLink.from([...links, new HttpLink({ uri: url, fetch: listeningFetch })]),
      cache: new InMemoryCache(),
    });

  it('follows a subscription, each event as it comes, and goes on behind a cursor', async () => {
    await start();
    const client = apollo();
    const results: ApolloClient.SubscribeResult<Event>[] = [];
    const follow = (after?: string) =>
      client.subscribe<Event>({ query: EVENTS, variables: { after } }).subscribe((result) => results.push(result));
    // As many clients do for the start.
    const first = follow('');
    await until(() => results.length === 1);
    expect(results[0]?.data?.serviceEvents.type).toBe('SNAPSHOT');
    await change();
    await until(() => results.length > 1);
    expect(results[1]?.data?.serviceEvents.type).toBe('CHANGED');
    first.unsubscribe();
    const cursor = results[0]?.data?.serviceEvents.cursor;
    const second = results[1]?.data?.serviceEvents.cursor;
    results.length = 0;
    const again = follow(cursor);
    await until(() => results.length > 0);
    expect(results[0]?.data?.serviceEvents).toMatchObject({ type: 'CHANGED', cursor: second });
    again.unsubscribe();
    client.stop();
  });

  it('shows why a subscription was refused, and that the server is shutting down', async () => {
    await start();
    const client = apollo();
    const codes: unknown[] = [];
    let hasEnded = false;
    const follow = (query: typeof EVENTS) =>
      client.subscribe({ query }).subscribe({
        next: ({ error }) => {
          if (CombinedGraphQLErrors.is(error) || CombinedProtocolErrors.is(error))
            codes.push(error.errors[0]?.extensions?.code);
          else if (error) codes.push(error.message);
          else codes.push('event');
        },
        complete: () => {
          hasEnded = true;
        },
      });
    follow(gql`subscription { serviceEvents(cluster: "storefront", service: "nowhere") { type } }`);
    await until(() => hasEnded);
    expect(codes).toEqual(['NOT_FOUND']);
    codes.length = 0;
    hasEnded = false;
    follow(EVENTS);
    await until(() => codes.length === 1);
    await world.app.dispose();
    await until(() => hasEnded);
    expect(codes).toEqual(['event', 'SERVER_DRAINING']);
    client.stop();
  });

  it.each([
    ['8MB', ['POST', 'POST text', 'POST']],
    // After that answer it sends texts.
    ['0', ['POST', 'POST text', 'POST text']],
  ])('sends hashes of documents (APQ_CACHE %s)', async (size, expected) => {
    await start({ APQ_CACHE: size });
    const client = apollo(new PersistedQueryLink({ sha256 }));
    for (let i = 0; i < 2; i += 1) {
      const { data } = await client.query({ query: CLUSTERS, fetchPolicy: 'no-cache' });
      expect(data).toMatchObject({ clusters: { nodes: [{}, {}] } });
    }
    expect(sent.map(({ method, hasText }) => (hasText ? `${method} text` : method))).toEqual(expected);
    client.stop();
  });

  it('sends hashes by GET', async () => {
    await start();
    const client = apollo(new PersistedQueryLink({ sha256, useGETForHashedQueries: true }));
    for (let i = 0; i < 2; i += 1) await client.query({ query: CLUSTERS, fetchPolicy: 'no-cache' });
    expect(sent.map(({ method, hasText }) => [method, hasText])).toEqual([
      ['GET', false],
      ['POST', true],
      ['GET', false],
    ]);
    client.stop();
  });

  it('runs operations of a manifest by id, and gives up on others at once where only those may run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
    // The cache adds __typename to every selection, as the tool that writes the manifest does.
    const body = print(new InMemoryCache().transformDocument(CLUSTERS));
    const operations = [{ id: sha256(body), name: 'Names', type: 'query', body }];
    const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await start({ TRUSTED_DOCUMENTS: join(folder, 'manifest.json'), TRUSTED_ONLY_ROLES: '*' });
    const client = apollo(new PersistedQueryLink({ generateHash: (document) => sha256(print(document)) }));
    const ask = (query: typeof CLUSTERS) => client.query({ query, fetchPolicy: 'no-cache', errorPolicy: 'all' });
    expect((await ask(CLUSTERS)).data).toMatchObject({ clusters: { nodes: [{}, {}] } });
    const { error } = await ask(SERVICES);
    expect(CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.code).toBe('DOCUMENT_NOT_FOUND');
    expect(sent.map(({ hasText }) => hasText)).toEqual([false, false]);
    client.stop();
    await rm(folder, { recursive: true });
  });

  it('sends queries in batches', async () => {
    await start();
    const client = new ApolloClient({
      link: new BatchHttpLink({ uri: url, fetch: listeningFetch, batchInterval: 5 }),
      cache: new InMemoryCache(),
    });
    world.sandbox.resetCalls();
    const [names, services] = await Promise.all([client.query({ query: CLUSTERS }), client.query({ query: SERVICES })]);
    expect(names.data).toMatchObject({ clusters: { nodes: [{}, {}] } });
    expect(services.data).toMatchObject({ services: { nodes: [{ serviceName: expect.any(String) }] } });
    expect(sent).toHaveLength(1);
    expect(world.sandbox.calls()).toEqual({ ListClusters: 1, ListServices: 1 });
    client.stop();
  });
});

describe('urql', () => {
  it('sends hashes of documents', async () => {
    await start();
    const client = new Client({
      url,
      fetch: listeningFetch,
      preferGetMethod: false,
      exchanges: [persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange],
    });
    for (let i = 0; i < 2; i += 1) {
      const { data, error } = await client.query(CLUSTERS, {}, { requestPolicy: 'network-only' }).toPromise();
      expect([error, data?.clusters.nodes]).toEqual([undefined, [{}, {}].map(() => expect.any(Object))]);
    }
    expect(sent.map(({ method, hasText }) => [method, hasText])).toEqual([
      ['GET', false],
      ['GET', true],
      ['GET', false],
    ]);
  });

  it('follows a subscription by fetch', async () => {
    await start();
    const client = new Client({ url, fetchSubscriptions: true, exchanges: [fetchExchange], preferGetMethod: false });
    const types: string[] = [];
    const { unsubscribe } = client.subscription(EVENTS, {}).subscribe(({ data, error }) => {
      types.push(data?.serviceEvents.type ?? String(error));
    });
    await until(() => types.length === 1);
    await change();
    await until(() => types.length >= 2);
    expect(types.slice(0, 2)).toEqual(['SNAPSHOT', 'CHANGED']);
    unsubscribe();
  });
});

describe('graphql-sse', () => {
  it('follows a subscription and runs a query in distinct connections mode', async () => {
    await start();
    const client = createSseClient({ url, retryAttempts: 0 });
    for await (const { data } of client.iterate<Event>({ query: EVENTS.loc?.source.body ?? '' })) {
      expect(data?.serviceEvents.type).toBe('SNAPSHOT');
      break;
    }
    for await (const { data } of client.iterate({ query: CLUSTERS.loc?.source.body ?? '' })) {
      expect(data).toMatchObject({ clusters: { nodes: [{}, {}] } });
    }
    client.dispose();
  });
});

describe('curl', () => {
  async function curl(...args: string[]): Promise<string> {
    const process = spawn('curl', ['-s', ...args, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    process.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(process, 'close');
    expect(code).toBe(0);
    return output;
  }
  const body = (query: string) => ['-H', 'content-type: application/json', '-d', JSON.stringify({ query })];

  it('gets an answer that ends for a subscription, and a compressed one for a query', async () => {
    await start();
    const refused = JSON.parse(await curl(...body('subscription { clusterEvents(cluster: "storefront") { type } }')));
    expect(refused.errors[0]).toMatchObject({
      message: expect.stringContaining('text/event-stream'),
      extensions: { code: 'NOT_ACCEPTABLE' },
    });
    const answer = await curl('--compressed', '-D', '-', ...body('{ __schema { types { name description } } }'));
    expect(answer).toMatch(/content-encoding: (br|gzip)/i);
    expect(answer).toContain('"name":"Cluster"');
  });
});
