import type { Service } from '@aws-sdk/client-ecs';
import type { LiveSession } from '../core/create-hub.ts';
import { primaryOf } from '../core/deployment-bounds.ts';
import type { DeploymentTarget } from '../deployment/deployment-state.ts';
import { deploymentsSince, lastChange } from '../deployment/resolve-deployment.ts';
import { OVERLAP_MS } from './feed-mark.ts';

/** The facts about one service's deployments. */
interface KnownService {
  /** While deployment and service deployment are the same, nothing new can have started. */
  readonly mark: string;
  /** When that was last the whole list, if it was not so in the last poll. */
  readonly at?: number | undefined;
  /** Every deployment that ended after this time was found. */
  readonly completeSince: number;
  /** How far back it was requested: ECS has no more than what was found then. */
  readonly askedBackTo?: number | undefined;
}

export type DeploymentsMemory = ReadonlyMap<string, KnownService>;

export interface Wanted {
  readonly memory: DeploymentsMemory | undefined;
  readonly lastLookAt: number;
  /** Every end after this time is wanted; Infinity if no past is wanted. */
  readonly backTo: number;
}

export interface FoundDeployments {
  readonly targets: readonly DeploymentTarget[];
  readonly memory: DeploymentsMemory;
  readonly completeSince: number;
  /** Set if the next poll finds more of the past. */
  readonly isSearching: boolean;
}

/**
 * A list costs one call for each service, and a poll has a deadline: services above this number wait for the next poll.
 */
const MOST_LISTS = 100;

/**
 * The deployments of many services that may have changed, from DescribeServices and as few lists as possible: none for
 * a service with a single, completed deployment, and none for a service that has not changed since the last poll.
 */
export async function findDeployments(
  session: LiveSession,
  services: readonly Service[],
  { memory, lastLookAt, backTo }: Wanted,
): Promise<FoundDeployments> {
  const next = new Map<string, KnownService>();
  let lists = 0;
  let isSearching = false;
  const found = services.map(async (service): Promise<readonly DeploymentTarget[]> => {
    const arn = service.serviceArn ?? '';
    const before = memory?.get(arn);
    const mark = `${primaryOf(service)?.id} ${service.currentServiceDeployment}`;
    const changed = lastChange(service);
    const isNew = before === undefined ? memory !== undefined || !isSettled(service) : before.mark !== mark;
    const known = before ?? { mark, completeSince: memory === undefined ? changed : 0 };
    const { askedBackTo = Number.POSITIVE_INFINITY } = known;
    const isPastWanted = Math.min(known.completeSince, changed, askedBackTo) > backTo;
    const current = isNew ? service.currentServiceDeployment : undefined;
    const followed = current === undefined ? [] : [targetOf(service, current)];
    if (!isPastWanted && (!isNew || (memory === undefined && current !== undefined))) {
      next.set(arn, known);
      return followed;
    }
    lists += 1;
    if (lists > MOST_LISTS) {
      isSearching ||= isPastWanted;
      next.set(arn, { ...known, mark: before?.mark ?? 'not listed yet', at: known.at ?? lastLookAt });
      return followed;
    }
    const since = Math.min(backTo, memory === undefined ? changed : (known.at ?? lastLookAt) - OVERLAP_MS);
    const history = await deploymentsSince(session, service, since);
    const reaches = history.completeSince > since ? history.completeSince : Math.min(since, known.completeSince);
    next.set(arn, { mark, completeSince: reaches, askedBackTo: Math.min(askedBackTo, since) });
    return history.targets;
  });
  const targets = (await Promise.all(found)).flat();
  const completeSince = Math.max(0, ...[...next.values()].map((one) => one.completeSince));
  return { targets, memory: next, completeSince, isSearching };
}

/** A service whose only deployment is completed has nothing in progress. */
export function isSettled({ deployments = [] }: Service): boolean {
  return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
}

function targetOf({ clusterArn = '', serviceArn = '', serviceName = '' }: Service, arn: string): DeploymentTarget {
  return { clusterArn, serviceArn, serviceName, serviceDeploymentArn: arn, deploymentId: undefined };
}
