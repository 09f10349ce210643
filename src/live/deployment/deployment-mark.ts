import type { Service } from '@aws-sdk/client-ecs';
import { parseArn } from '../../ecs/core/arn.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import type { DeploymentTarget } from './deployment-state.ts';

/** One of the ids of the followed deployment. */
export function deploymentMark({ serviceDeploymentArn, deploymentId }: DeploymentTarget): string | undefined {
  return serviceDeploymentArn ?? deploymentId;
}

/** The id in a mark; undefined if it is not of this service. */
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
