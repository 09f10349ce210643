import type { Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { listAll } from '../../ecs/lists/list.ts';
import { isStopped } from '../core/deployment-bounds.ts';
import { type DrainProgress, drainProgress } from '../drain/drain-progress.ts';
import {
  type DrainLook,
  type DrainOutcome,
  type DrainSnapshot,
  type DrainTarget,
  drainQuietSince,
  observeDrain,
} from '../drain/drain-snapshot.ts';
import { drainSummary } from '../drain/drain-summary.ts';
import { readDrain, weighDrain } from '../drain/drain-topic.ts';
import { readInstances } from '../drain/read-forecast.ts';
import { drainMarks, markedDrains } from './drains-mark.ts';
import { type FeedRequest, type FeedSpec, feedTopic } from './feed.ts';
import { OVERLAP_MS } from './feed-mark.ts';

type Request = FeedRequest<DrainTarget, DrainSnapshot, undefined>;

/** Reports every drain in a cluster, with one item for each instance. */
export function drainsFeed(scope: string, clusterArn: string, stallAfterMs: number) {
  const spec: FeedSpec<DrainTarget, DrainLook, DrainSnapshot, DrainProgress, undefined> = {
    key: `drains ${scope} ${clusterArn} ${stallAfterMs}`,
    group: `${scope} ${clusterArn}`,
    clusterArn,
    noun: 'drain',
    stallAfterMs,
    marks: drainMarks(clusterArn),
    confirms: new Set(['DRAINED']),
    mayRepeat: true,
    isAgain: ({ tasks }) => tasks.some((task) => !isStopped(task)),
    async read(session, request) {
      const draining = await readInstances(session, clusterNameOf(clusterArn), 'DRAINING');
      const shown = draining.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []);
      // Instances that were draining when the cursor was created may have any status now.
      const wereOpen = request.marks.map((mark) => markedDrains(mark, clusterArn));
      const all = wereOpen.some(({ arns }) => arns === undefined)
        ? await listAll(session.ecs, 'ListContainerInstances', { cluster: clusterNameOf(clusterArn) })
        : [];
      const marked = new Set(wereOpen.flatMap(({ arns, has }) => arns ?? all.filter(has)));
      const isPast = (arn: string) => marked.has(arn) && !shown.includes(arn);
      const arns = [...new Set([...request.known.keys(), ...shown, ...marked])];
      const look = await readDrain(session, { clusterArn, containerInstanceArns: arns }, together(request));
      const found = arns.map((arn) => {
        const target = { clusterArn, containerInstanceArns: [arn], haveDrained: marked.has(arn) };
        // A late answer of ECS can have hidden a drain from the poll before.
        const completeSince = request.lastLookAt === 0 ? undefined : request.lastLookAt - OVERLAP_MS;
        const followed = request.known.get(arn)?.target ?? target;
        return [
          arn,
          { target: followed, look: { ...onInstance(look, arn), completeSince }, isPast: isPast(arn) },
        ] as const;
      });
      return { found: new Map(found), memory: undefined, completeSince: 0 };
    },
    observe: observeDrain,
    progress: drainProgress,
    quietSince: drainQuietSince,
    weigh: weighDrain,
    outcomeOf: ({ outcome }) => outcome,
    summary: drainSummary,
  };
  return feedTopic(spec);
}

/** All known drains as one, so that ended ones need no task lists. */
function together({ known, ended }: Request) {
  const snapshots = [...known.values()].map(({ snapshot }) => snapshot);
  return {
    endings: new Map([...ended].map((arn): [string, DrainOutcome] => [arn, 'DRAINED'])),
    tasks: snapshots.flatMap(({ tasks }) => tasks),
    serviceTasks: snapshots.flatMap(({ serviceTasks }) => serviceTasks),
    seenTasks: new Map<string, Task>(snapshots.flatMap(({ seenTasks }) => [...seenTasks])),
    instances: snapshots.flatMap(({ instances }) => instances),
    advances: new Map(snapshots.flatMap(({ advances }) => [...advances])),
    drainingSince: new Map(snapshots.flatMap(({ drainingSince }) => [...drainingSince])),
    totals: new Map(snapshots.flatMap(({ totals }) => [...totals])),
    joined: new Set(snapshots.flatMap(({ joined }) => [...joined])),
  };
}

function onInstance(look: DrainLook, arn: string): DrainLook {
  return {
    ...look,
    instances: look.instances.filter(({ containerInstanceArn }) => containerInstanceArn === arn),
    tasks: look.tasks.filter(({ containerInstanceArn }) => containerInstanceArn === arn),
  };
}
