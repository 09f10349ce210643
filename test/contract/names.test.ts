import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { structures } from '../../src/schema/generated/structures.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';

const schema = sharedSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);
type Field = GraphQLField<unknown, unknown>;
const fieldsOf = (type: GraphQLObjectType) => Object.values(type.getFields()) as Field[];

/** Names that AWS gives to members of answers: these keep AWS's meaning and AWS's type. */
const awsNames = new Set(Object.values(structures).flatMap((members) => Object.keys(members)));
const isOurs = (type: GraphQLObjectType) => !type.description?.startsWith('AWS API reference:');

describe('names', () => {
  it('of counts that the graph computes say what they count', () => {
    const bare = types
      .filter(({ name }) =>
        /Progress$|^Drain(Progress|Forecast|ContainerInstancesPayload)$|^InstanceDrain$|Latitude$|Forecast$/.test(name),
      )
      .flatMap((type) => fieldsOf(type).map(({ name }) => `${type.name}.${name}`))
      .filter((path) => /Count$/.test(path) && !/(Task|Instance|instance|failure|change)Count$/.test(path));
    expect(bare).toEqual([]);
  });

  it('mean one kind of thing on all types that can stand in one place', () => {
    const node = schema.getType('Node');
    const nodes = types.filter((type) => type.getInterfaces().some(({ name }) => name === node?.name));
    const kinds = new Map<string, Set<string>>();
    for (const type of nodes) {
      for (const { name, type: fieldType } of fieldsOf(type)) {
        const named = getNamedType(fieldType);
        const isLeaf = isScalarType(named) || isEnumType(named);
        const inner = getNullableType(fieldType);
        kinds.set(
          name,
          (kinds.get(name) ?? new Set()).add(`${isListType(inner) ? 'list of ' : ''}${isLeaf ? 'leaf' : 'object'}`),
        );
      }
    }
    // AWS has a status that is an object, of Express services.
    expect([...kinds].filter(([, seen]) => seen.size > 1).map(([name]) => name)).toEqual(['status']);
  });

  it('of our own enums and objects never stand on a text elsewhere, unless it is a name of AWS', () => {
    const kinds = new Map<string, Set<string>>();
    for (const type of types.filter(isOurs)) {
      for (const { name, type: fieldType } of fieldsOf(type)) {
        const named = getNamedType(fieldType);
        const kind = isEnumType(named) ? 'enum' : isScalarType(named) ? named.name : 'object';
        kinds.set(name, (kinds.get(name) ?? new Set()).add(kind));
      }
    }
    const torn = [...kinds].filter(([name, seen]) => seen.size > 1 && !awsNames.has(name));
    expect(torn.map(([name, seen]) => `${name}: ${[...seen].sort().join(', ')}`)).toEqual([]);
  });
});

describe('lists', () => {
  /** The bound of each list of our own types: a number that the description names, or the caller's own arguments. */
  const BOUNDED: Readonly<Record<string, string>> = {
    'DaemonDeploymentProgress.triggeredAlarms': 'alarms of one deployment',
    'DeploymentProgress.blockedBy': 'reasons, each once',
    'DeploymentProgress.events': 'at most twenty',
    'DeploymentProgress.hooks': 'hooks of one stage',
    'DeploymentProgress.recentFailures': 'latest ten',
    'DeploymentProgress.sourceRevisions': 'revisions of one service with tasks',
    'DeploymentProgress.triggeredAlarms': 'alarms of one deployment',
    'DrainContainerInstancesPayload.results': 'one for each instance of the input, at most 500',
    'DrainForecast.blockedBy': 'reasons, each once for a service',
    'DrainForecast.notEvaluated': 'rules of the services',
    'DrainProgress.blockedBy': 'reasons, each once for a service',
    'DeployImagesPayload.changes': 'members of two task definitions',
    'Denial.policies': 'policies of the configuration',
    'RunJobPayload.failures': 'reasons of one call',
    'Server.hiddenKinds': 'kinds of secrets',
    'Finding.evidence': 'facts of one rule',
    'PlannedCall.changes': 'members of one call',
    'Query.stopReasons': 'the 100 most frequent',
    'Query.tags': 'at most 50 of a resource',
    'RateBucket.operations': 'operations of ECS',
    'RateBudget.buckets': 'buckets of ECS',
    'TaskProgress.containers': 'containers of one task',
    'TaskDefinitionDiff.changes': 'members of two task definitions',
    'TasksProgress.tasks': 'tasks of the arguments, at most 100',
    'ServiceEventsUpdate.events': 'what is new, or `recent`',
    'ClusterEventsUpdate.events': 'what is new, or `recent`',
    'Viewer.roles': 'roles of one token, at most a hundred of a JWT',
  };

  it('that grow with an account are connections, or say how long they can be', () => {
    const unbounded = types
      .filter((type) => isOurs(type) && !isNode(type) && !/(Connection|Edge)$/.test(type.name))
      .flatMap((type) =>
        fieldsOf(type)
          .filter(({ type: fieldType }) => isListType(isNonNullType(fieldType) ? fieldType.ofType : fieldType))
          .filter(
            ({ description, args }) =>
              !/at most \d/i.test(description ?? '') && !args.some(({ name }) => /^(first|ids)$/.test(name)),
          )
          .map(({ name }) => `${type.name}.${name}`),
      )
      // The calls of one mutation.
      .filter((path) => !(path in BOUNDED) && !path.endsWith('Payload.plan'));
    expect(unbounded).toEqual([]);
  });

  it('with a bound of their own have one still', () => {
    const gone = Object.keys(BOUNDED).filter((path) => {
      const [typeName = '', name = ''] = path.split('.');
      const type = schema.getType(typeName);
      return !isObjectType(type) || type.getFields()[name] === undefined;
    });
    expect(gone).toEqual([]);
  });
});

function isNode(type: GraphQLObjectType): boolean {
  return type.getInterfaces().some(({ name }) => name === 'Node');
}
