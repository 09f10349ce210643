import type * as sdk from '@aws-sdk/client-ecs';
import type { NormalizedSchema } from '@smithy/core/schema';
import { isArnOf } from '../core/arn.ts';
import { InvalidAnswerError } from '../core/errors.ts';
import type { OperationName, Output } from '../core/operations.ts';

/** Members of which ECS sends at least one of each group whenever it sends the structure. */
type Identity = readonly (readonly string[])[];
type Structure = Readonly<Record<string, unknown>>;
/** @throws {InvalidAnswerError} if the value lacks its identity */
type Check = (value: unknown) => void;

const all = <Shape>(...members: (keyof Shape & string)[]): Identity => members.map((member) => [member]);
const oneOf = <Shape>(...members: (keyof Shape & string)[]): Identity => [members];

/**
 * The members that identify each structure, wherever it stands in an answer. ECS always sends it, so that a structure without it
 * does not come from ECS, or was cut. Structures that have no identity (settings of a service, a log configuration) are
 * not listed.
 */
export const IDENTITIES: Readonly<Record<string, Identity>> = {
  Attachment: all<sdk.Attachment>('id'),
  Attribute: all<sdk.Attribute>('name'),
  CapacityProvider: all<sdk.CapacityProvider>('capacityProviderArn'),
  Cluster: all<sdk.Cluster>('clusterArn'),
  Container: all<sdk.Container>('name'),
  ContainerDefinition: all<sdk.ContainerDefinition>('name'),
  ContainerInstance: all<sdk.ContainerInstance>('containerInstanceArn'),
  DaemonContainerDefinition: all<sdk.DaemonContainerDefinition>('name'),
  DaemonDeployment: all<sdk.DaemonDeployment>('daemonDeploymentArn'),
  DaemonDeploymentSummary: all<sdk.DaemonDeploymentSummary>('daemonDeploymentArn'),
  DaemonDetail: all<sdk.DaemonDetail>('daemonArn'),
  DaemonRevision: all<sdk.DaemonRevision>('daemonRevisionArn'),
  DaemonSummary: all<sdk.DaemonSummary>('daemonArn'),
  DaemonTaskDefinition: all<sdk.DaemonTaskDefinition>('daemonTaskDefinitionArn'),
  DaemonTaskDefinitionSummary: all<sdk.DaemonTaskDefinitionSummary>('arn'),
  Deployment: all<sdk.Deployment>('id'),
  ECSExpressGatewayService: all<sdk.ECSExpressGatewayService>('serviceArn'),
  // A task that ECS could not place has a reason and no ARN.
  Failure: oneOf<sdk.Failure>('arn', 'reason'),
  Gateway: all<sdk.Gateway>('gatewayArn'),
  GatewayClusterAssociationSummary: all<sdk.GatewayClusterAssociationSummary>('gatewayArn', 'clusterArn'),
  GatewayResources: all<sdk.GatewayResources>('gatewayArn'),
  GatewayRoute: all<sdk.GatewayRoute>('gatewayRouteArn'),
  GatewayRouteSummary: all<sdk.GatewayRouteSummary>('gatewayRouteArn'),
  GatewaySummary: all<sdk.GatewaySummary>('gatewayArn'),
  ProtectedTask: all<sdk.ProtectedTask>('taskArn'),
  Service: all<sdk.Service>('serviceArn'),
  ServiceDeployment: all<sdk.ServiceDeployment>('serviceDeploymentArn'),
  ServiceDeploymentBrief: all<sdk.ServiceDeploymentBrief>('serviceDeploymentArn'),
  ServiceEvent: all<sdk.ServiceEvent>('id'),
  ServiceRevision: all<sdk.ServiceRevision>('serviceRevisionArn'),
  ServiceRevisionSummary: all<sdk.ServiceRevisionSummary>('arn'),
  Session: all<sdk.Session>('sessionId'),
  Setting: all<sdk.Setting>('name'),
  Tag: all<sdk.Tag>('key'),
  Task: all<sdk.Task>('taskArn'),
  TaskDefinition: all<sdk.TaskDefinition>('taskDefinitionArn'),
  TaskSet: all<sdk.TaskSet>('taskSetArn'),
  UpdatedExpressGatewayService: all<sdk.UpdatedExpressGatewayService>('serviceArn'),
};

const answer = <Op extends OperationName>(...members: (keyof Output<Op> & string)[]) => all<Output<Op>>(...members);

/** The members that identify an answer without a structure and without a list. */
export const ANSWER_IDENTITIES: { readonly [Op in OperationName]?: Identity } = {
  AssociateGatewayWithCluster: answer<'AssociateGatewayWithCluster'>('gatewayArn', 'clusterArn'),
  ContinueServiceDeployment: answer<'ContinueServiceDeployment'>('serviceDeploymentArn'),
  CreateDaemon: answer<'CreateDaemon'>('daemonArn'),
  CreateGateway: answer<'CreateGateway'>('gatewayArn'),
  DeleteDaemon: answer<'DeleteDaemon'>('daemonArn'),
  DeleteDaemonTaskDefinition: answer<'DeleteDaemonTaskDefinition'>('daemonTaskDefinitionArn'),
  DeleteGateway: answer<'DeleteGateway'>('gatewayArn'),
  DisassociateGatewayFromCluster: answer<'DisassociateGatewayFromCluster'>('gatewayArn', 'clusterArn'),
  DiscoverPollEndpoint: answer<'DiscoverPollEndpoint'>('endpoint'),
  ExecuteCommand: answer<'ExecuteCommand'>('session', 'taskArn'),
  RegisterDaemonTaskDefinition: answer<'RegisterDaemonTaskDefinition'>('daemonTaskDefinitionArn'),
  StopServiceDeployment: answer<'StopServiceDeployment'>('serviceDeploymentArn'),
  SubmitAttachmentStateChanges: answer<'SubmitAttachmentStateChanges'>('acknowledgment'),
  SubmitContainerStateChange: answer<'SubmitContainerStateChange'>('acknowledgment'),
  SubmitTaskStateChange: answer<'SubmitTaskStateChange'>('acknowledgment'),
  UpdateDaemon: answer<'UpdateDaemon'>('daemonArn'),
  UpdateGateway: answer<'UpdateGateway'>('gatewayArn'),
};

