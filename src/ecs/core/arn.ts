/** The parts of an ECS ARN. `cluster` is absent if the ARN's format has none (old short formats, task definitions). */
export interface EcsArn {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** The resource type as AWS spells it in the ARN: `cluster`, `service`, `task`, `container-instance`, ... */
  readonly type: string;
  readonly cluster?: string;
  /** The part after the type and the cluster: a name, an id, `family:revision`, `service/deploymentId`. */
  readonly name: string;
}

/** Resource types whose newer ARNs contain the cluster's name. */
const CLUSTERED = new Set([
  'service',
  'task',
  'container-instance',
  'container',
  'task-set',
  'service-deployment',
  'service-revision',
  'daemon',
  'daemon-deployment',
  'daemon-revision',
]);

const ARN = /^arn:([a-z0-9-]+):ecs:([a-z0-9-]+):(\d{12}):([a-z-]+)\/([A-Za-z0-9_.:/-]+)$/;

/** Parses an ECS ARN; undefined if the text is not one. */
export function parseArn(text: string): EcsArn | undefined {
  const match = ARN.exec(text);
  if (match === null) return undefined;
  const [arn, partition = '', region = '', account = '', type = '', rest = ''] = match;
  const slash = rest.indexOf('/');
  if (!CLUSTERED.has(type) || slash < 0) return { arn, partition, region, account, type, name: rest };
  return { arn, partition, region, account, type, cluster: rest.slice(0, slash), name: rest.slice(slash + 1) };
}

/** Whether a text is the ARN of a resource of this type, as `parseArn` would say, without its parts. */
export function isArnOf(type: string, text: string): boolean {
  return ARN.test(text) && text.startsWith(`:${type}`, text.indexOf('/') - type.length - 1);
}

/** Whether a text is meant as an ARN, so that a malformed one is an error and not a strange name. */
export function looksLikeArn(text: string): boolean {
  return text.startsWith('arn:');
}

/**
 * Whether a text identifies a resource without a cluster. ARNs of the old format do not: services of the same name in
 * different clusters share one.
 */
export function isUnique(id: string): boolean {
  return looksLikeArn(id) && id.indexOf('/') !== id.lastIndexOf('/');
}

/** The ARN of a cluster in the same partition, region and account as another resource's ARN. */
export function clusterArnBeside(sibling: EcsArn, cluster: string): string {
  return `arn:${sibling.partition}:ecs:${sibling.region}:${sibling.account}:cluster/${cluster}`;
}

/** A cluster's name from its name or ARN. */
export function clusterNameOf(cluster: string): string {
  return parseArn(cluster)?.name ?? cluster;
}

/** The name or id at the end of an ARN; a name is returned unchanged. */
export function lastPart(nameOrArn: string): string;
export function lastPart(nameOrArn: string | undefined): string | undefined;
export function lastPart(nameOrArn: string | undefined): string | undefined {
  return nameOrArn?.slice(nameOrArn.lastIndexOf('/') + 1);
}

/** The partition of a region. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** Regions outside the partition `aws`, by the start of their names. */
const PARTITIONS: readonly (readonly [string, string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];
