import { clusterNameOf } from '../../ecs/core/arn.ts';
import type { EntityKind, EntityShapes } from '../../ecs/core/describe-specs.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import type { GraphContext } from '../core/context.ts';
import { mayRead } from '../graph/may-read.ts';
import { CLUSTER_RULES, INSTANCE_MEMBERS, INSTANCE_RULES } from './cluster-rules.ts';
import { type Finding, type Rule, SEVERITIES, type Severity, toEvidence } from './finding.ts';
import { SERVICE_MEMBERS, SERVICE_RULES, type ServiceFacts } from './service-rules.ts';

type Service = EntityShapes['Service'];
type Cluster = EntityShapes['Cluster'];

export const ALL_RULES = { ...SERVICE_RULES, ...CLUSTER_RULES, ...INSTANCE_RULES };

export type FindingKind = keyof typeof ALL_RULES;
export type KnownFinding = Finding<FindingKind>;

/** Which findings a caller wants. */
export interface Wanted {
  readonly kinds?: readonly FindingKind[] | null | undefined;
  readonly minSeverity?: Severity | null | undefined;
}

const ORDER = Object.keys(SEVERITIES) as Severity[];

/** The place of a severity, the most severe first. */
export function rankOf(severity: Severity): number {
  return ORDER.indexOf(severity);
}

/** Findings about one service: reads its task definition, and its deployment under way. */
export async function findingsOfService(
  context: GraphContext,
  service: Service,
  wanted: Wanted,
): Promise<KnownFinding[]> {
  const rules = wantedOf(SERVICE_RULES, wanted);
  const [definition, deployment, instances] = await Promise.all([
    needs(rules, 'definition') || needs(rules, 'room')
      ? readOne(context, 'TaskDefinition', service.taskDefinition)
      : undefined,
    needs(rules, 'deployment') ? readOne(context, 'ServiceDeployment', service.currentServiceDeployment) : undefined,
    needs(rules, 'room') ? instancesFor(context, service) : undefined,
  ]);
  const facts: ServiceFacts = {
    service,
    definition,
    deployment,
    instances,
    now: context.services.upstream.clock.now(),
  };
  const { clusterArn = '', serviceArn = null } = service;
  return sorted(rules.flatMap(([kind, rule]) => found(kind, rule, facts, { clusterArn, serviceArn })));
}

/**
 * Findings about a cluster, its instances and its services. Rules that need task definitions apply only if the caller names them: a
 * cluster may have one for each service.
 */
export async function findingsOfCluster(
  context: GraphContext,
  cluster: Cluster,
  wanted: Wanted,
): Promise<KnownFinding[]> {
  const { clusterArn = '' } = cluster;
  const name = clusterNameOf(clusterArn);
  const [byCluster, byInstance] = [wantedOf(CLUSTER_RULES, wanted), wantedOf(INSTANCE_RULES, wanted)];
  const needsInstances = byInstance.length > 0 || needs(byCluster, 'instances');
  const [ofServices, instances] = await Promise.all([
    findingsWithin(context, name, wanted),
    needsInstances ? readAll(context, 'ContainerInstance', 'ListContainerInstances', name, INSTANCE_MEMBERS) : [],
  ]);
  const facts = { cluster, instances };
  return sorted([
    ...byCluster.flatMap(([kind, rule]) => found(kind, rule, facts, { clusterArn })),
    ...instances.flatMap((instance) => {
      const { containerInstanceArn = null } = instance;
      return byInstance.flatMap(([kind, rule]) =>
        found(kind, rule, { ...facts, instance }, { clusterArn, containerInstanceArn }),
      );
    }),
    ...ofServices,
  ]);
}

