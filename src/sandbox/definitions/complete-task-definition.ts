import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Draft, Registration } from '../rules/registration.ts';
import { enforce } from '../rules/rule.ts';
import { TASK_DEFINITION_RULES } from '../rules/task-definition-rules.ts';
import { parseSize } from '../util/sizes.ts';
import type { Wire } from '../util/wire-types.ts';
import { compatibilitiesOf } from './compatibilities.ts';
import { requiredAttributes } from './required-attributes.ts';
import { completeContainer, completeVolume } from './written-defaults.ts';

export function draftOf(registration: Registration): Draft {
  return {
    registration,
    containers: registration.containerDefinitions,
    cpu: parseSize(registration.cpu, 'vcpu'),
    memory: parseSize(registration.memory, 'gb'),
  };
}

/** Checks a registration and adds ECS's defaults. The revision and its dates are not part of it yet. */
export function completeTaskDefinition(registration: Registration): Wire<TaskDefinition> {
  const draft = draftOf(registration);
  enforce(TASK_DEFINITION_RULES, draft);
  const { cpu, memory } = draft;
  const { tags: _tags, ...definition } = registration;
  const { networkMode = 'bridge', proxyConfiguration } = definition;
  return {
    ...definition,
    containerDefinitions: draft.containers.map((container) => completeContainer(container, networkMode)),
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory: String(memory) }),
    ...(proxyConfiguration === undefined ? {} : { proxyConfiguration: { type: 'APPMESH', ...proxyConfiguration } }),
    volumes: (definition.volumes ?? []).map(completeVolume),
    placementConstraints: definition.placementConstraints ?? [],
    requiresAttributes: requiredAttributes(draft),
    compatibilities: compatibilitiesOf(draft),
  };
}
