import { clock, words } from '../format';
import type { FollowDeploymentSubscription, ServiceDeploymentLifecycleStage } from '../generated/graphql';

type Update = FollowDeploymentSubscription['deploymentProgress'];

/** One observation of a deployment. */
export interface Moment {
  readonly at: number;
  readonly percent: number;
  readonly isStalled: boolean;
}

export function momentOf({ observedAt, progress, isStalled }: Update): Moment {
  return { at: Date.parse(observedAt), percent: progress.percent, isStalled };
}

const WIDTH = 600;
const HEIGHT = 90;

/** The percentage over time: dashed from the start to the first event that this page saw, and from the last one to the estimated end. */
export function ProgressChart({ update, moments }: { readonly update: Update; readonly moments: readonly Moment[] }) {
  const { startedAt, estimate } = update.progress;
  const first = startedAt ? Date.parse(startedAt) : moments[0]?.at;
  const last = moments.at(-1);
  if (first === undefined || last === undefined || last.at <= first) return null;
  const end = last.at + (estimate ? milliseconds(estimate.remaining) : 0);
  const x = (at: number) => (WIDTH * (at - first)) / (end - first);
  const y = (percent: number) => HEIGHT - 2 - ((HEIGHT - 8) * percent) / 100;
  const [seen] = moments as readonly [Moment];
  const points = moments.map(({ at, percent }) => `${x(at)},${y(percent)}`);
  const stalled = moments.flatMap((moment, index) => {
    const next = moments[index + 1];
    return moment.isStalled && next ? [{ from: x(moment.at), to: x(next.at) }] : [];
  });
  return (
    <figure className="course">
      <svg
        className="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${last.percent} percent after ${Math.round((last.at - first) / 60_000)} minutes`}
      >
        {stalled.map(({ from, to }) => (
          <rect key={from} className="stall" x={from} width={Math.max(1, to - from)} y="0" height={HEIGHT} />
        ))}
        <polygon className="area" points={`0,${HEIGHT} 0,${y(0)} ${points.join(' ')} ${x(last.at)},${HEIGHT}`} />
        {seen.at > first && <line className="unseen" x1="0" y1={y(0)} x2={x(seen.at)} y2={y(seen.percent)} />}
        <polyline className="line" points={points.join(' ')} />
        {estimate && <line className="ahead" x1={x(last.at)} y1={y(last.percent)} x2={WIDTH} y2={y(100)} />}
      </svg>
      <figcaption>
        <span>{clock(new Date(first).toISOString())}</span>
        <span>{estimate ? `about ${clock(new Date(end).toISOString())}` : clock(new Date(last.at).toISOString())}</span>
      </figcaption>
    </figure>
  );
}

function milliseconds(duration: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?$/.exec(duration) ?? [];
  return (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
}

/** The stages of a deployment that shifts traffic, in the order in which ECS goes through them. */
const STAGES: readonly ServiceDeploymentLifecycleStage[] = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
];

export function Stages({ stage }: { readonly stage: ServiceDeploymentLifecycleStage }) {
  const at = STAGES.indexOf(stage);
  if (at < 0) return null;
  return (
    <ol className="stages" aria-label="Stages">
      {STAGES.map((name, index) => (
        <li
          key={name}
          className={index < at ? 'past' : index === at ? 'now' : ''}
          aria-current={index === at ? 'step' : undefined}
        >
          {words(name)}
        </li>
      ))}
    </ol>
  );
}
