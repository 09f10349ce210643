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

/** More would make cursors longer than a header may be: such a drain goes on only by naming its instances. */
const MOST_MARKED = 100;
const ID = /^[0-9a-f]{32}$/;

/** The ids of the instances, 22 characters each; for cursors of when all of them were draining. */
export function drainMark({ clusterArn, containerInstanceArns: arns }: DrainTarget): string | undefined {
  const prefix = instancePrefix(clusterArn);
  const canTell = arns.every((arn) => arn.startsWith(prefix) && ID.test(arn.slice(prefix.length)));
  if (!canTell || arns.length === 0 || arns.length > MOST_MARKED) return undefined;
  return arns.map((arn) => Buffer.from(arn.slice(prefix.length), 'hex').toString('base64url')).join();
}

/** The instances in a mark, as of this cluster; undefined where it names none. */
export function markedInstances(mark: string, clusterArn: string): DrainTarget | undefined {
  const packed = mark.split(',');
  if (packed.length > MOST_MARKED || !packed.every((id) => /^[\w-]{22}$/.test(id))) return undefined;
  const ids = new Set(packed.map((id) => Buffer.from(id, 'base64url').toString('hex')));
  const prefix = instancePrefix(clusterArn);
  return { clusterArn, containerInstanceArns: [...ids].map((id) => `${prefix}${id}`), haveDrained: true };
}

function instancePrefix(clusterArn: string): string {
  return `${clusterArn.replace(':cluster/', ':container-instance/')}/`;
}
