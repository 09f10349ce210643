import type { ArgBuilder, EnumRef, ObjectRef } from '@pothos/core';
import { EcsError } from '../../ecs/core/errors.ts';
import { listBinding } from '../connections/cursor.ts';
import { clustersArg, pageArgs } from '../connections/page-args.ts';
import { keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { mayRead } from '../graph/may-read.ts';
import { fewClusters, fromClusters } from '../lists/clusters.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';
import { CLUSTER_MEMBERS } from './cluster-rules.ts';
import { type Evidence, SEVERITIES, type Severity } from './finding.ts';
import {
  ALL_RULES,
  type FindingKind,
  findingsOfCluster,
  findingsOfService,
  findingsWithin,
  type KnownFinding,
  keyOf,
} from './read-findings.ts';
import { SERVICE_MEMBERS } from './service-rules.ts';

const CLUSTER_OPERATIONS = [
  'ListServices',
  'DescribeServices',
  'ListContainerInstances',
  'DescribeContainerInstances',
  'DescribeServiceDeployments',
  'DescribeTaskDefinition',
] as const;
/** A cluster of 100 services and 100 instances. */
const WHOLE_CLUSTER = 13;
const COST =
  'the lists and descriptions of its services and instances, and one DescribeServiceDeployments for each 20 deployments under way. Rules about task ' +
  'definitions apply only if `kinds` names them: they cost one DescribeTaskDefinition for each revision';

/** Adds what deserves attention: `findings` of services, of clusters and of all clusters. */
export function addFindings(graph: EcsGraph): void {
  const { builder } = graph;
  const severity = ownEnum(builder, 'FindingSeverity', 'How urgent a finding is.', SEVERITIES);
  const kinds = Object.entries(ALL_RULES).map(([kind, { description }]) => [kind, description] as const);
  const kind = ownEnum<FindingKind>(
    builder,
    'FindingKind',
    'The rule that found something.',
    Object.fromEntries(kinds) as Record<FindingKind, string>,
  );
  const finding = addFinding(graph, kind, severity);
  const wanted = (arg: ArgBuilder<Types>) => ({
    kinds: arg({ type: [kind], description: 'Only findings of these kinds. Null means all.' }),
    minSeverity: arg({ type: severity, description: 'Only findings that are at least this severe. Null means all.' }),
  });

  const connection = graph.connection('Finding', finding);

  builder.objectFields(graph.noun('Service').ref, (t) => ({
    findings: t.field({
      type: connection,
      description:
        'Findings about the service, the most severe first: at most one by each rule. Rules whose facts the caller may not read are omitted. Costs one ' +
        'DescribeTaskDefinition, one DescribeServiceDeployments while a deployment is under way, and for the launch type EC2 the list and descriptions of the ' +
        'instances, unless `kinds` needs none of them.',
      args: { ...wanted(t.arg), ...pageArgs(t.arg) },
      extensions: {
        members: SERVICE_MEMBERS,
        operations: [
          'DescribeTaskDefinition',
          'DescribeServiceDeployments',
          'ListContainerInstances',
          'DescribeContainerInstances',
        ],
        ecsCost: 4,
        ...SEMANTIC_NON_NULL,
      },
      resolve: async (service, { first, after, ...rules }, context) => {
        const { kinds, minSeverity } = rules;
        const binding = listBinding('serviceFindings', context.ecs.scope, service.serviceArn, kinds, minSeverity);
        return pageOf(await findingsOfService(context, service, rules), { first, after, binding });
      },
    }),
  }));
  builder.objectFields(graph.noun('Cluster').ref, (t) => ({
    findings: t.field({
      type: connection,
      description: `Findings about the cluster, its instances and its services, the most severe first. Costs ${COST}.`,
      args: { ...wanted(t.arg), ...pageArgs(t.arg) },
      extensions: {
        members: CLUSTER_MEMBERS,
        operations: CLUSTER_OPERATIONS,
        ecsCost: WHOLE_CLUSTER,
        ...SEMANTIC_NON_NULL,
      },
      resolve: async (cluster, { first, after, ...rules }, context) => {
        const { kinds, minSeverity } = rules;
        const binding = listBinding('clusterFindings', context.ecs.scope, cluster.clusterArn, kinds, minSeverity);
        return pageOf(await findingsOfCluster(context, cluster, rules), { first, after, binding });
      },
    }),
  }));
  builder.queryField('findings', (t) =>
    t.field({
      type: connection,
      description:
        'Findings in all clusters, or in some, the most severe first. NOT_FOUND if a cluster that is named does not exist. Costs one ' +
        `ListClusters for each 100 clusters if no cluster is named, one DescribeClusters for each 100, and for each cluster ${COST}.`,
      args: { clusters: clustersArg(t.arg), ...wanted(t.arg), ...pageArgs(t.arg) },
      extensions: {
        operations: ['ListClusters', 'DescribeClusters', ...CLUSTER_OPERATIONS],
        ecsCost: { perCluster: WHOLE_CLUSTER },
        ...SEMANTIC_NON_NULL,
      },
      resolve: async (_root, { clusters, first, after, ...rules }, context) => {
        const covered = await fewClusters(context, clusters);
        const scope = covered.isNamed ? covered.names : null;
        const binding = listBinding('findings', context.ecs.scope, scope, rules.kinds, rules.minSeverity);
        const found = await fromClusters(covered, async (name) => {
          // A caller that may read services, and not their cluster, sees what is found about them.
          if (!(await mayRead(context, 'Cluster', name))) return findingsWithin(context, name, rules);
          const cluster = await context.loaders.of('Cluster').load({ id: name, members: CLUSTER_MEMBERS });
          if (cluster === null) throw new EcsError('NOT_FOUND', 'DescribeClusters', 'Cluster not found.');
          return findingsOfCluster(context, cluster, rules);
        });
        return pageOf(found.flat(), { first, after, binding });
      },
    }),
  );
}

function pageOf(found: readonly KnownFinding[], page: PageArguments & { readonly binding: string }) {
  const byKey = new Map(found.map((one) => [keyOf(one), one]));
  return keyedConnection(page, [...byKey.keys()].sort(), (key) => byKey.get(key) ?? null);
}

function addFinding(
  graph: EcsGraph,
  kind: EnumRef<Types, FindingKind>,
  severity: EnumRef<Types, Severity>,
): ObjectRef<Types, KnownFinding> {
  const { builder } = graph;
  const evidence = builder.objectRef<Evidence>('FindingEvidence').implement({
    description: 'A fact that a finding rests on.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false, description: 'The name of the fact, mostly a member of ECS.' }),
      value: t.exposeString('value', { nullable: false, description: 'The value as text.' }),
    }),
  });
  return builder.objectRef<KnownFinding>('Finding').implement({
    description: 'Something that deserves attention, by a rule over what ECS shows.',
    fields: (t) => ({
      kind: t.expose('kind', { type: kind, nullable: false, description: 'The rule.' }),
      severity: t.expose('severity', { type: severity, nullable: false, description: 'How urgent it is.' }),
      message: t.exposeString('message', {
        nullable: false,
        description: 'The finding as a sentence for people. Its form may change in any release.',
      }),
      advice: t.exposeString('advice', { nullable: false, description: 'The advice for it.' }),
      evidence: t.expose('evidence', {
        type: [evidence],
        nullable: false,
        description: 'The facts that it rests on.',
      } as never),
      since: t.expose('since', { type: 'DateTime', description: 'Since when. Null if ECS does not show it.' }),
      cluster: t.field({
        type: graph.noun('Cluster').ref,
        description: 'The cluster. Costs no call if only its name or ARN is read.',
        resolve: ({ clusterArn: arn }, _args, context, info) => resolveLink(context, info, 'Cluster', { arn }),
      }),
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service that it is about. Null for a cluster or an instance.',
        resolve: ({ serviceArn: arn, clusterArn }, _args, context, info) =>
          arn === null ? null : resolveLink(context, info, 'Service', { arn, clusterArn }),
      }),
      containerInstance: t.field({
        type: graph.noun('ContainerInstance').ref,
        description: 'The container instance that it is about. Null for a cluster or a service.',
        resolve: ({ containerInstanceArn: arn, clusterArn }, _args, context, info) =>
          arn === null ? null : resolveLink(context, info, 'ContainerInstance', { arn, clusterArn }),
      }),
    }),
  });
}
