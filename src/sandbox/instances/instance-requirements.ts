import type { Attribute, PlacementConstraint } from '@aws-sdk/client-ecs';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import { evaluate } from '../query/evaluate.ts';
import { parseQuery } from '../query/parse.ts';
import { valuesOf } from '../store/instance-attributes.ts';
import type { Wire } from '../util/wire-types.ts';

/** The requirements of a task, except room. */
export interface Requirements {
  readonly taskDefinition: TaskDefinitionRecord;
  readonly constraints: readonly Wire<PlacementConstraint>[];
}

/** Returns why an instance is refused, if it is. */
export type Test = (instance: InstanceRecord) => string | undefined;

export function queries({ constraints, taskDefinition }: Requirements): string[] {
  const all = [...constraints, ...(taskDefinition.definition.placementConstraints ?? [])];
  return all.flatMap(({ type, expression }) => (type === 'memberOf' && expression !== undefined ? [expression] : []));
}

function hasAll(instance: InstanceRecord, attributes: readonly Wire<Attribute>[]): boolean {
  const values = valuesOf(instance.attributes);
  for (const { name = '' } of attributes) if (!values.has(name)) return false;
  return true;
}

/** The same for many instances of few kinds: each list of attributes is tested once. */
function testAttributes(required: readonly Wire<Attribute>[]): Test {
  const verdicts = new Map<InstanceRecord['attributes'], boolean>();
  return (instance) => {
    const known = verdicts.get(instance.attributes);
    const verdict = known ?? hasAll(instance, required);
    if (known === undefined) verdicts.set(instance.attributes, verdict);
    return verdict ? undefined : 'ATTRIBUTE';
  };
}

/** Everything but room: state, agent, attributes, constraints. Each test returns the reason of a refusal. */
export function fixedTests(request: Requirements): Test[] {
  const tests: Test[] = [
    (instance) => (instance.status === 'ACTIVE' ? undefined : 'INACTIVE'),
    (instance) => (instance.agentConnected ? undefined : 'AGENT'),
  ];
  const { requiresAttributes = [] } = request.taskDefinition.definition;
  if (requiresAttributes.length > 0) {
    tests.push(testAttributes(requiresAttributes));
  }
  for (const expression of queries(request)) {
    const parsed = parseQuery(expression);
    tests.push((instance) => (evaluate(parsed, instance) ? undefined : 'MemberOf placement constraint unsatisfied.'));
  }
  return tests;
}

export function refusal(tests: readonly Test[], instance: InstanceRecord): string | undefined {
  for (const test of tests) {
    const reason = test(instance);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Whether an instance is in a state to take tasks and has what the task definition needs, room aside. */
export function isEligible(taskDefinition: TaskDefinitionRecord, instance: InstanceRecord): boolean {
  const { requiresAttributes = [] } = taskDefinition.definition;
  return instance.status === 'ACTIVE' && instance.agentConnected && hasAll(instance, requiresAttributes);
}
