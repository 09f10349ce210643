import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import DataLoader from 'dataloader';
import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql';

/** A gateway as others write it: plain resolvers over the SDK as it comes. */
export type Peer = (endpoint: string) => (query: string) => Promise<string>;

const TASK_FIELDS = [
  'taskArn clusterArn taskDefinitionArn group lastStatus desiredStatus healthStatus launchType platformVersion',
  'connectivity availabilityZone cpu memory createdAt startedAt',
].join(' ');

/** The full tree, 15 fields a task, as our graph and as the peers take it. */
export const OUR_TREE = `{ clusters(first: 1000) { nodes { clusterName status services(first: 1000) { nodes { serviceName status
  runningCount tasks(first: 1000) { nodes { ${TASK_FIELDS} } } } } } } }`;
export const PEER_TREE = `{ clusters { clusterName status services { serviceName status runningCount tasks { ${TASK_FIELDS} } } } }`;

const SCHEMA = `
  type Query { clusters: [Cluster!] }
  type Cluster { clusterName: String status: String services: [Service!] }
  type Service { serviceName: String status: String runningCount: Int tasks: [Task!] }
  type Task {
    taskArn: String clusterArn: String taskDefinitionArn: String group: String lastStatus: String desiredStatus: String
    healthStatus: String launchType: String platformVersion: String connectivity: String availabilityZone: String
    cpu: String memory: String createdAt: String startedAt: String
  }`;

const clientOf = (endpoint: string) =>
  new ECSClient({ region: 'eu-west-1', endpoint, credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } });

async function all<Item>(read: (token: string | undefined) => Promise<readonly [Item[], string | undefined]>) {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const [found, next] = await read(token);
    items.push(...found);
    token = next;
  } while (token !== undefined);
  return items;
}

interface Describe {
  cluster(arn: string): Promise<object | undefined>;
  service(cluster: string, arn: string): Promise<object | undefined>;
  task(cluster: string, arn: string): Promise<object | undefined>;
}

/** The tree's resolvers: a list, and a description of each item. */
function resolvers(client: ECSClient, describe: Describe) {
  const isoDates = ({ createdAt, startedAt, ...task }: { createdAt?: Date; startedAt?: Date }) => ({
    ...task,
    createdAt: createdAt?.toISOString(),
    startedAt: startedAt?.toISOString(),
  });
  const tasks = async (cluster: string, serviceName: string) => {
    const arns = await all(async (nextToken) => {
      const page = await client.send(new ListTasksCommand({ cluster, serviceName, nextToken }));
      return [page.taskArns ?? [], page.nextToken] as const;
    });
    return (await Promise.all(arns.map((arn) => describe.task(cluster, arn)))).map((task) => isoDates(task ?? {}));
  };
  const services = async (cluster: string) => {
    const arns = await all(async (nextToken) => {
      const page = await client.send(new ListServicesCommand({ cluster, nextToken, maxResults: 100 }));
      return [page.serviceArns ?? [], page.nextToken] as const;
    });
    const found = await Promise.all(arns.map((arn) => describe.service(cluster, arn)));
    return found.map((service) => ({
      ...service,
      tasks: () => tasks(cluster, (service as { serviceName: string }).serviceName),
    }));
  };
  return {
    clusters: async () => {
      const arns = await all(async (nextToken) => {
        const page = await client.send(new ListClustersCommand({ nextToken }));
        return [page.clusterArns ?? [], page.nextToken] as const;
      });
      const found = await Promise.all(arns.map((arn) => describe.cluster(arn)));
      return found.map((cluster) => ({
        ...cluster,
        services: () => services((cluster as { clusterName: string }).clusterName),
      }));
    },
  };
}

function gateway(client: ECSClient, describeOf: () => Describe): (query: string) => Promise<string> {
  const schema: GraphQLSchema = buildSchema(SCHEMA);
  return async (query) => {
    const rootValue = resolvers(client, describeOf());
    return JSON.stringify(await execute({ schema, document: parse(query), rootValue }));
  };
}

/** One call for each thing. */
export const naive: Peer = (endpoint) => {
  const client = clientOf(endpoint);
  return gateway(client, () => ({
    cluster: async (arn) => (await client.send(new DescribeClustersCommand({ clusters: [arn] }))).clusters?.[0],
    service: async (cluster, arn) =>
      (await client.send(new DescribeServicesCommand({ cluster, services: [arn] }))).services?.[0],
    task: async (cluster, arn) => (await client.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))).tasks?.[0],
  }));
};

/** A DataLoader for each kind and cluster, new for each request, scheduled as it comes. */
export const dataLoader: Peer = (endpoint) => {
  const client = clientOf(endpoint);
  return gateway(client, () => {
    const byCluster = new Map<string, DataLoader<string, object | undefined>>();
    const loader = (name: string, most: number, read: (arns: string[]) => Promise<readonly object[] | undefined>) => {
      const known = byCluster.get(name);
      if (known !== undefined) return known;
      const fresh = new DataLoader<string, object | undefined>(async (arns) => (await read([...arns])) ?? [], {
        maxBatchSize: most,
      });
      byCluster.set(name, fresh);
      return fresh;
    };
    return {
      cluster: (arn) =>
        loader(
          '',
          100,
          async (clusters) => (await client.send(new DescribeClustersCommand({ clusters }))).clusters,
        ).load(arn),
      service: (cluster, arn) =>
        loader(`service ${cluster}`, 10, async (services) => {
          return (await client.send(new DescribeServicesCommand({ cluster, services }))).services;
        }).load(arn),
      task: (cluster, arn) =>
        loader(`task ${cluster}`, 100, async (tasks) => {
          return (await client.send(new DescribeTasksCommand({ cluster, tasks }))).tasks;
        }).load(arn),
    };
  });
};