/** Findings about the services of a cluster. */
export async function findingsWithin(context: GraphContext, cluster: string, wanted: Wanted): Promise<KnownFinding[]> {
  const rules = wantedOf(SERVICE_RULES, wanted).filter(
    ([kind, { needs: need }]) => (need !== 'definition' && need !== 'room') || wanted.kinds?.includes(kind) === true,
  );
  if (rules.length === 0) return [];
  const kinds = rules.map(([kind]) => kind);
  const services = await readAll(context, 'Service', 'ListServices', cluster, SERVICE_MEMBERS);
  const each = await Promise.all(services.map((service) => findingsOfService(context, service, { kinds })));
  return sorted(each.flat());
}

/** The most severe first; within a severity by kind and resource. */
export function sorted(findings: readonly KnownFinding[]): KnownFinding[] {
  return [...findings].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Orders a finding, and identifies it. */
export function keyOf({ severity, kind, clusterArn, serviceArn, containerInstanceArn }: KnownFinding): string {
  return [rankOf(severity), kind, clusterArn, serviceArn ?? containerInstanceArn ?? ''].join('\u0000');
}

function wantedOf<Kind extends FindingKind, Facts>(
  rules: Readonly<Record<Kind, Rule<Facts>>>,
  { kinds, minSeverity }: Wanted,
): (readonly [Kind, Rule<Facts>])[] {
  const lowest = minSeverity == null ? ORDER.length : rankOf(minSeverity);
  return (Object.entries(rules) as [Kind, Rule<Facts>][]).filter(
    ([kind, { severity }]) => (kinds == null || kinds.includes(kind)) && rankOf(severity) <= lowest,
  );
}

function needs(rules: readonly (readonly [string, { readonly needs?: string }])[], need: string): boolean {
  return rules.some(([, rule]) => rule.needs === need);
}

type Subject = Pick<KnownFinding, 'clusterArn'> & Partial<KnownFinding>;

function found<Facts>(kind: FindingKind, rule: Rule<Facts>, facts: Facts, subject: Subject): KnownFinding[] {
  const one = rule.find(facts);
  if (one === undefined) return [];
  const { severity, advice } = rule;
  const { message, evidence, since } = one;
  const resource = { serviceArn: null, containerInstanceArn: null, ...subject };
  return [{ kind, severity, message, advice, evidence: toEvidence(evidence), since: since ?? null, ...resource }];
}

/** The instances that the tasks of a service may run on; undefined if they run elsewhere, or the caller may not read all. */
async function instancesFor(context: GraphContext, { launchType, clusterArn = '' }: Service) {
  const cluster = clusterNameOf(clusterArn);
  if (launchType !== 'EC2' || context.access?.readsAll('ContainerInstance', cluster) === false) return undefined;
  return readAll(context, 'ContainerInstance', 'ListContainerInstances', cluster, INSTANCE_MEMBERS);
}

/** A resource that a rule needs; undefined if it does not exist or the caller may not read it. */
async function readOne<Kind extends 'TaskDefinition' | 'ServiceDeployment'>(
  context: GraphContext,
  kind: Kind,
  arn: string | undefined,
): Promise<EntityShapes[Kind] | undefined> {
  if (arn === undefined || !(await mayRead(context, kind, arn))) return undefined;
  return (await context.loaders.of(kind).load({ id: arn })) ?? undefined;
}

/** The part of a cluster's list that the caller may read. */
async function readAll<Kind extends EntityKind>(
  { access, loaders }: GraphContext,
  kind: Kind,
  list: 'ListServices' | 'ListContainerInstances',
  cluster: string,
  members: Iterable<string>,
): Promise<EntityShapes[Kind][]> {
  if (access?.mayListIn(list satisfies OperationName, cluster) === false) return [];
  const arns = await loaders.lists.read(list, { cluster });
  const loader = loaders.of(kind);
  const items = await Promise.all(arns.map((id) => loader.load({ id, cluster, members })));
  const decided = await Promise.all(
    items.map(async (item) => (item === null || (await access?.read(kind, item))?.isAllowed === false ? [] : [item])),
  );
  return decided.flat();
}
