import { encodeLiveCursor } from '../topic/cursor.ts';
import type { LiveEvent, TopicSpec } from '../topic/topic-spec.ts';

/**
 * Polls a topic once, without following it. Its cursor closes the gap to a subscription: given as `after`, the stream
 * starts with the state at that time.
 * @param stallAfterMs the default of the subscription
 */
export async function lookOnce<Session, State, Look, Body>(
  spec: TopicSpec<Session, State, Look, Body>,
  session: Session,
  now: () => number,
  stallAfterMs: number,
): Promise<LiveEvent<Body>> {
  const look = await spec.read(session, undefined, []);
  const { state } = spec.step(undefined, look, now(), { askedAt: 0, confirmMs: 0 });
  const news = spec.whole(state, now());
  const quietSince = spec.quietSince?.(state, now()) ?? now();
  const isStalled = news.outcome === null && now() - quietSince >= stallAfterMs;
  return {
    ...news,
    type: news.outcome === null ? 'SNAPSHOT' : 'ENDED',
    sequence: 0,
    cursor: encodeLiveCursor(spec.key, { epoch: 'look', sequence: 0, mark: news.mark }),
    observedAt: new Date(now()),
    degraded: null,
    stalledSince: isStalled ? new Date(quietSince) : null,
  };
}
