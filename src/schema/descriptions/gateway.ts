/** Descriptions of the fields of an ECS gateway. */
export const GATEWAY_WORDS = {
  gatewayArn: 'The ARN of the gateway. Never null.',
  name: 'The name, unique in its account and region.',
  status: 'ACTIVE when it can be used; UPDATE_* while it is changed and after; DELETED.',
  statusReason: 'Why it has that status. Null if ECS gives no reason.',
  failures: 'Resources that ECS could not create or change, with the reason. Empty if nothing failed.',
  infrastructureRoleArn: 'The role with which ECS makes and changes load balancers.',
  deletionProtection: 'Whether DeleteGateway is refused.',
  configuration: 'Its kind of load balancer: network, port, logs, limits. Exactly one field is not null.',
  accessType: 'PUBLIC when it is reachable from the internet, PRIVATE otherwise.',
  propagateTags: 'Whether resources that ECS creates for it get its tags.',
  tags: 'The tags of the gateway.',
  createdAt: 'When it was created.',
  updatedAt: 'When it was last changed.',
} as const;
