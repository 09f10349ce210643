import { humanDuration } from '../format';
import type { RolloutFragment } from '../generated/graphql';

type Progress = Pick<
  RolloutFragment,
  | 'desiredTaskCount'
  | 'runningTaskCount'
  | 'healthyTaskCount'
  | 'pendingTaskCount'
  | 'stoppingTaskCount'
  | 'sourceRunningTaskCount'
>;

/** The new tasks and the old ones, each as a row of blocks: full is healthy, striped runs but is not healthy yet, hollow starts. */
export function RolloutBars({
  progress,
  compact = false,
}: {
  readonly progress: Progress;
  readonly compact?: boolean;
}) {
  const { desiredTaskCount, runningTaskCount, pendingTaskCount, sourceRunningTaskCount } = progress;
  // Null where the gateway does not read the tasks: then nothing is drawn for them.
  const stopping = progress.stoppingTaskCount ?? 0;
  const healthy = progress.healthyTaskCount ?? runningTaskCount;
  const scale = Math.max(desiredTaskCount, runningTaskCount + pendingTaskCount, sourceRunningTaskCount + stopping, 1);
  const rows = [
    {
      name: 'New',
      parts: [
        { tone: 'healthy', count: healthy, label: progress.healthyTaskCount === null ? 'running' : 'healthy' },
        { tone: 'running', count: Math.max(0, runningTaskCount - healthy), label: 'running, not healthy yet' },
        { tone: 'starting', count: pendingTaskCount, label: 'starting' },
      ],
    },
    {
      name: 'Old',
      parts: [
        { tone: 'old', count: sourceRunningTaskCount, label: 'running' },
        { tone: 'stopping', count: stopping, label: 'stopping' },
      ],
    },
  ];
  return (
    <div className={compact ? 'bars compact' : 'bars'}>
      {rows.map(({ name, parts }) => {
        const said = parts.filter(({ count }) => count > 0).map(({ count, label }) => `${count} ${label}`);
        return (
          <div className="bar" key={name}>
            <span className="name">{name}</span>
            <span className="track" aria-hidden="true">
              {parts.map(({ tone, count }) => (
                <span key={tone} className={`part ${tone}`} style={{ width: `${(100 * count) / scale}%` }} />
              ))}
              {name === 'New' && <span className="goal" style={{ left: `${(100 * desiredTaskCount) / scale}%` }} />}
            </span>
            <span className="said">{said.join(', ') || 'none'}</span>
          </div>
        );
      })}
    </div>
  );
}

/** A percentage as a ring. */
export function Ring({ percent, tone }: { readonly percent: number | null; readonly tone: string }) {
  const around = 2 * Math.PI * 20;
  return (
    <svg
      className={`ring ${tone}`}
      viewBox="0 0 48 48"
      role="img"
      aria-label={percent === null ? 'progress not known' : `${percent} percent`}
    >
      <circle cx="24" cy="24" r="20" className="whole" />
      {percent !== null && percent > 0 && (
        <circle
          cx="24"
          cy="24"
          r="20"
          className="done"
          strokeDasharray={`${(around * percent) / 100} ${around}`}
          transform="rotate(-90 24 24)"
        />
      )}
      <text x="24" y="28.500" textAnchor="middle">
        {percent ?? '?'}
      </text>
    </svg>
  );
}

export function TimeLeft({ remaining }: { readonly remaining: string | null | undefined }) {
  return remaining ? <span className="left">about {humanDuration(remaining)} left</span> : null;
}
