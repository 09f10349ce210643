import type { Service } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { listAll, listPage } from '../../ecs/lists/list.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { quietSince } from '../deployment/deployment-advance.ts';
import { type DeploymentProgress, deploymentProgress } from '../deployment/deployment-progress.ts';
import { observeDeployment } from '../deployment/deployment-snapshot.ts';
import {
  type DeploymentLook,
  type DeploymentSnapshot,
  type DeploymentTarget,
  deploymentKey,
} from '../deployment/deployment-state.ts';
import { deploymentSummary, startedSummary } from '../deployment/deployment-summary.ts';
import { reachedBefore, readDeployment, weighDeployment } from '../deployment/deployment-topic.ts';
import { deploymentMarks, markedDeployments } from './deployments-mark.ts';
import { type FeedSpec, feedTopic, gapsIn } from './feed.ts';
import { OVERLAP_MS } from './feed-mark.ts';
import { type DeploymentsMemory, findDeployments, isSettled } from './find-deployments.ts';

type DeploymentsFeed = FeedSpec<
  DeploymentTarget,
  DeploymentLook,
  DeploymentSnapshot,
  DeploymentProgress,
  DeploymentsMemory
>;

/**
 * Reports every deployment in a cluster, or of some services in it. A deployment in progress is read as its own topic
 * reads it, so that both report the same progress.
 */
export function deploymentsFeed(
  scope: string,
  clusterArn: string,
  services: readonly string[] | undefined,
  stallAfterMs: number,
) {
  const marks = deploymentMarks(clusterArn);
  const isAsked = services === undefined ? undefined : new Set(services);
  /** Deployments that were in progress and whose service is gone: no list contains them. */
  const orphansIn = (text: string, there: ReadonlyMap<string | undefined, Service>): DeploymentTarget[] => {
    const since = marks.read(text)?.since ?? 0;
    return markedDeployments(text, clusterArn).filter(({ serviceArn, serviceName }) => {
      const service = there.get(serviceArn);
      return isAsked?.has(serviceName) !== false && (service === undefined || isAfter(service.createdAt, since));
    });
  };
  const spec: DeploymentsFeed = {
    key: `deployments ${scope} ${clusterArn} ${stallAfterMs} ${[...(services ?? ['*'])].sort().join()}`,
    group: `${scope} ${clusterArn}`,
    clusterArn,
    noun: 'deployment',
    stallAfterMs,
    marks,
    confirms: new Set(['SUCCEEDED']),
    async read(session, { known, memory, lastLookAt, marks: texts }) {
      const described = await readServices(session, clusterArn, services);
      const gaps = gapsIn(marks, texts).map(({ since }) => since - OVERLAP_MS);
      const wanted = { memory, lastLookAt, backTo: Math.min(Number.POSITIVE_INFINITY, ...gaps) };
      const { targets, ...rest } = await findDeployments(session, described, wanted);
      const followed = new Map([...known].map(([name, { target }]) => [name, target]));
      for (const target of targets)
        if (!followed.has(deploymentKey(target))) followed.set(deploymentKey(target), target);
      const byArn = new Map(described.map((service) => [service.serviceArn, service]));
      const orphans = texts
        .flatMap((text) => orphansIn(text, byArn))
        .filter((target) => !followed.has(deploymentKey(target)));
      const isPast = new Set(orphans.map(deploymentKey));
      for (const target of orphans) followed.set(deploymentKey(target), target);
      const inProgress = [...followed].filter(
        ([name, target]) => !isPast.has(name) && (known.has(name) || !isSettled(byArn.get(target.serviceArn) ?? {})),
      );
      // Deployments whose tasks were read before come first, so that their progress keeps its basis.
      const hadTasks = (name: string) => Number(known.get(name)?.snapshot.hasTasks ?? false);
      inProgress.sort(([a], [b]) => hadTasks(b) - hadTasks(a));
      const most = session.tasks?.grant(inProgress.length) ?? 0;
      const withTasks = new Set(inProgress.slice(0, most).map(([name]) => name));
      const readBriefly = async (name: string, target: DeploymentTarget): Promise<DeploymentLook> => {
        const id = target.serviceDeploymentArn;
        const serviceDeployment =
          id === undefined ? null : await session.loaders.of('ServiceDeployment').load({ id, members: [] });
        const found = byArn.get(target.serviceArn) ?? (await readService(session, clusterArn, target.serviceArn));
        // A service of the same name that was created since is another service.
        const service = isPast.has(name) && byArn.has(target.serviceArn) ? null : found;
        const reached = reachedBefore(session, target, known.get(name)?.snapshot);
        return { service, serviceDeployment, tasks: null, reached };
      };
      const looks = [...followed].map(async ([name, target]) => {
        const look = withTasks.has(name)
          ? await readDeployment(session, target, known.get(name)?.snapshot)
          : await readBriefly(name, target);
        return [name, { target, look, isPast: isPast.has(name) }] as const;
      });
      return { found: new Map(await Promise.all(looks)), ...rest };
    },
    observe: observeDeployment,
    progress: deploymentProgress,
    quietSince,
    weigh: weighDeployment,
    outcomeOf: ({ ending }) => ending?.outcome ?? null,
    summary: (progress, now, kind) =>
      kind === 'STARTED' ? startedSummary(progress, now) : deploymentSummary(progress, now),
    times: ({ startedAt, finishedAt }) => ({ startedAt, finishedAt }),
  };
  return feedTopic(spec);
}

function isAfter(date: Date | undefined, moment: number): boolean {
  return date !== undefined && date.getTime() > moment;
}

/** The services of a cluster, or the named ones. */
export async function readServices(
  session: LiveSession,
  clusterArn: string,
  services?: readonly string[],
): Promise<Service[]> {
  const cluster = clusterNameOf(clusterArn);
  const ids = services ?? (await listAll(session.ecs, 'ListServices', { cluster }));
  const found = await Promise.all(ids.map((id) => readService(session, clusterArn, id)));
  const there = found.filter((service) => service !== null);
  // Missing services look the same in a missing cluster; a list distinguishes the two.
  if (services !== undefined && there.length === 0) await listPage(session.ecs, 'ListServices', { cluster });
  return there;
}

/**
 * Read by name, as other topics read it: by ARN it would be described a second time. A service that is being deleted is
 * in no list but can still be described.
 */
function readService({ loaders }: LiveSession, clusterArn: string, id: string): Promise<Service | null> {
  return loaders.of('Service').load({ id: lastPart(id), cluster: clusterNameOf(clusterArn), members: [] });
}
