import { clock, words } from '../format';

interface ObstaclesProps {
  readonly update: {
    readonly outcome: string | null;
    readonly stalledSince: string | null;
    readonly degraded: { readonly message: string } | null;
    readonly progress: { readonly blockedBy: readonly { readonly reason: string; readonly message: string }[] };
  };
}

/** Obstacles of a deployment or a drain: ECS that does not answer, a stall, blockers. */
export function Obstacles({ update }: ObstaclesProps) {
  const { degraded, outcome, stalledSince, progress } = update;
  return (
    <>
      {degraded && <p className="notice">ECS does not answer just now: {degraded.message}</p>}
      {stalledSince && !outcome && <p className="notice">No progress since {clock(stalledSince)}.</p>}
      {!outcome && progress.blockedBy.length > 0 && (
        <ul className="blockers">
          {progress.blockedBy.map(({ reason, message }) => (
            <li key={`${reason} ${message}`}>
              <b>{words(reason)}</b> {message}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The first blocker, on a card of a feed. */
export function FirstBlocker({ blockedBy }: { readonly blockedBy: readonly { readonly message: string }[] }) {
  const [first] = blockedBy;
  return first ? <p className="blocker">{first.message}</p> : null;
}
