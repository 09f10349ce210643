import type { Change } from '../../../src/sandbox/simulation/index.ts';
import { simulate } from '../../../src/sandbox/simulation/index.ts';
import { type Comparison, compareAt } from '../../preview/support/agreement.ts';
import { createCluster, stateOf } from '../../preview/support/random-cluster.ts';

const KINDS: readonly Change['kind'][] = ['drain', 'scale', 'deploy', 'lose'];
const WHAT: readonly (keyof Comparison['agrees'])[] = ['outcome', 'blockers', 'time', 'lowest'];
/** Worlds of each kind. `PREVIEW_WORLDS` takes another number. */
const WORLDS = Number(process.env.PREVIEW_WORLDS ?? 1_000);

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

async function agreementRow(kind: Change['kind']): Promise<string> {
  const agreed = { outcome: 0, blockers: 0, time: 0, lowest: 0 };
  const outcomes = new Map<string, number>();
  let worlds = 0;
  for (let seed = 10_000; worlds < WORLDS; seed += 1) {
    const compared = await compareAt(seed, [kind]);
    if (compared === undefined) continue;
    worlds += 1;
    for (const what of WHAT) agreed[what] += Number(compared.agrees[what]);
    outcomes.set(compared.truth.outcome, (outcomes.get(compared.truth.outcome) ?? 0) + 1);
  }
  const cells = WHAT.map((what) => percent(agreed[what], worlds));
  const ends = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`);
  return `| ${kind} | ${worlds} | ${cells.join(' | ')} | ${ends.join(', ')} |`;
}

/** A cluster with services of ten tasks each. */
function clusterOf(services: number, instances: number) {
  const cluster = createCluster(1);
  for (let at = 0; at < instances; at += 1) {
    cluster.call('RegisterContainerInstance', {
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 16_384 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 63_568 },
      ],
      attributes: [{ name: 'ecs.availability-zone', value: `eu-west-1${'abc'[at % 3]}` }],
    });
  }
  for (let at = 0; at < services; at += 1) {
    cluster.call('RegisterTaskDefinition', {
      family: `f${at}`,
      containerDefinitions: [{ name: 'app', image: 'web:1', cpu: 256, memory: 1_024 }],
    });
    cluster.call('CreateService', { serviceName: `s${at}`, taskDefinition: `f${at}`, desiredCount: 10 });
  }
  cluster.backend.clock.advance(600_000);
  return cluster;
}

/** CPU of one simulation, and of its longest step: what a turn of the event loop may take beyond its 4 ms. */
function speedRow(services: number, instances: number): string {
  const state = stateOf(clusterOf(services, instances));
  const live = { ...state, tasks: state.tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED') };
  const arns = live.containerInstances.slice(0, 3).flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []);
  const change = { kind: 'drain', containerInstances: arns } as const;
  const run = () => {
    const steps = simulate(live, change, { horizon: 3_600_000, randomSeed: 1 });
    const began = process.cpuUsage();
    let longest = 0;
    for (;;) {
      const before = process.cpuUsage();
      const step = steps.next();
      longest = Math.max(longest, process.cpuUsage(before).user);
      if (step.done === true) return { outcome: step.value.outcome, longest, all: process.cpuUsage(began).user };
    }
  };
  run();
  const [median] = [run(), run(), run()].sort((one, other) => one.longest - other.longest).slice(1);
  const { outcome = '', all = 0, longest = 0 } = median ?? {};
  const ms = (us: number) => `${(us / 1000).toFixed(0)} ms`;
  return `| ${live.tasks.length} | ${instances} | ${services} | ${outcome} | ${ms(all)} | ${ms(longest)} |`;
}

/** How far previews agree with what then happens, and what a simulation takes. */
export async function previewsTable(): Promise<string> {
  const rows: string[] = [];
  for (const kind of KINDS) rows.push(await agreementRow(kind));
  const speeds = [speedRow(10, 10), speedRow(100, 50), speedRow(500, 200)];
  return [
    '| Change | Worlds | Outcome | Blockers | Time in range | Lowest count | What happened |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '| Tasks | Instances | Services | Drain of 3 instances | CPU of one simulation | CPU of its longest step |',
    '| --- | --- | --- | --- | --- | --- |',
    ...speeds,
  ].join('\n');
}
