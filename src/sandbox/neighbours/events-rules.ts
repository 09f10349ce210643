import { EcsError } from '../checks/ecs-errors.ts';
import { addressOf, busNameOf } from '../delivery/addressees.ts';
import { readEventPattern } from '../delivery/event-pattern.ts';
import { INPUT_PATH } from '../delivery/payload.ts';
import type { EventBus, EventRule, EventTarget } from '../model/messaging/event-bus.ts';
import type { World } from '../model/world.ts';
import { arnOf } from '../store/arns.ts';
import { type Fields, fieldsOf, listOf, optionalText, requiredText, textsOf } from './input.ts';
import type { NeighbourOperation } from './neighbour.ts';

const INVALID = 'ValidationException';
const NAME = /^[.\-_A-Za-z0-9]{1,64}$/;
/** AWS's limit for a rule. */
const MOST_TARGETS = 5;

function notFound(what: string): EcsError {
  return new EcsError('ResourceNotFoundException', `${what} does not exist.`);
}

export function readName(input: Fields, member: string): string {
  const name = requiredText(input, member, INVALID);
  if (NAME.test(name)) return name;
  throw new EcsError(INVALID, `${member} must have 1 to 64 letters, digits or the signs . - _`);
}

/** The bus of `EventBusName`, a name or an ARN; `default` if absent. */
export function requireBus(world: World, input: Fields, member = 'EventBusName'): EventBus {
  const given = optionalText(input, member) ?? 'default';
  const name = busNameOf(addressOf(given)?.resource ?? '') ?? given;
  const bus = world.messaging.buses.get(name);
  if (bus === undefined) throw notFound(`Event bus ${name.slice(0, 256)}`);
  return bus;
}

function requireRule(world: World, input: Fields, member: string): EventRule {
  const bus = requireBus(world, input);
  const name = readName(input, member);
  const rule = bus.rules.get(name);
  if (rule === undefined) throw notFound(`Rule ${name} on EventBus ${bus.name}`);
  return rule;
}

const putRule: NeighbourOperation = (world, input) => {
  const bus = requireBus(world, input);
  const name = readName(input, 'Name');
  if (optionalText(input, 'ScheduleExpression') !== undefined) {
    throw new EcsError(INVALID, 'The sandbox has rules with an EventPattern only, not with a ScheduleExpression.');
  }
  const pattern = requiredText(input, 'EventPattern', INVALID);
  readEventPattern(pattern);
  const state = optionalText(input, 'State') ?? 'ENABLED';
  if (state !== 'ENABLED' && state !== 'DISABLED') throw new EcsError(INVALID, 'State must be ENABLED or DISABLED');
  const rule: EventRule = {
    name,
    arn: arnOf(world, 'events', bus.name === 'default' ? `rule/${name}` : `rule/${bus.name}/${name}`),
    bus: bus.name,
    description: optionalText(input, 'Description'),
    roleArn: optionalText(input, 'RoleArn'),
    pattern,
    state,
    targets: bus.rules.get(name)?.targets ?? new Map(),
  };
  bus.rules.set(name, rule);
  return { RuleArn: rule.arn };
};

function renderRule({ name, arn, bus, description, roleArn, pattern, state }: EventRule): object {
  return {
    Name: name,
    Arn: arn,
    EventPattern: pattern,
    State: state,
    Description: description,
    RoleArn: roleArn,
    EventBusName: bus,
  };
}

/** Members of a target that the sandbox does not simulate. */
const UNPLAYED = [
  'InputTransformer',
  'KinesisParameters',
  'RunCommandParameters',
  'EcsParameters',
  'BatchParameters',
  'RedshiftDataParameters',
  'SageMakerPipelineParameters',
  'AppSyncParameters',
];
const SETTINGS = ['SqsParameters', 'HttpParameters', 'DeadLetterConfig', 'RetryPolicy'];

function checkRetryPolicy(policy: Fields): void {
  const limits = { MaximumRetryAttempts: [0, 185], MaximumEventAgeInSeconds: [60, 86_400] } as const;
  for (const [name, [least, most]] of Object.entries(limits)) {
    const value = policy[name];
    if (value === undefined) continue;
    const isRight = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
    if (!isRight) throw new EcsError(INVALID, `${name} must be from ${least} to ${most}`);
  }
}

/** A queue, of a target or for dead letters, is in the Region of the rule. */
function checkRegion(world: World, arn: string): void {
  const address = addressOf(arn);
  if (address?.service !== 'sqs' || address.region === world.region) return;
  throw new EcsError(
    INVALID,
    `Parameter ${arn} is not valid. Reason: the queue must be in the Region ${world.region}.`,
  );
}

