import { HORIZON_LIMITS } from '../live/core/default-timeouts.ts';
import { toIsoDuration } from '../watch/duration.ts';
import { createCommand, UsageError } from './command.ts';

interface Answer {
  readonly outcome: string;
  readonly summary: string;
  readonly services: { readonly nodes: readonly ServiceLine[] };
  readonly blockedBy: readonly { readonly reason: string; readonly message: string }[];
  readonly assumptions: readonly {
    readonly text: string;
    readonly range: object | null;
    readonly sampleCount: number;
  }[];
  readonly notSimulated: readonly string[];
}

interface ServiceLine {
  readonly serviceName: string;
  readonly desiredCount: number;
  readonly healthyCountBefore: number;
  readonly healthyCountAfter: number;
  readonly lowestHealthyCount: number;
  readonly highestTaskCount: number;
}

const RANGE = '{ fastest usual slowest }';
const SELECTION = `{
  outcome otherOutcomes endsAfter ${RANGE} horizon summary
  services { nodes { serviceName desiredCount healthyCountBefore healthyCountAfter lowestRunningCount lowestHealthyCount highestTaskCount } }
  tasks(first: 1000) { nodes { fate group after availabilityZone reason task { taskArn } containerInstance { containerInstanceArn } } }
  blockedBy { reason message serviceArn }
  capacity { missingTaskCount cpu memory gpuCount instanceCount instanceType addedInstanceCount }
  assumptions { kind text family range ${RANGE} sampleCount }
  notSimulated
}`;

const DRAIN = `query PreviewDrain($cluster: ID, $containerInstances: [ID!]!, $horizon: Duration, $randomSeed: Int) {
  previewDrain(cluster: $cluster, containerInstances: $containerInstances, horizon: $horizon, randomSeed: $randomSeed) ${SELECTION}
}`;
const DEPLOY = `query PreviewDeployment(
  $cluster: ID, $service: ID!, $taskDefinition: ID, $desiredCount: Int, $minimumHealthyPercent: Int, $maximumPercent: Int, $horizon: Duration, $randomSeed: Int
) {
  previewDeployment(
    cluster: $cluster, service: $service, taskDefinition: $taskDefinition, desiredCount: $desiredCount
    minimumHealthyPercent: $minimumHealthyPercent, maximumPercent: $maximumPercent, horizon: $horizon, randomSeed: $randomSeed
  ) ${SELECTION}
}`;
const SCALE = `query PreviewScale($cluster: ID, $service: ID!, $desiredCount: Int!, $horizon: Duration, $randomSeed: Int) {
  previewScale(cluster: $cluster, service: $service, desiredCount: $desiredCount, horizon: $horizon, randomSeed: $randomSeed) ${SELECTION}
}`;
const LOSS = `query PreviewInstanceLoss($cluster: ID, $containerInstances: [ID!], $zone: String, $horizon: Duration, $randomSeed: Int) {
  previewInstanceLoss(cluster: $cluster, containerInstances: $containerInstances, zone: $zone, horizon: $horizon, randomSeed: $randomSeed) ${SELECTION}
}`;

const FLAGS = {
  cluster: { type: 'string', short: 'c' },
  'task-definition': { type: 'string' },
  'desired-count': { type: 'string' },
  'minimum-healthy-percent': { type: 'string' },
  'maximum-percent': { type: 'string' },
  zone: { type: 'string' },
  horizon: { type: 'string' },
  seed: { type: 'string' },
} as const;
type Flag = keyof typeof FLAGS;
type Given = { readonly [Name in Flag]?: string };

