import { setTimeout as delay } from 'node:timers/promises';
import { nearest } from '../config/nearest.ts';
import { TROUBLES } from '../live/drain/replacement-trouble.ts';
import { createCommand, type Run, UsageError } from './command.ts';
import { checkTimeout, follow } from './follow.ts';
import { dry, wholeNumber } from './service-commands.ts';
import {
  ASKING_FLAGS,
  ASKING_HELP,
  CLUSTER_FLAG,
  CLUSTER_HELP,
  confirm,
  keyOf,
  PLAN,
  type PlannedCall,
  planLines,
  WRITE_HELP,
  write,
} from './write.ts';

const QUERY = `mutation Replace($cluster: ID, $instances: [ID!], $waveSize: Int, $minActive: Int, $deregister: Boolean, $ignore: [ReplacementTroubleKind!],
  $continueWith: String, $dryRun: Boolean, $key: ID) {
  replaceContainerInstances(cluster: $cluster, containerInstances: $instances, waveSize: $waveSize, minActiveInstances: $minActive, deregister: $deregister,
    ignore: $ignore, continueWith: $continueWith, dryRun: $dryRun, idempotencyKey: $key) {
    state wave pendingInstanceCount drainedInstanceCount instanceCount containerInstances { containerInstanceArn ec2InstanceId }
    otherDrainingInstanceCount otherDrainingInstances { containerInstanceArn ec2InstanceId }
    results { requested code message } troubles { kind message isPassing } continueWith followCursor ${PLAN}
  }
}`;

interface Instance {
  readonly containerInstanceArn: string;
  readonly ec2InstanceId: string | null;
}

interface Wave {
  readonly state: 'STARTED' | 'DRAINING' | 'BLOCKED' | 'DONE';
  readonly wave: number;
  readonly pendingInstanceCount: number;
  readonly drainedInstanceCount: number;
  readonly instanceCount: number;
  readonly containerInstances: readonly Instance[];
  readonly otherDrainingInstanceCount: number;
  readonly otherDrainingInstances: readonly Instance[];
  readonly results: readonly { readonly requested: string; readonly message: string | null }[];
  readonly troubles: readonly { readonly kind: string; readonly message: string; readonly isPassing: boolean }[];
  readonly continueWith: string | null;
  readonly followCursor: string | null;
  readonly plan: readonly PlannedCall[];
}

const FLAGS = {
  ...ASKING_FLAGS,
  ...CLUSTER_FLAG,
  timeout: { type: 'string' },
  'wave-size': { type: 'string' },
  'min-active': { type: 'string' },
  deregister: { type: 'boolean' },
  ignore: { type: 'string', multiple: true },
  'continue-with': { type: 'string' },
} as const;

/** The wait between two looks at a trouble that may go away by itself. */
const LOOK_EVERY_MS = 15_000;
/** A trouble that may go away is waited for this many times: six hours, as long as a drain. */
const MOST_LOOKS = 1_440;

/** `ecs-graphql replace-instances` */
export const replaceInstances = createCommand({
  summary: 'drain container instances wave by wave, and stop on trouble',
  usage: [
    'replace-instances [<container instance>...] --cluster <cluster> [--wave-size <n>]',
    'replace-instances --continue-with <token>',
  ],
  help: `Drains container instances wave by wave; without names, all that are ACTIVE. A wave begins when the one before has no tasks left, no service
of the cluster lacks tasks, and there is room. If a trouble does not pass, it stops and prints a token for --continue-with. Asks first. The Auto Scaling
group has to launch new instances.

${CLUSTER_HELP}  --wave-size <n>       most instances that drain at a time, others of the cluster included; default 1
  --min-active <n>      begin a wave only if this many ACTIVE instances remain beside it
  --deregister          deregister instances that have drained
  --ignore <kind>       a kind of trouble that does not stop it, such as STANDALONE_TASKS; repeatable
  --continue-with <...> continue a replacement that was stopped
  --timeout <duration>  time limit of each wave, as for watch, with exit code 124; default 6h
${ASKING_HELP}${WRITE_HELP}`,
  flags: FLAGS,
  async run(run) {
    checkTimeout('drain', run);
    const { values, words, print } = run;
    const { 'wave-size': size, 'min-active': least, 'continue-with': token } = values;
    const isNew = words.length > 0 || values.cluster !== undefined || size !== undefined || least !== undefined;
    if (token !== undefined && (isNew || values.deregister === true))
      throw new UsageError(
        '--continue-with already holds the instances and the settings; only --ignore may be given with it',
      );
    const given =
      token === undefined
        ? {
            cluster: values.cluster,
            instances: words.length > 0 ? words : undefined,
            waveSize: size === undefined ? undefined : wholeNumber('--wave-size', size),
            minActive: least === undefined ? undefined : wholeNumber('--min-active', least),
            deregister: values.deregister,
          }
        : { continueWith: token };
    const variables = { ...given, ignore: values.ignore?.map(troubleOf) };
    if (values['dry-run'] === true || values.yes !== true) {
      const planned = await write<Wave>(dry(run), { query: QUERY, variables });
      if (values['dry-run'] === true) {
        print(planned, [...linesOf(planned), ...planLines(planned.plan)]);
        return planned.state === 'BLOCKED' ? 1 : 0;
      }
      const left = planned.pendingInstanceCount + planned.containerInstances.length;
      const code = await confirm(
        run,
        [...linesOf(planned), ...planLines(planned.plan)],
        `Replace ${left} container instances?`,
      );
      if (code !== undefined) return code;
    }
    return waves(run, variables);
  },
});

