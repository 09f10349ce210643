import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

// A process of its own: an ECS of many accounts and regions, each with a latency of its own, that answers from little text.

type Input = Readonly<Record<string, readonly string[] | string | undefined>>;

export interface FleetRequest {
  readonly clusters: number;
  readonly services: number;
  /** Milliseconds by account and region, as `<account>/<region>`. */
  readonly latencies: Readonly<Record<string, number>>;
}

const { clusters, services, latencies } = JSON.parse(process.argv[2] ?? '{}') as FleetRequest;
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const nameOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

const ANSWERS: Readonly<Record<string, (base: string, input: Input) => object>> = {
  ListClusters: (base) => ({ clusterArns: names(clusters, 'cluster-').map((name) => `${base}:cluster/${name}`) }),
  DescribeClusters: (base, input) => ({
    clusters: [...(input.clusters ?? [])].map((arn) => ({
      clusterArn: `${base}:cluster/${nameOf(arn)}`,
      clusterName: nameOf(arn),
      status: 'ACTIVE',
      activeServicesCount: services,
      runningTasksCount: services * 2,
    })),
  }),
  ListServices: (base, { cluster }) => ({
    serviceArns: names(services, 'service-').map((name) => `${base}:service/${nameOf(String(cluster))}/${name}`),
  }),
  DescribeServices: (base, { cluster, services: wanted }) => ({
    services: [...(wanted ?? [])].map((arn) => ({
      serviceArn: `${base}:service/${nameOf(String(cluster))}/${nameOf(arn)}`,
      serviceName: nameOf(arn),
      clusterArn: `${base}:cluster/${nameOf(String(cluster))}`,
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 2,
    })),
  }),
};

let calls: Record<string, number> = {};
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, account = '', region = ''] =
    /Credential=(\d+)\/\d+\/([a-z0-9-]+)\//.exec(request.headers.authorization ?? '') ?? [];
  if (request.headers['x-amz-target'] === undefined) {
    // GetCallerIdentity of STS, which is no call of ECS.
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
    return;
  }
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const scope = `${account}/${region}`;
  calls[scope] = (calls[scope] ?? 0) + 1;
  await delay(latencies[scope] ?? 0);
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  const input = JSON.parse(Buffer.concat(chunks).toString()) as Input;
  response.end(JSON.stringify(ANSWERS[operation]?.(`arn:aws:ecs:${region}:${account}`, input) ?? {}));
}).listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('message', () => {
  process.send?.({ calls });
  calls = {};
});
process.on('disconnect', () => process.exit(0));
