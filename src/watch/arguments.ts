import { parseArgs } from 'node:util';
import { joinedNumbers } from '../config/joined-numbers.ts';
import { nearest } from '../config/nearest.ts';
import { optionProblem } from '../config/unknown-option.ts';
import { DEFAULT_TIMEOUTS } from '../live/core/default-timeouts.ts';
import { type DeploymentMoment, MOMENTS } from '../live/deployment/deployment-moment.ts';
import { toIsoDuration } from './duration.ts';
import { GATEWAY_HELP, type Gateway, gatewayOf } from './gateway.ts';
import type { StreamVariables } from './stream.ts';

export const WATCH_KINDS = ['deployment', 'drain', 'task'] as const;
export type WatchKind = (typeof WATCH_KINDS)[number];

/** The resource to watch, and how to show it. */
export interface WatchArguments extends Gateway {
  readonly kind: WatchKind;
  readonly json: boolean;
  /** The point of the deployment to wait for; absent: its end. */
  readonly until?: DeploymentMoment | undefined;
  /** Outcomes that count as success. That of the kind if absent. */
  readonly success?: readonly string[] | undefined;
  readonly variables: StreamVariables;
}

const OPTIONS = {
  cluster: { type: 'string', short: 'c' },
  deployment: { type: 'string' },
  timeout: { type: 'string' },
  'stall-after': { type: 'string' },
  until: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** The usage beside an error: short, so that the error stays in sight. */
export const WATCH_USAGE = `Usage: ecs-graphql watch deployment <service> [--cluster <cluster>] [--deployment <id>] [--until paused|<stage>]
       ecs-graphql watch drain [<container instance>...] [--cluster <cluster>]
       ecs-graphql watch task <task>... [--cluster <cluster>]
       ecs-graphql watch --help
`;

export const WATCH_HELP = `${WATCH_USAGE}
Follows a deployment, a drain or tasks to their end, on any gateway. Without container instances: all that are draining.

${GATEWAY_HELP}  --cluster <cluster>   name or ARN; default as ECS's: default
  --deployment <id>     ARN of a service deployment or ecs-svc/...; default: the current one
  --timeout <duration>  time limit (10m, 1h30m, 600 seconds or, as in ISO 8601, PT10M), with exit code 124; by ECS's clock,
                        which a sandbox may run faster; default 1h for a deployment, 6h for a drain, 24h for tasks
  --stall-after <...>   say so after so long without progress
  --until <moment>      stop with exit code 0 as soon as a deployment is paused, or has reached a stage such as bake-time or later
  --json                one JSON object an event, as where the output is no terminal

A terminal shows a clock, the progress, what blocks it and one line for each task; in colour, unless NO_COLOR is set.
A bearer token is read from ECS_GRAPHQL_TOKEN.
Exit code: 0 success, 1 any other end (the reason is on stderr), 2 wrong arguments, 124 time-out, 130 interrupted.
`;

/**
 * Limits the whole run, however often the connection is made again: a gateway's own default would restart each time.
 */
const TIMEOUTS: Readonly<Record<WatchKind, string>> = {
  deployment: DEFAULT_TIMEOUTS.deployment,
  drain: DEFAULT_TIMEOUTS.drain,
  task: DEFAULT_TIMEOUTS.tasks,
};

/** Reads the command line. A string result is an error message. */
export function readArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): WatchArguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: joinedNumbers(argv, OPTIONS),
      options: OPTIONS,
      allowPositionals: true,
    });
    const [name, ...named] = positionals;
    const kind = WATCH_KINDS.find((candidate) => candidate === name);
    if (kind === undefined) return `watch needs one of ${WATCH_KINDS.join(', ')} first${meantBy(name)}`;
    if (kind === 'deployment' && named.length !== 1) return 'watch deployment needs one service';
    if (kind === 'task' && named.length === 0) return 'watch task needs at least one task';
    for (const name of ['deployment', 'until'] as const)
      if (kind !== 'deployment' && values[name] !== undefined) return `--${name} is not for watch ${kind}`;
    const until = momentOf(values.until);
    const gateway = gatewayOf(values.url, env);
    const variables = {
      cluster: values.cluster,
      timeout: timeoutOf(kind, values.timeout),
      stallAfter: durationOf('stall-after', values['stall-after']),
      ...(kind === 'deployment' && { service: named[0], deploymentId: values.deployment, until }),
      ...(kind === 'drain' && named.length > 0 && { containerInstances: named }),
      ...(kind === 'task' && { tasks: named }),
    };
    return { ...gateway, kind, json: values.json === true, until, variables };
  } catch (error) {
    return optionProblem(error, Object.keys(OPTIONS));
  }
}

/** @throws {RangeError} */
function momentOf(text: string | undefined): DeploymentMoment | undefined {
  if (text === undefined) return undefined;
  const name = text.toUpperCase().replaceAll('-', '_');
  const moment = MOMENTS.find((one) => one === name);
  if (moment !== undefined) return moment;
  const shown = MOMENTS.map((one) => one.toLowerCase().replaceAll('_', '-'));
  const meant = nearest(text.toLowerCase().replaceAll('_', '-'), shown);
  throw new RangeError(
    `--until must be one of ${shown.join(', ')}, not ${text}${meant === undefined ? '' : `. Did you mean ${meant}?`}`,
  );
}

function meantBy(name = ''): string {
  const meant = nearest(name, WATCH_KINDS);
  return meant === undefined ? '' : `, not "${name}". Did you mean ${meant}?`;
}

/**
 * The time limit of following a resource.
 * @throws {RangeError} that names the flag
 */
export function timeoutOf(kind: WatchKind, text: string | undefined): string {
  return durationOf('timeout', text) ?? TIMEOUTS[kind];
}

/** @throws an error that names the flag and says what is wrong */
function durationOf(name: string, text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : toIsoDuration(text);
  } catch (error) {
    throw new RangeError(`--${name} ${error instanceof Error ? error.message : String(error)}, not ${text}`);
  }
}
