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

/** The nouns with a page of their own, with the members that name them. */
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

/** Adds `consoleUrl` to the nouns with a page in AWS's console. */
export function addConsoleUrls(graph: EcsGraph): void {
  for (const noun of Object.keys(PAGES) as Paged[]) {
    const { members } = PAGES[noun];
    const [arnMember] = members;
    graph.builder.objectField(graph.noun(noun).ref as never, 'consoleUrl' as never, (t) =>
      t.string({
        description:
          'Its page in the AWS console, in the region and partition of its ARN; the reader must be signed in to the account. Null where the gateway is ' +
          'in front of another endpoint than AWS, such as the sandbox, and in partitions without a public console. Costs no call.',
        extensions: { members },
        resolve: (source: Readonly<Record<string, string | undefined>>, _args: object, { services }: GraphContext) =>
          services.server.isAws ? consoleUrl(noun, source[arnMember] ?? '', source.clusterArn) : null,
      } as never),
    );
  }
}