function readTarget(world: World, bus: EventBus, given: Fields): EventTarget {
  const id = readName(given, 'Id');
  const arn = requiredText(given, 'Arn', INVALID);
  const unplayed = UNPLAYED.find((name) => given[name] !== undefined);
  if (unplayed !== undefined) throw new EcsError(INVALID, `The sandbox does not know ${unplayed} of a target.`);
  const address = addressOf(arn);
  const isKnown = address?.service === 'sqs' || /^(event-bus|api-destination)\//.test(address?.resource ?? '');
  if (!isKnown || arn === bus.arn) {
    throw new EcsError(
      INVALID,
      `Parameter ${arn.slice(0, 200)} is not valid. Reason: a target is an SQS queue, another event bus or an API destination.`,
    );
  }
  checkRegion(world, arn);
  checkRegion(world, String(fieldsOf(given.DeadLetterConfig).Arn));
  const inputPath = optionalText(given, 'InputPath');
  if (inputPath !== undefined && !INPUT_PATH.test(inputPath)) {
    throw new EcsError(INVALID, 'The sandbox reads an InputPath of member names only, such as $.detail.taskArn.');
  }
  checkRetryPolicy(fieldsOf(given.RetryPolicy));
  return {
    id,
    arn,
    roleArn: optionalText(given, 'RoleArn'),
    input: optionalText(given, 'Input'),
    inputPath,
    settings: Object.fromEntries(
      SETTINGS.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
    ),
  };
}

const putTargets: NeighbourOperation = (world, input) => {
  const rule = requireRule(world, input, 'Rule');
  const bus = requireBus(world, input);
  const targets = listOf(input.Targets).map((target) => readTarget(world, bus, fieldsOf(target)));
  if (targets.length === 0) throw new EcsError(INVALID, 'Targets must have at least one entry');
  const ids = new Set([...rule.targets.keys(), ...targets.map(({ id }) => id)]);
  if (ids.size > MOST_TARGETS) {
    throw new EcsError(
      'LimitExceededException',
      `The requested resource exceeds the maximum number of targets (${MOST_TARGETS}) of a rule.`,
    );
  }
  for (const target of targets) rule.targets.set(target.id, target);
  return { FailedEntryCount: 0, FailedEntries: [] };
};

function renderTarget({ id, arn, roleArn, input, inputPath, settings }: EventTarget): object {
  return { Id: id, Arn: arn, RoleArn: roleArn, Input: input, InputPath: inputPath, ...settings };
}

const removeTargets: NeighbourOperation = (world, input) => {
  const { targets } = requireRule(world, input, 'Rule');
  const missing = textsOf(input.Ids).filter((id) => !targets.delete(id));
  const FailedEntries = missing.map((id) => ({
    TargetId: id,
    ErrorCode: 'ResourceNotFoundException',
    ErrorMessage: `Target ${id.slice(0, 64)} does not exist.`,
  }));
  return { FailedEntryCount: FailedEntries.length, FailedEntries };
};

const deleteRule: NeighbourOperation = (world, input) => {
  const bus = requireBus(world, input);
  const name = readName(input, 'Name');
  // AWS answers alike whether or not there was such a rule.
  if ((bus.rules.get(name)?.targets.size ?? 0) > 0) {
    throw new EcsError(INVALID, "Rule can't be deleted since it has targets.");
  }
  bus.rules.delete(name);
  return {};
};

function switching(state: EventRule['state']): NeighbourOperation {
  return (world, input) => {
    requireRule(world, input, 'Name').state = state;
    return {};
  };
}

/** EventBridge's operations on rules. */
export const RULE_OPERATIONS: Readonly<Record<string, NeighbourOperation>> = {
  PutRule: putRule,
  DescribeRule: (world, input) => renderRule(requireRule(world, input, 'Name')),
  ListRules: (world, input) => {
    const prefix = optionalText(input, 'NamePrefix') ?? '';
    const rules = [...requireBus(world, input).rules.values()].filter(({ name }) => name.startsWith(prefix));
    return { Rules: rules.map(renderRule) };
  },
  EnableRule: switching('ENABLED'),
  DisableRule: switching('DISABLED'),
  DeleteRule: deleteRule,
  PutTargets: putTargets,
  RemoveTargets: removeTargets,
  ListTargetsByRule: (world, input) => ({
    Targets: [...requireRule(world, input, 'Rule').targets.values()].map(renderTarget),
  }),
  ListRuleNamesByTarget: (world, input) => {
    const arn = requiredText(input, 'TargetArn', INVALID);
    const rules = [...requireBus(world, input).rules.values()].filter(({ targets }) =>
      [...targets.values()].some((target) => target.arn === arn),
    );
    return { RuleNames: rules.map(({ name }) => name) };
  },
};
