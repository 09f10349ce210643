import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { ROLLOUTS } from '../format';
import type { RolloutState } from '../generated/graphql';

/** A state in a word, with a mark of its own shape, so that it does not depend on colours. */
export function Badge({ tone, children }: { readonly tone: string; readonly children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** How a service stands. A deployment that is stalled counts as one that goes on for ECS, but not for people. */
export function RolloutBadge({ rollout, isStalled }: { readonly rollout: RolloutState; readonly isStalled: boolean }) {
  if (rollout === 'DEPLOYING' && isStalled) return <Badge tone="stalled">Stalled</Badge>;
  const { tone, text } = ROLLOUTS[rollout];
  return <Badge tone={tone}>{text}</Badge>;
}

/** The error, in the gateway's own words. */
export function Problem({ error, title }: { readonly error: CombinedError; readonly title: string }) {
  const messages = error.networkError
    ? ['The gateway cannot be reached.']
    : error.graphQLErrors.map(({ message }) => message);
  return (
    <div className="problem" role="alert">
      <strong>{title}</strong>
      {[...new Set(messages)].slice(0, 3).map((message) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

/** A skeleton of so many lines while the first answer is under way. */
export function Waiting({ lines = 4 }: { readonly lines?: number }) {
  return (
    <output className="waiting" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <span key={line} style={{ width: `${92 - ((line * 17) % 45)}%` }} />
      ))}
    </output>
  );
}

/** Running of desired as a small bar and as numbers. */
export function TaskMeter({
  running,
  pending,
  desired,
}: {
  readonly running: number;
  readonly pending: number;
  readonly desired: number;
}) {
  const total = Math.max(desired, running + pending, 1);
  return (
    <span className="meter">
      <span className="track" aria-hidden="true">
        <span className="fill good" style={{ width: `${(100 * running) / total}%` }} />
        <span className="fill pending" style={{ width: `${(100 * pending) / total}%` }} />
      </span>
      <span className="numbers">
        {running}/{desired}
      </span>
    </span>
  );
}
