import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { ARNS, IMAGE, OLD_TASK_DEFINITION, SECRET } from '../ecs/one-of-each.ts';

/** The values of required arguments. */
const GIVEN: Readonly<Record<string, string | number | readonly string[]>> = {
  cluster: 'prod',
  service: 'web',
  task: ARNS.Task,
  containerInstance: ARNS.ContainerInstance,
  taskDefinition: 'web:2',
  capacityProvider: 'spot',
  daemonArn: ARNS.Daemon,
  daemonDeploymentArn: ARNS.DaemonDeployment,
  daemonRevisionArn: ARNS.DaemonRevision,
  daemonTaskDefinition: 'agent:1',
  gateway: 'edge',
  gatewayRouteArn: ARNS.GatewayRoute,
  serviceArn: ARNS.Service,
  serviceDeploymentArn: ARNS.ServiceDeployment,
  serviceRevisionArn: ARNS.ServiceRevision,
  resourceArn: ARNS.Cluster,
  namespace: 'shop',
  text: 'web',
  key: 'team',
  action: 'deleteCluster',
  containerInstances: [ARNS.ContainerInstance],
  tasks: [ARNS.Task],
  image: IMAGE,
  valueFrom: SECRET,
  from: ARNS.TaskDefinition,
  to: OLD_TASK_DEFINITION,
  desiredCount: 2,
  families: ['web'],
};

/** Fields that fail without a history: test/history reads them. */
export const NEED_HISTORY: readonly string[] = ['deploymentStatistics', 'history'];

/** Optional arguments, without which a field does not call all of its operations. */
const ALSO_GIVEN: Readonly<Record<string, string>> = {
  stoppedTasks: 'services: ["web"]',
  runJob: 'taskDefinition: "web:2"',
  previewInstanceLoss: `containerInstances: ["${ARNS.ContainerInstance}"]`,
};

/** Every field of the resource's own description, without links. */
function ownFields(type: GraphQLObjectType): string {
  const own = Object.values(type.getFields()).filter((field) => !field.args.length && !field.extensions.ecsCost);
  return own
    .map((field) => (isLeafType(getNamedType(field.type)) ? field.name : `${field.name} { __typename }`))
    .join(' ');
}

/** A field with its required arguments, and everything below it that needs no further call. */
export function selectField({ name, type, args }: GraphQLField<unknown, unknown>): string {
  const given = args.filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined);
  const also = ALSO_GIVEN[name];
  const text = [...given.map((arg) => `${arg.name}: ${JSON.stringify(GIVEN[arg.name])}`), ...(also ? [also] : [])].join(
    ', ',
  );
  return `${name}${text ? `(${text})` : ''}${below(getNamedType(type))}`;
}

/** The selection below a field of a type: the nodes of a list, the fields of an object. */
function below(type: GraphQLNamedType): string {
  if (isAbstractType(type)) return ' { __typename }';
  if (!isObjectType(type)) return '';
  const { nodes } = type.getFields();
  const node = nodes && getNamedType(nodes.type);
  return isObjectType(node) ? ` { nodes { ${ownFields(node)} } }` : ` { ${ownFields(type)} }`;
}
