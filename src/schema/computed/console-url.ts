import { clusterNameOf, parseArn } from '../../ecs/core/arn.ts';
import type { GraphContext } from '../core/context.ts';
import type { NounName } from '../core/overrides.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** The domain of the console of each partition. Isolated partitions have none that is public. */
const DOMAINS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The partitions beside `aws`, by the Regions in them. */
const PARTITIONS = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^(us|eu)-iso/, 'aws-iso'],
  [/^eusc-/, 'aws-eusc'],
] as const;

/** The nouns with a page of their own, or one that shows them, with the members that name them. */
const PAGES = {
  Cluster: { members: ['clusterArn'], path: (name: string) => `clusters/${name}/services` },
  Service: { members: ['serviceArn', 'clusterArn'], path: inCluster('services', '/health') },
  Task: { members: ['taskArn', 'clusterArn'], path: inCluster('tasks', '/configuration') },
  TaskDefinition: {
    members: ['taskDefinitionArn'],
    path: (name: string) => `task-definitions/${name.replace(':', '/')}`,
  },
  ContainerInstance: {
    members: ['containerInstanceArn', 'clusterArn'],
    path: inCluster('infrastructure/container-instances'),
  },
  ExpressGatewayService: { members: ['serviceArn'], path: inCluster('services', '/health') },
  TaskSet: { members: ['serviceArn', 'clusterArn'], path: inCluster('services', '/deployments') },
  ServiceRevision: { members: ['serviceArn', 'clusterArn'], path: inCluster('services', '/deployments') },
  ServiceDeployment: {
    members: ['serviceDeploymentArn', 'clusterArn'],
    path: (name: string, cluster: string) => inCluster('services')(name.replace('/', '/deployments/'), cluster),
  },
} as const satisfies Partial<
  Record<NounName, { readonly members: readonly string[]; readonly path: (name: string, cluster: string) => string }>
>;

type Paged = keyof typeof PAGES;

function inCluster(kind: string, page = '') {
  return (name: string, cluster: string) => `clusters/${cluster}/${kind}/${name}${page}`;
}

/** The page of a resource in AWS's console; null in a partition without a public console. */
export function consoleUrl(noun: Paged, arn: string, clusterArn?: string): string | null {
  const parsed = parseArn(arn);
  const domain = parsed && DOMAINS[parsed.partition];
  if (parsed === undefined || domain === undefined) return null;
  const { region, name, cluster = clusterNameOf(clusterArn ?? '') } = parsed;
  const path = PAGES[noun].path(name, cluster);
  return `https://${region}.${domain}/ecs/v2/${path}?region=${region}`;
}

/** The list of the revisions of a family, which has no ARN; null in a partition without a public console. */
export function familyUrl(family: string, region: string): string | null {
  const partition = PARTITIONS.find(([pattern]) => pattern.test(region))?.[1] ?? 'aws';
  const domain = DOMAINS[partition];
  return domain === undefined ? null : `https://${region}.${domain}/ecs/v2/task-definitions/${family}?region=${region}`;
}

export const CONSOLE_URL =
  'in the AWS console, in its Region and partition; the reader must be signed in to the account. Null where the gateway is ' +
  'in front of another endpoint than AWS, such as the sandbox, and in partitions without a public console. Costs no call.';
/** Nouns that the console shows on the page of their service. */
const ON_OTHER_PAGES: ReadonlySet<string> = new Set(['ExpressGatewayService', 'ServiceRevision', 'TaskSet']);

type Source = Readonly<Record<string, string | undefined>>;

/** Adds `consoleUrl` to what AWS's console shows on a page. Daemons, gateways and capacity providers have no documented page. */
export function addConsoleUrls(graph: EcsGraph): void {
  const add = (ref: unknown, members: readonly string[], page: string, urlOf: (source: never) => string | null) =>
    graph.builder.objectField(ref as never, 'consoleUrl' as never, (t) =>
      t.string({
        description: `${page} ${CONSOLE_URL}`,
        extensions: { members },
        resolve: (source: never, _args: object, { services }: GraphContext) =>
          services.server.isAws ? urlOf(source) : null,
      } as never),
    );
  for (const noun of Object.keys(PAGES) as Paged[]) {
    const { members } = PAGES[noun];
    const [arnMember] = members;
    const page = ON_OTHER_PAGES.has(noun) ? 'The page of its service' : 'Its page';
    add(graph.noun(noun).ref, members, page, (source: Source) =>
      consoleUrl(noun, source[arnMember] ?? '', source.clusterArn),
    );
  }
  add(graph.outputType('Container'), ['taskArn', 'clusterArn'], 'The page of its task', (source: Source) =>
    source.taskArn === undefined ? null : consoleUrl('Task', source.taskArn, source.clusterArn),
  );
}
