import type { Service } from '@aws-sdk/client-ecs';
import type { LiveSession } from '../core/create-hub.ts';
import { primaryOf } from '../core/deployment-bounds.ts';
import type { DeploymentTarget } from '../deployment/deployment-state.ts';
import { deploymentsSince, lastChange } from '../deployment/resolve-deployment.ts';
import { OVERLAP_MS } from './feed-mark.ts';

/** What is known of one service's deployments. */
interface KnownService {
  /** Nothing new can have begun where neither the deployment nor its service deployment is another. */
  readonly mark: string;
  /** When that was last all there was, where it was not so at the last look. */
  readonly at?: number | undefined;
  /** All that ended after this moment was found. */
  readonly completeSince: number;
  /** How far back it was asked for: ECS has no more than what was found then. */
  readonly askedBackTo?: number | undefined;
}

export type DeploymentsMemory = ReadonlyMap<string, KnownService>;

export interface Wanted {
  readonly memory: DeploymentsMemory | undefined;
  readonly lastLookAt: number;
  /** All that ended after this moment is wanted; Infinity where nobody asks for the past. */
  readonly backTo: number;
}

export interface FoundDeployments {
  readonly targets: readonly DeploymentTarget[];
  readonly memory: DeploymentsMemory;
  readonly completeSince: number;
  /** Set where more of the past is found by the next look. */
  readonly isSearching: boolean;
}

/** A list costs a call a service, and a look has its deadline: what is over this waits for the next look. */
const MOST_LISTS = 100;

/**
 * The deployments of many services that may be news, from what DescribeServices told and as few lists as will do: none for a
 * service that has one deployment, which is completed, and none for one where nothing has changed since the last look.
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

/** Nothing is under way where the only deployment is a completed one. */
function isSettled({ deployments = [] }: Service): boolean {
  return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
}

function targetOf({ clusterArn = '', serviceArn = '', serviceName = '' }: Service, arn: string): DeploymentTarget {
  return { clusterArn, serviceArn, serviceName, serviceDeploymentArn: arn, deploymentId: undefined };
}
