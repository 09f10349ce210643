import { clusterNameOf } from '../../ecs/arn.ts';
import { type DrainProgress, drainProgress } from '../drain-progress.ts';
import { type DrainLook, type DrainSnapshot, type DrainTarget, observeDrain } from '../drain-snapshot.ts';
import { drainFacts, drainSummary } from '../drain-summary.ts';
import { readDrain } from './drain.ts';
import { type FeedSpec, feedTopic } from './feed.ts';
import { readInstances } from './read-forecast.ts';

/** Tells of every drain in a cluster, one item an instance. */
export function drainsFeed(scope: string, clusterArn: string, stallAfterMs: number) {
  const spec: FeedSpec<DrainTarget, DrainLook, DrainSnapshot, DrainProgress> = {
    key: `drains ${scope} ${clusterArn} ${stallAfterMs}`,
    clusterArn,
    noun: 'drain',
    stallAfterMs,
    async read(session, known) {
      const draining = await readInstances(session, clusterNameOf(clusterArn), 'DRAINING');
      const arns = new Set([
        ...known.keys(),
        ...draining.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []),
      ]);
      const looks = await Promise.all(
        [...arns].map(async (arn) => {
          const target = { clusterArn, containerInstanceArns: [arn] };
          return [arn, { target, look: await readDrain(session, target, known.get(arn)?.snapshot) }] as const;
        }),
      );
      return { found: new Map(looks), memory: new Map() };
    },
    observe: observeDrain,
    progress: drainProgress,
    facts: drainFacts,
    outcomeOf: ({ outcome }) => outcome,
    summary: drainSummary,
  };
  return feedTopic(spec);
}
