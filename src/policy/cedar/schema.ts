import { ACTION_NAMES, ACTIONS, GROUPS, RESOURCE_TYPES, type ResourceType } from '../model/actions.ts';

export const NAMESPACE = 'Ecs';

/** Which types a resource of one type may be in. */
const MEMBER_OF: Readonly<Record<ResourceType, readonly ResourceType[]>> = {
  Account: [],
  Region: ['Account'],
  Cluster: ['Region'],
  Service: ['Cluster'],
  Task: ['Service', 'Cluster'],
  ContainerInstance: ['Cluster'],
  TaskSet: ['Service', 'Cluster'],
  ServiceDeployment: ['Service', 'Cluster'],
  ServiceRevision: ['Service', 'Cluster'],
  Family: ['Region'],
  TaskDefinition: ['Family'],
  CapacityProvider: ['Region'],
  Daemon: ['Cluster'],
  DaemonDeployment: ['Daemon', 'Cluster'],
  DaemonRevision: ['Daemon', 'Cluster'],
  DaemonTaskDefinition: ['Region'],
  Gateway: ['Region'],
  GatewayRoute: ['Gateway', 'Region'],
};

/**
 * The schema that policies are validated against: every operation of ECS as an action in its group, every kind of resource with tags.
 * `context.fields` names the members that a write sets; for reads it is empty.
 */
export function cedarSchema() {
  const none = { type: 'Record', attributes: {} } as const;
  const context = {
    type: 'Record',
    attributes: { fields: { type: 'Set', element: { type: 'String' } } },
  } as const;
  const resources = RESOURCE_TYPES.map((type) => [
    type,
    { memberOfTypes: [...MEMBER_OF[type]], shape: none, tags: { type: 'String' } as const },
  ]);
  const groups = GROUPS.map((group) => [group, {}]);
  const actions = ACTION_NAMES.map((name) => {
    const { group, targets } = ACTIONS[name];
    const types = targets.flatMap(({ type }) => (type === 'Any' ? RESOURCE_TYPES : type));
    const appliesTo = { principalTypes: ['User'], resourceTypes: [...new Set(types)], context };
    return [name, { memberOf: [{ id: group }], appliesTo }];
  });
  return {
    [NAMESPACE]: {
      entityTypes: {
        Role: { shape: none },
        User: { memberOfTypes: ['Role'], shape: none },
        ...Object.fromEntries(resources),
      },
      actions: Object.fromEntries([...groups, ...actions]),
    },
  };
}
