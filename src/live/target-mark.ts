import type { Service } from '@aws-sdk/client-ecs';
import { parseArn } from '../ecs/arn.ts';
import { lastPart } from './arithmetic.ts';
import type { DeploymentTarget } from './deployment-snapshot.ts';
import type { DrainTarget } from './drain-snapshot.ts';

// A stream that was begun without naming its target goes on with the same target, whatever would be chosen by now: its
// cursors carry what they are of. Cursors come back from clients, so that each part of a mark is checked.

/** Either id of the deployment that is followed. */
export function deploymentMark({ serviceDeploymentArn, deploymentId }: DeploymentTarget): string | undefined {
  return serviceDeploymentArn ?? deploymentId;
}

/** The id in a mark; undefined where it is none of this service. */
export function markedDeployment(mark: string, { serviceArn = '', serviceName = '' }: Service): string | undefined {
  if (/^ecs-svc\/\d+$/.test(mark)) return mark;
  const [arn, of] = [parseArn(mark), parseArn(serviceArn)];
  if (arn?.type !== 'service-deployment' || of === undefined || lastPart(arn.arn) === '') return undefined;
  const isSame =
    arn.partition === of.partition &&
    arn.region === of.region &&
    arn.account === of.account &&
    (of.cluster === undefined || arn.cluster === of.cluster) &&
    arn.name === `${serviceName}/${lastPart(arn.arn)}`;
  return isSame ? mark : undefined;
}

/** More make cursors of 22 kB: such a drain goes on only by naming its instances. */
const MOST_MARKED = 1_000;
const ID = /^[0-9a-f]{32}$/;
const PACKED = 22;

/** The ids of the instances, for cursors of when all of them were draining. */
export function drainMark({ clusterArn, containerInstanceArns: arns }: DrainTarget): string | undefined {
  return arns.length === 0 ? undefined : packInstances(clusterArn, arns);
}

/** The instances in a mark, as of this cluster; undefined where it names none. */
export function markedInstances(mark: string, clusterArn: string): DrainTarget | undefined {
  const arns = instanceArns(clusterArn, mark);
  if (arns === undefined || arns.length === 0) return undefined;
  return { clusterArn, containerInstanceArns: [...new Set(arns)], haveDrained: true };
}

/** Ids of instances of one cluster, 22 characters each; undefined where that is not possible. */
export function packInstances(clusterArn: string, arns: readonly string[]): string | undefined {
  const prefix = instancePrefix(clusterArn);
  const canTell = arns.every((arn) => arn.startsWith(prefix) && ID.test(arn.slice(prefix.length)));
  if (!canTell || arns.length > MOST_MARKED) return undefined;
  return arns.map((arn) => Buffer.from(arn.slice(prefix.length), 'hex').toString('base64url')).join('');
}

/** The ARNs of instances packed before; undefined where the text is nothing of that kind. */
export function instanceArns(clusterArn: string, packed: string): string[] | undefined {
  if (packed.length > MOST_MARKED * PACKED || packed.length % PACKED !== 0 || /[^\w-]/.test(packed)) return undefined;
  const ids = packed.match(/.{22}/g) ?? [];
  return ids.map((id) => `${instancePrefix(clusterArn)}${Buffer.from(id, 'base64url').toString('hex')}`);
}

function instancePrefix(clusterArn: string): string {
  return `${clusterArn.replace(':cluster/', ':container-instance/')}/`;
}
