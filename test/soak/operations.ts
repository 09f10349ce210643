import type { Random } from './random.ts';

/** A GraphQL request. */
export interface Request {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

/** Services of the sandbox's demo world that the load changes; others are only read. */
const SERVICES = [
  ['storefront', 'storefront'],
  ['storefront', 'checkout'],
  ['storefront', 'cart'],
  ['platform', 'payments-worker'],
  ['platform', 'orders-api'],
] as const;
const CLUSTERS = ['storefront', 'platform', 'default'] as const;

const serviceOf = (random: Random) => {
  const [cluster, service] = random.pick(SERVICES);
  return { cluster, service };
};

/**
 * One of the queries that dashboards, bots and people send.
 * @param newTexts the share of those whose text was not sent before
 */
export function randomQuery(random: Random, newTexts: number): Request {
  const cluster = random.pick(CLUSTERS);
  const { query, variables } = random.pick<(of: Random) => Request>([
    () => ({
      query: `{ clusters(first: 20) { nodes { id clusterName status runningTasksCount tags { key value }
        services(first: 20) { nodes { id serviceName status runningCount desiredCount deployments { status rolloutState } } } } } }`,
    }),
    (of) => ({
      query: `query ($cluster: ID!, $service: ID!) { service(cluster: $cluster, service: $service) {
        serviceName status events { message createdAt } tags { key value }
        taskDefinition { taskDefinitionArn containerDefinitions { name image environment { name } } }
        tasks(first: 20) { nodes { taskArn lastStatus healthStatus containers { name lastStatus } } } } }`,
      variables: serviceOf(of),
    }),
    () => ({
      query: `query ($cluster: ID!) { tasks(clusters: [$cluster], first: 50) { nodes { id lastStatus startedAt group
        taskDefinition { family revision } } pageInfo { endCursor hasNextPage } } }`,
      variables: { cluster },
    }),
    () => ({
      query: `query ($cluster: ID!) { containerInstances(clusters: [$cluster], first: 50) { nodes {
        ec2InstanceId status runningTasksCount tasks(first: 10) { nodes { lastStatus } } } } }`,
      variables: { cluster },
    }),
    (of) => ({
      query: `query ($cluster: ID!, $service: ID!) { service(cluster: $cluster, service: $service) {
        deploymentProgress { type summary cursor } } }`,
      variables: serviceOf(of),
    }),
    () => ({ query: '{ rateBudget { buckets { name waiting } } }' }),
    () => ({ query: '{ taskDefinitionFamilies(first: 50) { nodes { family } } }' }),
  ])(random);
  const isNew = random.chance(newTexts);
  return { query: isNew ? `${query} # ${random.integer(1e9)}` : query, ...(variables && { variables }) };
}

/** One of the changes that deploys, autoscalers and people make. */
export function randomMutation(random: Random): Request {
  const key = random.chance(0.5) ? `key-${random.integer(1e9)}` : null;
  const target = serviceOf(random);
  return random.pick<() => Request>([
    () => ({
      query: `mutation ($input: UpdateServiceInput!, $key: ID) { updateService(input: $input, idempotencyKey: $key) {
        service { desiredCount } } }`,
      variables: { input: { ...target, desiredCount: 1 + random.integer(4) }, key },
    }),
    () => ({
      query: 'mutation ($input: UpdateServiceInput!) { updateService(input: $input) { service { status } } }',
      variables: { input: { ...target, forceNewDeployment: true } },
    }),
    () => ({
      query: `mutation ($input: RunTaskInput!, $key: ID) { runTask(input: $input, idempotencyKey: $key) {
        tasks { taskArn } failures { reason } } }`,
      variables: { input: { cluster: 'platform', taskDefinition: 'db-migrate' }, key },
    }),
    () => ({
      query: 'mutation ($input: CreateClusterInput!) { createCluster(input: $input) { cluster { id } } }',
      variables: { input: { clusterName: `soak-${random.integer(20)}`, tags: [{ key: 'soak', value: 'yes' }] } },
    }),
    () => ({
      query: 'mutation ($input: DeleteClusterInput!) { deleteCluster(input: $input) { cluster { status } } }',
      variables: { input: { cluster: `soak-${random.integer(20)}` } },
    }),
  ])();
}

/** One of the subscriptions; `after` goes on behind a cursor. */
export function randomSubscription(random: Random): Request {
  const cluster = random.pick(CLUSTERS);
  const common = 'cursor type summary outcome';
  return random.pick<() => Request>([
    () => ({
      query: `subscription ($cluster: ID!, $service: ID!, $after: String) { stream: deploymentProgress(
        cluster: $cluster, service: $service, after: $after) { ${common} progress { percent runningTaskCount events { message } } } }`,
      variables: serviceOf(random),
    }),
    () => ({
      query: `subscription ($cluster: ID!, $service: ID!, $after: String) { stream: serviceEvents(
        cluster: $cluster, service: $service, after: $after) { ${common} events { message } } }`,
      variables: serviceOf(random),
    }),
    () => ({
      query: `subscription ($cluster: ID!, $after: String) { stream: clusterEvents(cluster: $cluster, after: $after) {
        ${common} events { event { message } } } }`,
      variables: { cluster },
    }),
    () => ({
      query: `subscription ($cluster: ID!, $after: String) { stream: deployments(cluster: $cluster, after: $after) {
        ${common} items { kind summary } } }`,
      variables: { cluster },
    }),
    () => ({
      query: `subscription ($cluster: ID!, $after: String) { stream: drains(cluster: $cluster, after: $after) {
        ${common} items { kind summary } } }`,
      variables: { cluster },
    }),
  ])();
}
