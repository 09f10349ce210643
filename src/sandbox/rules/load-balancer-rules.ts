import { isAwsvpcLaunch, launchRule, type ServiceLaunch } from './launch.ts';
import type { Rule } from './rule.ts';

function balancersOf({ loadBalancers = [] }: ServiceLaunch) {
  return loadBalancers;
}

function containerOf({ definition }: ServiceLaunch, name: string | undefined) {
  return definition?.containerDefinitions?.find((item) => item.name === name);
}

/** Rules for a service with load balancers or registries, and for members that only such a service may have. */
export const LOAD_BALANCER_RULES: readonly Rule<ServiceLaunch>[] = [
  launchRule('external-balancers', 'cdk-preflight pf-ecs-svc-external-with-load-balancers', (launch) =>
    launch.operation === 'CreateService' && launch.controller === 'EXTERNAL' && balancersOf(launch).length > 0
      ? 'LoadBalancers must be empty or null.'
      : undefined,
  ),
  launchRule('code-deploy-balancer', 'cdk-preflight pf-ecs-service-codedeploy-lb', (launch) =>
    launch.operation === 'CreateService' &&
    launch.controller === 'CODE_DEPLOY' &&
    !balancersOf(launch).some(({ targetGroupArn }) => targetGroupArn !== undefined)
      ? 'the service requires an Application Load Balancer or Network Load Balancer.'
      : undefined,
  ),
  launchRule('balancer-one-kind', 'cdk-preflight pf-ecs-service-lb-target-exclusive', (launch) =>
    balancersOf(launch).some((item) => item.targetGroupArn !== undefined && item.loadBalancerName !== undefined)
      ? 'loadBalancerName and targetGroupArn cannot both be specified.'
      : undefined,
  ),
  launchRule('balancer-classic', 'cdk-preflight pf-ecs-svc-classic-lb-with-fargate', (launch) =>
    launch.isFargate && balancersOf(launch).some(({ loadBalancerName }) => loadBalancerName !== undefined)
      ? 'Classic Load Balancers are not supported with Fargate.'
      : undefined,
  ),
  launchRule('balancer-container', 'cdk-preflight pf-ecs-svc-lb-container-name-missing', (launch) => {
    if (launch.definition === undefined) return undefined;
    const missing = balancersOf(launch).find(({ containerName }) => containerOf(launch, containerName) === undefined);
    return missing && `The container ${missing.containerName} does not exist in the task definition.`;
  }),
  launchRule('balancer-port', 'cdk-preflight pf-ecs-svc-lb-container-port-missing', (launch) => {
    if (launch.definition === undefined) return undefined;
    const missing = balancersOf(launch).find(({ containerName, containerPort }) => {
      const ports = containerOf(launch, containerName)?.portMappings ?? [];
      return !ports.some((mapping) => mapping.containerPort === containerPort);
    });
    return (
      missing &&
      `The container ${missing.containerName} did not have a container port ${missing.containerPort} defined.`
    );
  }),
  launchRule('registries', 'cdk-preflight pf-ecs-svc-registries-multiple', ({ serviceRegistries = [] }) =>
    serviceRegistries.length > 1 ? 'service registries can have at most 1 items.' : undefined,
  ),
  launchRule(
    'role-service-linked',
    'hashicorp/terraform-provider-aws#4657; cdk-preflight pf-ecs-svc-role-with-awsvpc',
    (launch) =>
      launch.role !== undefined && (isAwsvpcLaunch(launch) || balancersOf(launch).length > 1)
        ? 'You cannot specify an IAM role for services that require a service linked role.'
        : undefined,
  ),
  launchRule('role-without-balancer', 'cloudposse/terraform-aws-ecs-alb-service-task#145', (launch) =>
    launch.role !== undefined && balancersOf(launch).length === 0 && !isAwsvpcLaunch(launch)
      ? 'IAM roles are only valid for services configured to use load balancers.'
      : undefined,
  ),
  launchRule('grace-without-balancer', 'aws/aws-cdk#19842', (launch) =>
    launch.healthCheckGracePeriodSeconds !== undefined &&
    balancersOf(launch).length + (launch.vpcLatticeConfigurations?.length ?? 0) === 0
      ? 'Health check grace period is only valid for services configured to use load balancers'
      : undefined,
  ),
];