/**
 * The required content of an operation's answer: the members of the table above, or its structures, or at least one of its
 * lists. Tags come beside what they belong to.
 */
export function identityOfAnswer(operation: string, output: NormalizedSchema): Identity {
  const listed = (ANSWER_IDENTITIES as Readonly<Record<string, Identity>>)[operation];
  if (listed !== undefined) return listed;
  const members = [...output.structIterator()];
  const structures = members.filter(([, schema]) => schema.isStructSchema());
  if (structures.length > 0) return structures.map(([name]) => [name]);
  const lists = members.filter(([, schema]) => schema.isListSchema());
  return lists.length > 0 ? [lists.map(([name]) => name)] : [];
}

/** Checks answers and everything in them, with checks that are compiled from the schema once. */
export class IdentityChecks {
  readonly #answers = new Map<string, Check>();
  readonly #structures = new Map<unknown, Check | undefined>();

  /** @throws {InvalidAnswerError} if the answer, or a structure in it, lacks its identity */
  check(operation: string, schema: NormalizedSchema, output: object): void {
    let check = this.#answers.get(operation);
    if (check === undefined) {
      const present = presence(operation, identityOfAnswer(operation, schema));
      const inside = this.#members(schema);
      check = (value) => {
        present(value as Structure);
        inside(value as Structure);
      };
      this.#answers.set(operation, check);
    }
    check(output);
  }

  /** The check of a member's value; undefined if nothing in it has an identity. */
  #value(schema: NormalizedSchema): Check | undefined {
    if (schema.isListSchema()) {
      const item = this.#value(schema.getValueSchema());
      return item && ((values) => (values as readonly unknown[]).forEach(item));
    }
    return schema.isStructSchema() && !schema.isUnionSchema() ? this.#structure(schema) : undefined;
  }

  #structure(schema: NormalizedSchema): Check | undefined {
    const shape = schema.getSchema();
    // While a shape's members are compiled it has no check, so that a shape may contain itself.
    if (this.#structures.has(shape)) return this.#structures.get(shape);
    this.#structures.set(shape, undefined);
    const name = schema.getName(false) ?? '';
    const identity = IDENTITIES[name];
    const isPlain = [...schema.structIterator()].every(([, member]) => this.#value(member) === undefined);
    const present = identity && presence(name, identity);
    const inside = isPlain ? undefined : this.#members(schema);
    const check: Check | undefined =
      present || inside
        ? (value) => {
            // ECS sends no null in lists of structures, and the decoder refuses it.
            present?.(value as Structure);
            inside?.(value as Structure);
          }
        : undefined;
    this.#structures.set(shape, check);
    return check;
  }

  #members(schema: NormalizedSchema): (value: Structure) => void {
    const checks: [string, Check][] = [];
    for (const [name, member] of schema.structIterator()) {
      const check = this.#value(member);
      if (check !== undefined) checks.push([name, check]);
    }
    return (value) => {
      for (const [name, check] of checks) {
        const member = value[name];
        if (member !== undefined && member !== null) check(member);
      }
    };
  }
}

function presence(owner: string, identity: Identity): (value: Structure) => void {
  const groups = identity.map((members) => members.map((name) => ({ name, arnType: arnTypeOf(owner, name) })));
  return (value) => {
    for (const group of groups) {
      if (!group.some(({ name, arnType }) => isPresent(value[name], arnType))) {
        throw new InvalidAnswerError(`has a ${owner} without ${group.map(({ name }) => name).join(' or ')}`);
      }
    }
  };
}

/** Whether a value can identify something: text that is not empty, an ARN of the right type, or a structure. */
function isPresent(value: unknown, arnType: string | undefined): boolean {
  if (typeof value !== 'string') return value !== undefined && value !== null;
  if (arnType === undefined) return value !== '';
  // moto spells the type with an underscore.
  const arn = value.replace(':capacity_provider/', ':capacity-provider/');
  return isArnOf(arnType, arn) && (!arnType.endsWith('task-definition') || /:\d+$/.test(arn));
}

/** Structures whose own ARN has no name that says of what. */
const TYPE_OF_ARN: Readonly<Record<string, string>> = {
  DaemonTaskDefinitionSummary: 'daemon-task-definition',
  ServiceRevisionSummary: 'service-revision',
};

/** The type in the ARNs that a member holds, such as `task-definition`; undefined if it holds something else. */
function arnTypeOf(owner: string, member: string): string | undefined {
  if (member === 'arn') return TYPE_OF_ARN[owner];
  if (!member.endsWith('Arn')) return undefined;
  return member.slice(0, -3).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
