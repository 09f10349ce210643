/** Descriptions of the fields of an ECS gateway route. */
export const GATEWAY_ROUTE_WORDS = {
  gatewayRouteArn: 'The ARN of the route. Never null.',
  serviceArn: 'The ARN of the service that it leads to.',
  serviceContainerPortName: 'The name of the container port that it leads to.',
  status: 'ACTIVE when it carries traffic; the others while it is made, changed or removed, or where that failed.',
  serviceUrl: 'Where the service is reached through it. Null until the route is ACTIVE.',
  resources: 'Listener rules, certificates and security groups that ECS made for it. Exactly one field is not null.',
} as const;