/** The query of each kind, and the flags that only it has. */
const KINDS = {
  drain: {
    query: DRAIN,
    flags: [],
    variables(words) {
      if (words.length === 0) throw new UsageError('preview drain needs at least one container instance');
      return { containerInstances: words };
    },
  },
  deploy: {
    query: DEPLOY,
    flags: ['task-definition', 'desired-count', 'minimum-healthy-percent', 'maximum-percent'],
    variables(words, given) {
      if (words.length !== 1) throw new UsageError('preview deploy needs one service');
      return {
        service: words[0],
        taskDefinition: given['task-definition'],
        desiredCount: numberOf('--desired-count', given['desired-count']),
        minimumHealthyPercent: numberOf('--minimum-healthy-percent', given['minimum-healthy-percent']),
        maximumPercent: numberOf('--maximum-percent', given['maximum-percent']),
      };
    },
  },
  scale: {
    query: SCALE,
    flags: [],
    variables(words) {
      if (words.length !== 2) throw new UsageError('preview scale needs one service and its new desired count');
      return { service: words[0], desiredCount: numberOf('the desired count', words[1]) };
    },
  },
  loss: {
    query: LOSS,
    flags: ['zone'],
    variables(words, { zone }) {
      if (words.length === 0 && zone === undefined)
        throw new UsageError('preview loss needs a container instance or --zone');
      return { zone, ...(words.length > 0 && { containerInstances: words }) };
    },
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly query: string;
      readonly flags: readonly Flag[];
      readonly variables: (words: readonly string[], given: Given) => object;
    }
  >
>;

const HORIZON = { ...HORIZON_LIMITS, inWords: '1 minute to 24 hours' };
const COMMON: readonly Flag[] = ['cluster', 'horizon', 'seed'];

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} must be a whole number, not ${text}`);
  return Number(text);
}

function horizonOf(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : toIsoDuration(text, HORIZON);
  } catch (error) {
    throw new UsageError(`--horizon ${error instanceof Error ? error.message : String(error)}, not ${text}`);
  }
}

/** `ecs-graphql preview` */
export const preview = createCommand({
  summary: 'what a drain, a deployment, a new count or a loss of instances would do',
  usage: [
    'preview drain <container instance>... [--cluster <cluster>]',
    'preview deploy <service> [--task-definition <revision>] [--cluster <cluster>]',
    'preview scale <service> <desired count> [--cluster <cluster>]',
    'preview loss [<container instance>...] [--zone <zone>] [--cluster <cluster>]',
  ],
  help: `Simulates the change on a copy of the cluster as it is now. Nothing is changed.

  --cluster <cluster>               name or ARN; default as ECS's: default
  --task-definition <revision>      deploy: family, family:revision or ARN; default: the one in use
  --desired-count <count>           deploy: a new desired count
  --minimum-healthy-percent <n>     deploy: instead of the percentage of the service
  --maximum-percent <n>             deploy: instead of the percentage of the service
  --zone <zone>                     loss: everything in this Availability Zone
  --horizon <duration>              how far to look ahead from 1m to 24h (10m, 2h or, as in ISO 8601, PT10M);
                                    default 1h
  --seed <n>                        the same number gives the same random choices; default 1

Exit code: 0 it would be done, 1 any other end, 124 not within the horizon, 2 wrong arguments, 130 interrupted.
`,
  flags: FLAGS,
  async run({ values, words: [kind = '', ...words], send, print, host }) {
    if (!Object.hasOwn(KINDS, kind))
      throw new UsageError(
        `preview needs one of ${Object.keys(KINDS).join(', ')} first${kind === '' ? '' : `, not "${kind}"`}`,
      );
    const { query, flags, variables } = KINDS[kind as keyof typeof KINDS];
    const known: readonly Flag[] = [...COMMON, ...flags];
    const wrong = (Object.keys(values) as Flag[]).find((name) => name in FLAGS && !known.includes(name));
    if (wrong !== undefined) throw new UsageError(`--${wrong} is not for preview ${kind}`);
    const found = await send<Answer>(query, {
      cluster: values.cluster,
      horizon: horizonOf(values.horizon),
      randomSeed: numberOf('--seed', values.seed),
      ...variables(words, values),
    });
    if (found === null) throw new Error('The gateway has no preview of this.');
    print(found, linesOf(found));
    if (found.outcome === 'DONE') return 0;
    host.err(`${found.outcome}\n`);
    return found.outcome === 'UNFINISHED' ? 124 : 1;
  },
});

function linesOf({ summary, services, blockedBy, assumptions, notSimulated }: Answer): string[] {
  return [
    summary,
    ...services.nodes.map(
      (one) =>
        `  ${one.serviceName}: healthy ${one.healthyCountBefore}, at worst ${one.lowestHealthyCount}, then ${one.healthyCountAfter} of ${one.desiredCount}; at most ${one.highestTaskCount} tasks`,
    ),
    ...blockedBy.map(({ reason, message }) => `  blocked: ${reason}: ${message}`),
    ...assumptions.filter(({ range }) => range === null).map(({ text }) => `  assumed: ${text}`),
    ...durationsOf(assumptions),
    ...notSimulated.map((text) => `  left out: ${text}`),
  ];
}

/** One line for all assumed durations: each task definition has several. */
function durationsOf(assumptions: Answer['assumptions']): string[] {
  const all = assumptions.filter(({ range }) => range !== null);
  const learned = all.filter(({ sampleCount }) => sampleCount > 0).length;
  return all.length === 0
    ? []
    : [`  assumed: ${all.length} durations, ${learned} of them learned from tasks (--json shows them)`];
}
