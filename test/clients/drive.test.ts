import { spawn } from 'node:child_process';
import type { ApolloClient, ObservableQuery, TypedDocumentNode } from '@apollo/client';
import type { Client as UrqlClient } from '@urql/core';
import { printSchema } from 'graphql';
import type { Client as WsClient } from 'graphql-ws';
import relay, { type ConcreteRequest, type Environment, type ReaderFragment } from 'relay-runtime';
import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { type ClientProject, createClientProject, guideBlocks } from './support/project.ts';
import { type Endpoint, type Served, serve, THROTTLED } from './support/served.ts';

/** A service as the operations of the guide read it. */
interface ServiceView {
  readonly service: {
    readonly id: string;
    readonly desiredCount: number;
    readonly tasks: {
      readonly edges: readonly { readonly node: { readonly id: string } }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  } | null;
}

type Documents = Record<
  | 'DashboardDocument'
  | 'DeploymentProgressDocument'
  | 'RunTaskDocument'
  | 'ServiceEventsDocument'
  | 'ServicePageDocument'
  | 'TaskPageDocument'
  | 'UpdateServiceDocument',
  TypedDocumentNode<ServiceView, Record<string, unknown>>
>;

const STOREFRONT = { cluster: 'storefront', service: 'storefront' };
const NOWHERE = { input: { cluster: 'storefront', service: 'none', desiredCount: 1 } };

/** A client may show a result late: a busy machine is not a fault. */
const PATIENT = { timeout: 20_000 };

let project: ClientProject;
let served: Served;
let documents: Documents;
const load = async <Module>(file: string): Promise<Module> => import(/* @vite-ignore */ project.path(file));
const taskIds = (view: ServiceView | undefined) => view?.service?.tasks.edges.map(({ node }) => node.id) ?? [];
const newTaskIds = (view: ServiceView | undefined) => new Set(taskIds(view)).size;

beforeAll(async () => {
  [project, served] = await Promise.all([createClientProject(printSchema(sharedSchema())), serve()]);
  documents = await load('src/gql/graphql.ts');
});
beforeEach(() => {
  served.requests.count = 0;
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

describe('Apollo Client', () => {
  let client: ApolloClient;
  let codes: (error: unknown) => string[];
  let guide: {
    watchService(client: ApolloClient): ObservableQuery<ServiceView>;
    nextTasks(query: ObservableQuery<ServiceView>): Promise<unknown>;
    scale(client: ApolloClient, desiredCount: number): Promise<unknown>;
  };
  beforeAll(async () => {
    const apollo = await load<{
      createApolloClient(endpoint: Endpoint): ApolloClient;
      errorCodes(error: unknown): string[];
    }>('src/apollo.ts');
    client = apollo.createApolloClient(served);
    codes = apollo.errorCodes;
    guide = await load('src/apollo-service.ts');
  });
  afterAll(() => client.stop());

  it('merges pages and shows the payload of a mutation wherever the service is watched', {
    timeout: 60_000,
  }, async () => {
    const query = guide.watchService(client);
    const seen: (ServiceView | undefined)[] = [];
    const watching = query.subscribe(({ data, dataState }) => dataState === 'complete' && seen.push(data));
    await vi.waitFor(() => expect(newTaskIds(seen.at(-1))).toBe(2), PATIENT);
    await guide.nextTasks(query);
    await vi.waitFor(() => expect(newTaskIds(seen.at(-1))).toBe(4), PATIENT);
    await guide.scale(client, 7);
    await vi.waitFor(() => expect(seen.at(-1)?.service?.desiredCount).toBe(7), PATIENT);
    expect(newTaskIds(seen.at(-1))).toBe(4);
    expect(served.requests.count).toBe(3);
    watching.unsubscribe();
  });

  it('knows what a Node is, and finds it in the cache', async () => {
    const { data } = await client.query({ query: documents.ServicePageDocument, variables: STOREFRONT });
    const variables = { id: taskIds(data)[0] };
    const page = await client.query({ query: documents.TaskPageDocument, variables });
    expect(page.data).toMatchObject({
      node: { __typename: 'Task', id: variables.id, containers: [{ exitCode: null }] },
    });
  });

  it('gives the errors with their codes, and the data beside them', async () => {
    const result = await client.mutate({ mutation: documents.UpdateServiceDocument, variables: NOWHERE });
    expect(codes(result.error)).toEqual(['NOT_FOUND']);
    expect(result.data).toEqual({ updateService: null });
  });

  it('repeats a query that may succeed later, and a mutation only with an idempotency key', async () => {
    served.intercept(THROTTLED);
    const query = { query: documents.ServicePageDocument, variables: STOREFRONT, fetchPolicy: 'network-only' } as const;
    expect((await client.query(query)).data?.service?.id).toBeDefined();
    expect(served.requests.count).toBe(2);
    const input = { ...STOREFRONT, desiredCount: 7 };
    served.intercept(THROTTLED);
    const once = await client.mutate({ mutation: documents.UpdateServiceDocument, variables: { input } });
    expect(codes(once.error)).toEqual(['UPSTREAM_THROTTLED']);
    served.intercept(THROTTLED);
    const variables = { input, idempotencyKey: 'key' };
    expect((await client.mutate({ mutation: documents.UpdateServiceDocument, variables })).error).toBeUndefined();
    expect(served.requests.count).toBe(5);
  });

  it('subscribes over WebSocket', async () => {
    const events = client.subscribe({ query: documents.ServiceEventsDocument, variables: STOREFRONT });
    expect((await firstValueFrom(events)).data).toMatchObject({ serviceEvents: { type: 'SNAPSHOT' } });
    const progress = client.subscribe({ query: documents.DeploymentProgressDocument, variables: STOREFRONT });
    expect((await firstValueFrom(progress)).data).toMatchObject({
      deploymentProgress: { summary: expect.stringContaining('storefront') },
    });
    expect(served.requests.count).toBe(0);
  });

  it('learns when its token is wrong', async () => {
    const { createApolloClient } = await load<{ createApolloClient(endpoint: Endpoint): ApolloClient }>(
      'src/apollo.ts',
    );
    const stranger = createApolloClient({ url: served.url, token: () => 'nonsense' });
    const { error } = await stranger.query({ query: documents.DashboardDocument });
    expect(codes(error)).toEqual(['UNAUTHENTICATED']);
  });
});

describe('urql', () => {
  let client: UrqlClient;
  beforeAll(async () => {
    client = (await load<{ createUrqlClient(endpoint: Endpoint): UrqlClient }>('src/urql.ts')).createUrqlClient(served);
  });

  it('merges pages and shows the payload of a mutation wherever the service is watched, without a warning', async () => {
    const warn = vi.spyOn(console, 'warn');
    const page = (after?: string) =>
      client.query(documents.ServicePageDocument, { ...STOREFRONT, first: 2, after }).toPromise();
    const first = await page();
    const second = await page(first.data?.service?.tasks.pageInfo.endCursor);
    expect([newTaskIds(first.data), newTaskIds(second.data)]).toEqual([2, 4]);
    const counts: (number | undefined)[] = [];
    const watching = client
      .query(documents.ServicePageDocument, { ...STOREFRONT, first: 2 }, { requestPolicy: 'cache-only' })
      .subscribe(({ data }) => counts.push(data?.service?.desiredCount));
    await client.mutation(documents.UpdateServiceDocument, { input: { ...STOREFRONT, desiredCount: 9 } }).toPromise();
    expect(counts.at(-1)).toBe(9);
    expect(served.requests.count).toBe(3);
    const run = { input: { cluster: 'default', taskDefinition: 'nightly-import' } };
    expect((await client.mutation(documents.RunTaskDocument, run).toPromise()).data).toMatchObject({
      runTask: { tasks: [{ desiredStatus: 'RUNNING' }], failures: [] },
    });
    const task = await client.query(documents.TaskPageDocument, { id: taskIds(first.data)[0] }).toPromise();
    expect(task.data).toMatchObject({ node: { service: { serviceName: 'storefront' } } });
    await client.query(documents.DashboardDocument, {}).toPromise();
    watching.unsubscribe();
    expect(warn.mock.calls).toEqual([]);
    warn.mockRestore();
  });

  it('gives the errors with their codes, and repeats what may succeed later', async () => {
    const { error } = await client.mutation(documents.UpdateServiceDocument, NOWHERE).toPromise();
    expect(error?.graphQLErrors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
    served.intercept(THROTTLED);
    const options = { requestPolicy: 'network-only' } as const;
    const again = await client.query(documents.ServicePageDocument, STOREFRONT, options).toPromise();
    expect(again.error).toBeUndefined();
    expect(served.requests.count).toBe(3);
  });

  it('subscribes over WebSocket', async () => {
    const type = await new Promise((resolve) => {
      const events = client.subscription(documents.ServiceEventsDocument, STOREFRONT).subscribe((result) => {
        resolve(result.data);
        queueMicrotask(() => events.unsubscribe());
      });
    });
    expect(type).toMatchObject({ serviceEvents: { type: 'SNAPSHOT' } });
  });
});

describe('Relay', () => {
  const artifact = async <Node>(name: string): Promise<Node> =>
    (await load<{ default: Node }>(`src/relay/__generated__/${name}.graphql.ts`)).default;
  let environment: Environment;
  beforeAll(async () => {
    const { createEnvironment } = await load<{ createEnvironment(endpoint: Endpoint): Environment }>(
      'src/relay/environment.ts',
    );
    environment = createEnvironment(served);
  });

  it('appends pages that it fetches by node(id), and shows the payload of a mutation', async () => {
    const query = await artifact<ConcreteRequest>('serviceTasksQuery');
    const pageQuery = await artifact<ConcreteRequest>('serviceTasksPageQuery');
    const fragment = await artifact<ReaderFragment>('serviceTasks_service');
    const operation = relay.createOperationDescriptor(query, { ...STOREFRONT, count: 2 });
    environment.retain(operation);
    const data = await relay.fetchQuery(environment, query, { ...STOREFRONT, count: 2 }).toPromise();
    const { service } = data as { service: { id: string } };
    const selector = relay.getSingularSelector(fragment, service);
    if (!selector) throw new Error('The query does not spread the fragment.');
    const read = () => ({ service: environment.lookup(selector).data }) as unknown as ServiceView;
    expect(newTaskIds(read())).toBe(2);
    const cursor = read().service?.tasks.pageInfo.endCursor;
    await relay.fetchQuery(environment, pageQuery, { id: service.id, count: 2, cursor }).toPromise();
    expect(newTaskIds(read())).toBe(4);
    const mutation = await artifact<ConcreteRequest>('serviceTasksUpdateMutation');
    await new Promise<unknown>((resolve, reject) => {
      const variables = { input: { ...STOREFRONT, desiredCount: 5 } };
      relay.commitMutation(environment, { mutation, variables, onCompleted: resolve, onError: reject });
    });
    expect(read().service?.desiredCount).toBe(5);
    expect(newTaskIds(read())).toBe(4);
  });

  it('subscribes over WebSocket', async () => {
    const subscription = await artifact<ConcreteRequest>('serviceTasksEventsSubscription');
    const event = await new Promise((resolve, reject) => {
      const { dispose } = relay.requestSubscription(environment, {
        subscription,
        variables: STOREFRONT,
        onNext: (data) => {
          resolve(data);
          dispose();
        },
        onError: reject,
      });
    });
    expect(event).toMatchObject({ serviceEvents: { type: 'SNAPSHOT' } });
  });
});

describe('a bot', () => {
  it('hears what happens, and after a reconnect nothing twice', async () => {
    const { createLiveClient } = await load<{ createLiveClient(endpoint: Endpoint): WsClient }>('src/live.ts');
    const bot = await load<{
      follow(
        client: WsClient,
        variables: typeof STOREFRONT & { after?: string | undefined },
        post: (line: string) => boolean | Promise<boolean>,
      ): Promise<string | undefined>;
    }>('src/bot.ts');
    const client = createLiveClient(served);
    const lines: string[] = [];
    const listen = (after: string | undefined, enough: () => boolean) =>
      bot.follow(client, { ...STOREFRONT, after }, async (line) => {
        lines.push(line);
        if (lines.length === 1) await served.change('forceNewDeployment: true');
        return !enough();
      });
    const cursor = await listen(undefined, () => lines.length === 2);
    expect(lines).toHaveLength(2);
    served.world.sandbox.clock.advance(600_000);
    const before = lines.length;
    await listen(cursor, () => lines.at(-1)?.includes('deployment completed') === true);
    expect(lines.slice(before)).not.toContain(lines[1]);
    await client.dispose();
  });

  it('can be curl', async () => {
    const command = guideBlocks().find(({ code }) => code.startsWith('curl'))?.code ?? '';
    const curl = spawn('bash', ['-c', `exec ${command.replace('http://127.0.0.1:4000/graphql', served.url)}`], {
      env: { ...process.env, ECS_GRAPHQL_TOKEN: served.token() },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const chunk of curl.stdout) {
      output += chunk;
      if (output.includes('"type":"SNAPSHOT"')) break;
    }
    curl.kill();
    expect(output).toMatch(/^event: next\n(id: .*\n)?data: .*"type":"SNAPSHOT"/m);
  });
});

describe('the retries of the guide, while ECS loses 30 % of its answers', () => {
  const WRITES = 20;
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  const onFargate = {
    cluster: 'storefront',
    taskDefinition: 'storefront',
    launchType: 'FARGATE',
    networkConfiguration,
  };
  const counts = async (startedBy: string) => {
    const query = `{
      service(cluster: "storefront", service: "storefront") { serviceDeployments(first: 100) { nodes { __typename } } }
      tasks(clusters: ["storefront"], startedBy: "${startedBy}", first: 100) { nodes { __typename } }
    }`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${served.token()}` };
    const response = await fetch(served.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { data } = (await response.json()) as {
      data: { service: { serviceDeployments: { nodes: object[] } }; tasks: { nodes: object[] } };
    };
    return { deployments: data.service.serviceDeployments.nodes.length, tasks: data.tasks.nodes.length };
  };
  type Mutate = (document: Documents[keyof Documents], variables: Record<string, unknown>) => Promise<string[]>;
  const clients: Readonly<Record<string, () => Promise<Mutate>>> = {
    async Apollo() {
      const apollo = await load<{
        createApolloClient(endpoint: Endpoint): ApolloClient;
        errorCodes(error: unknown): string[];
      }>('src/apollo.ts');
      const client = apollo.createApolloClient(served);
      return async (mutation, variables) => apollo.errorCodes((await client.mutate({ mutation, variables })).error);
    },
    async urql() {
      const { createUrqlClient } = await load<{ createUrqlClient(endpoint: Endpoint): UrqlClient }>('src/urql.ts');
      const client = createUrqlClient(served);
      return async (mutation, variables) => {
        const { error } = await client.mutation(mutation, variables).toPromise();
        return (error?.graphQLErrors ?? []).map(({ extensions }) => String(extensions.code));
      };
    },
  };

  it.each(Object.keys(clients))('%s does nothing twice', { timeout: 60_000 }, async (name) => {
    const mutate = await (clients[name] as () => Promise<Mutate>)();
    const before = await counts(name);
    const operations = ['UpdateService', 'RunTask'];
    served.world.sandbox.faults.set({ rules: [{ operations, fault: 'lostAnswer', rate: 0.3 }] });
    const ends: string[] = [];
    for (let index = 0; index < WRITES; index += 1) {
      // Some are refused on the way first, so that the client sends them again.
      if (index % 3 === 0) served.intercept(THROTTLED);
      const update = { input: { ...STOREFRONT, forceNewDeployment: true }, idempotencyKey: `${name}-update-${index}` };
      ends.push(...(await mutate(documents.UpdateServiceDocument, update)));
      const run = { ...onFargate, startedBy: name };
      ends.push(...(await mutate(documents.RunTaskDocument, { input: run, idempotencyKey: `${name}-run-${index}` })));
    }
    served.world.sandbox.faults.clear();
    expect(ends).toEqual([]);
    const after = await counts(name);
    expect(after.deployments - before.deployments).toBe(WRITES);
    expect(after.tasks - before.tasks).toBe(WRITES);
  });
});