/** @throws {UsageError} */
function troubleOf(text: string): string {
  const name = text.toUpperCase().replaceAll('-', '_');
  if (Object.hasOwn(TROUBLES, name)) return name;
  const kinds = Object.keys(TROUBLES).map((kind) => kind.toLowerCase().replaceAll('_', '-'));
  const meant = nearest(name.toLowerCase().replaceAll('_', '-'), kinds);
  throw new UsageError(
    `--ignore must be one of ${kinds.join(', ')}, not ${text}${meant === undefined ? '' : `. Did you mean ${meant}?`}`,
  );
}

/** Sends wave after wave until all instances are replaced, or a trouble that does not pass stops it. */
async function waves(run: Run<typeof FLAGS>, first: object): Promise<number> {
  const { values, host, print, signal } = run;
  const wait = host.wait ?? ((ms: number) => delay(ms, undefined, { signal }));
  let variables: object = first;
  let looks = 0;
  const key = keyOf(run);
  const ignored = (values.ignore ?? []).map((kind) => ` --ignore ${kind}`).join('');
  for (let part = 0; ; part += 1) {
    const wave = await write<Wave>(run, { query: QUERY, variables }, { key, part });
    const { state, continueWith, followCursor, troubles } = wave;
    if (state !== 'BLOCKED' || looks === 0) print(wave, linesOf(wave));
    if (continueWith === null) return 0;
    variables = { continueWith, ignore: (first as { ignore?: readonly string[] }).ignore };
    const stop = (code: number) => {
      host.err(`To go on: ecs-graphql replace-instances --continue-with ${continueWith}${ignored}\n`);
      return code;
    };
    if (state === 'BLOCKED') {
      looks += 1;
      if (looks > MOST_LOOKS) return stop(124);
      if (!troubles.every(({ isPassing }) => isPassing)) return stop(1);
      try {
        await wait(LOOK_EVERY_MS);
      } catch {
        return stop(130);
      }
      if (signal.aborted) return stop(130);
      continue;
    }
    looks = 0;
    if (followCursor === null) return stop(1);
    const code = await follow(run, { kind: 'drain', variables: { cluster: clusterOf(wave), after: followCursor } });
    if (code !== 0) return stop(code);
  }
}

function clusterOf({ containerInstances }: Wave): string | undefined {
  const [, cluster] = /:container-instance\/([^/]+)\//.exec(containerInstances[0]?.containerInstanceArn ?? '') ?? [];
  return cluster;
}

const MOST_NAMED = 5;

function nameOf({ ec2InstanceId, containerInstanceArn }: Instance): string {
  return ec2InstanceId ?? containerInstanceArn.replace(/^.*\//, '');
}

function linesOf({
  state,
  wave,
  containerInstances,
  otherDrainingInstanceCount,
  otherDrainingInstances,
  drainedInstanceCount,
  instanceCount,
  troubles,
  results,
}: Wave): string[] {
  const names = containerInstances.map(nameOf);
  const others = otherDrainingInstances.slice(0, MOST_NAMED).map(nameOf).join(', ');
  const more = otherDrainingInstanceCount > MOST_NAMED ? `, and ${otherDrainingInstanceCount - MOST_NAMED} more` : '';
  const so = `${drainedInstanceCount} of ${instanceCount} drained`;
  const heads = {
    STARTED: `Wave ${wave}: ${names.join(', ')} (${so})`,
    DRAINING: `An earlier wave has tasks left: ${names.join(', ')} (${so})`,
    BLOCKED: `Wave ${wave} cannot begin (${so}):`,
    DONE: `Done: ${so}.`,
  };
  return [
    heads[state],
    ...(otherDrainingInstanceCount > 0 ? [`  draining besides, counted towards the wave: ${others}${more}`] : []),
    ...troubles.map(({ kind, message }) => `  ${kind}: ${message}`),
    ...results.flatMap(({ requested, message }) => (message === null ? [] : [`  ${requested}: ${message}`])),
  ];
}
