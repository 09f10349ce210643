import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { assumedRoles } from '../compose/open-scopes.ts';
import { ConfigError } from '../config/index.ts';
import { arnOfQueue } from '../config/queue-url.ts';
import { SETTINGS } from '../config/settings.ts';
import { optionProblem } from '../config/unknown-option.ts';
import { ACTION_NAMES, isActionName, isWrite, OWN_ACTIONS } from '../policy/model/actions.ts';
import { regionResource, toResource, typeOfArn } from '../policy/model/resource.ts';
import { ROLES } from '../policy/open.ts';
import { READY_MADE } from '../policy/ready-made.ts';
import type { CliHost } from './host.ts';

export const POLICY_HELP = `Usage: ecs-graphql policy check --policies <path|roles,...> [a decision]

Validates policies and prints their ids. With --action it also decides, and names the policies that decide: exit code 0 if the
action is allowed, 1 if not, 2 if the policies are wrong.
  --action    an ECS operation such as UpdateService, ReadSecrets or ReadMetrics
  --resource  the ARN of what it is on; for actions in a Region, any ARN of the account and Region
  --name      the principal (default: anonymous)
  --roles     its roles, with commas between
  --tags      tags of the resource, as key=value with commas between
  --service   the name of the service that a task belongs to
  --fields    the members that a write sets, with commas between
`;

export const IAM_POLICY_HELP = `Usage: ecs-graphql iam-policy [--policies <path|roles,...>] [--read-only] [--events-queue <url,...>] [--scopes <file>]

Prints the least IAM policy for the gateway's own credentials: the operations that the policies may allow somebody, or all; with
--read-only those that change nothing. With --events-queue, or EVENTS_QUEUE, also what reading the queues of events needs. RunTask, StartTask, CreateService and others need iam:PassRole for the roles of your tasks beside it.
With --scopes, or SCOPES, also the permission to assume the roles of that file; the roles themselves need the operations.
`;

const CHECK_OPTIONS = {
  policies: { type: 'string' },
  action: { type: 'string' },
  resource: { type: 'string' },
  name: { type: 'string' },
  roles: { type: 'string' },
  tags: { type: 'string' },
  service: { type: 'string' },
  fields: { type: 'string' },
} as const;

/** `ecs-graphql policy check` */
export async function policy([verb, ...argv]: readonly string[], host: CliHost): Promise<number> {
  if (verb !== 'check') throw new ConfigError(['"check" is the only thing to do with policies']);
  const values = optionsOf(argv, CHECK_OPTIONS);
  const policies = await readPolicies(words(values.policies));
  host.out(`valid: ${policies.ids.join(', ')}\n`);
  const { action, resource: arn = '', name = 'anonymous' } = values;
  if (action === undefined) return 0;
  if (!isActionName(action)) throw new ConfigError([`--action "${action}" is not an action`]);
  const type = typeOfArn(arn);
  if (type === undefined) throw new ConfigError(['--resource must be an ARN of ECS']);
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  const place = { partition, region, account };
  const tags = Object.fromEntries(
    words(values.tags).map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]),
  );
  const isInRegion = policies.isInRegion(action);
  const resource = isInRegion ? regionResource(place) : toResource(place, type, arn, { tags, service: values.service });
  if (resource === undefined) throw new ConfigError(['--resource must be an ARN with its cluster']);
  const decision = policies.decide({ name, roles: words(values.roles) }, action, resource, words(values.fields).sort());
  const by = decision.policies.length === 0 ? 'no policy allows it' : decision.policies.join(', ');
  host.out(`${decision.isAllowed ? 'ALLOW' : 'DENY'}: ${by}\n`);
  return decision.isAllowed ? 0 : 1;
}

/** `ecs-graphql iam-policy` */
export async function iamPolicy(argv: readonly string[], host: CliHost): Promise<number> {
  const values = optionsOf(argv, {
    policies: { type: 'string' },
    'read-only': { type: 'boolean' },
    'events-queue': { type: 'string' },
    scopes: { type: 'string' },
  });
  const sources = words(values.policies);
  const policies = sources.length === 0 ? undefined : await readPolicies(sources);
  const isReadOnly = values['read-only'] === true;
  const operations = ACTION_NAMES.filter(
    (action) =>
      !Object.hasOwn(OWN_ACTIONS, action) &&
      !(isReadOnly && isWrite(action)) &&
      policies?.mayBeAllowed(action) !== false,
  );
  // The gateway asks whose account it is, and decisions on tags read them.
  const own =
    policies === undefined ? [] : ['DescribeClusters', ...(policies.readsTags ? ['ListTagsForResource'] : [])];
  const actions = [...new Set([...operations, ...own])].sort().map((operation) => `ecs:${operation}`);
  const queues = queuesOf(values['events-queue'] ?? host.env.EVENTS_QUEUE ?? '');
  const scopes = values.scopes ?? host.env.SCOPES ?? '';
  const assumed = scopes === '' ? { roles: [], actions: [] } : await assumedRoles(scopes);
  const Statement = [
    { Effect: 'Allow', Action: actions, Resource: '*' },
    ...(queues.length > 0 ? [{ Effect: 'Allow', Action: QUEUE_ACTIONS, Resource: queues }] : []),
    ...(assumed.roles.length > 0 ? [{ Effect: 'Allow', Action: assumed.actions, Resource: assumed.roles }] : []),
  ];
  const document = { Version: '2012-10-17', Statement };
  host.out(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

const QUEUE_ACTIONS = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'];

/** The ARNs of the queues with these URLs. */
function queuesOf(urls: string): string[] {
  try {
    return SETTINGS.eventsQueue.type.parse(urls).map(arnOfQueue);
  } catch (error) {
    throw new ConfigError([`--events-queue (EVENTS_QUEUE) ${(error as Error).message}`]);
  }
}

async function readPolicies(sources: readonly string[]) {
  if (sources.length === 0) throw new ConfigError(['--policies is needed']);
  const texts = await Promise.all(
    sources.map(async (source) => ({ name: source, text: source === ROLES ? READY_MADE : await textOf(source) })),
  );
  const { CedarPolicies } = await import('../policy/cedar/policy-set.ts');
  try {
    return new CedarPolicies(texts);
  } catch (error) {
    throw new ConfigError((error as Error).message.split('\n'));
  }
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new ConfigError([`--policies ${path} cannot be read: ${error.message}`]);
  });
}

function optionsOf<const O extends Record<string, { type: 'string' | 'boolean' }>>(
  argv: readonly string[],
  options: O,
) {
  try {
    return parseArgs({ args: [...argv], options }).values as {
      [Name in keyof O]?: O[Name]['type'] extends 'string' ? string : boolean;
    };
  } catch (error) {
    throw new ConfigError([optionProblem(error, Object.keys(options))]);
  }
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((word) => word.trim() || []);
}
