/** Descriptions of the fields of an ECS Express service. */
export const EXPRESS_GATEWAY_SERVICE_WORDS = {
  clusterName: 'The name of the cluster that runs it.',
  serviceName: 'The name, unique in its cluster.',
  serviceArn: 'The ARN of the service. Never null.',
  infrastructureRoleArn: 'The role with which ECS makes and changes load balancers, scaling and the rest.',
  status: 'ACTIVE; DRAINING after deletion while tasks still stop; INACTIVE once they have; with the reason.',
  currentDeployment: 'Its deployment that is under way, or else the last one that ended, as ECS names it.',
  activeConfigurations: 'The configurations that have tasks now: two or more while one replaces another.',
  tags: 'The tags of the service. Requested from ECS only when selected.',
  createdAt: 'When it was created.',
  updatedAt: 'When it was last changed.',
} as const;
