import { revisionName, words } from '../format';
import type { FollowDeploymentsSubscription, FollowDrainsSubscription } from '../generated/graphql';
import { clusterLink, serviceLink } from '../route';
import { Badge } from './basics';
import { FirstBlocker } from './obstacles';
import { Ring, RolloutBars, TimeLeft } from './rollout-bars';

type DeploymentItem = FollowDeploymentsSubscription['deployments']['items'][number];
export type DrainItem = FollowDrainsSubscription['drains']['items'][number];

/** A deployment in the feed. Its link leads to the page of the service. */
export function DeploymentCard({ item }: { readonly item: DeploymentItem }) {
  const { progress, outcome, stalledSince } = item;
  const service = progress.service;
  const name = service?.serviceName ?? '';
  const cluster = service?.cluster?.clusterName ?? '';
  const tone = toneOf({ outcome, isStalled: stalledSince !== null, isRollingBack: progress.isRollingBack });
  return (
    <li className={`card ${tone}`}>
      <div className="head">
        <Ring percent={progress.percent} tone={tone} />
        <div>
          <a className="name" href={serviceLink(cluster, name)}>
            {name}
          </a>
          <span className="quiet">
            {cluster} · {revisionName(service?.taskDefinition)}
          </span>
        </div>
        <Badge tone={tone}>{outcome ? words(outcome) : labelOf(tone)}</Badge>
      </div>
      <RolloutBars progress={progress} compact />
      <FirstBlocker blockedBy={progress.blockedBy} />
      <div className="foot quiet">
        <span>{words(progress.lifecycleStage ?? progress.strategy)}</span>
        <TimeLeft remaining={progress.estimate?.remaining} />
      </div>
    </li>
  );
}

/** The drain of instances of one cluster in the feed. */
export function DrainCard({ item }: { readonly item: DrainItem }) {
  const { progress, outcome, stalledSince } = item;
  const cluster = progress.instances[0]?.containerInstance?.cluster?.clusterName ?? '';
  const names = progress.instances.map(({ containerInstance }) => containerInstance?.ec2InstanceId ?? 'instance');
  const tone = toneOf({ outcome, isStalled: stalledSince !== null, isRollingBack: false });
  return (
    <li className={`card ${tone}`}>
      <div className="head">
        <Ring percent={progress.percent} tone={tone} />
        <div>
          <a className="name" href={clusterLink(cluster)}>
            {names.length === 1 ? names[0] : `${names.length} instances`}
          </a>
          <span className="quiet">{cluster} · drain</span>
        </div>
        <Badge tone={tone}>{outcome ? words(outcome) : stalledSince ? 'Stalled' : 'Draining'}</Badge>
      </div>
      <p>
        {progress.movedTaskCount === null ? '' : `${progress.movedTaskCount} moved, `}
        {progress.remainingTaskCount} left
        {progress.protectedTaskCount ? `, ${progress.protectedTaskCount} protected` : ''}
        {progress.standaloneTaskCount ? `, ${progress.standaloneTaskCount} without a service` : ''}
      </p>
      <FirstBlocker blockedBy={progress.blockedBy} />
    </li>
  );
}

export type Tone = 'deploying' | 'stalled' | 'failed' | 'steady';

export function toneOf(of: {
  readonly outcome: string | null;
  readonly isStalled: boolean;
  readonly isRollingBack: boolean;
}): Tone {
  if (of.outcome !== null)
    return ['SUCCEEDED', 'DRAINED', 'DEREGISTERED', 'REACTIVATED'].includes(of.outcome) ? 'steady' : 'failed';
  if (of.isStalled) return 'stalled';
  return of.isRollingBack ? 'failed' : 'deploying';
}

export function labelOf(tone: Tone): string {
  return { deploying: 'Deploying', stalled: 'Stalled', failed: 'Rolling back', steady: 'Done' }[tone];
}
