import { encodeLiveCursor } from './cursor.ts';
import type { Degraded, LiveEvent, LiveEventType, ShownSpec, Update } from './topic-spec.ts';

/** The members of an event beside its update. */
export interface EventParts {
  readonly sequence: number;
  /** The sequence that its cursor resumes after, if it is not its own: the event is one follower's only. */
  readonly cursorAt?: number;
  readonly observedAt: number;
  readonly degraded: Degraded | null;
}

/** Makes the events of one topic. */
export class TopicEvents<State, Body> {
  /** Part of every cursor. */
  epoch: string;
  readonly #spec: Pick<ShownSpec<State, Body>, 'key' | 'aside' | 'whole'>;

  constructor(spec: Pick<ShownSpec<State, Body>, 'key' | 'aside' | 'whole'>, epoch: string) {
    this.#spec = spec;
    this.epoch = epoch;
  }

  cursorOf(sequence: number, mark: string | undefined): string {
    return encodeLiveCursor(this.#spec.key, { epoch: this.epoch, sequence, mark });
  }

  make(type: LiveEventType, news: Update<Body>, parts: EventParts): LiveEvent<Body> {
    const { sequence, cursorAt = sequence, observedAt, degraded } = parts;
    return {
      ...news,
      type,
      sequence,
      cursor: this.cursorOf(cursorAt, news.mark),
      observedAt: new Date(observedAt),
      degraded,
      stalledSince: news.stalledSince ?? null,
    };
  }

  /** For STALLED, DEGRADED and RECOVERED events: the last known state, with a prefix that says why it is repeated. */
  aside(prefix: string, state: State, at: number): Update<Body> {
    const news = this.#spec.aside?.(state, at) ?? this.#spec.whole(state, at);
    return { ...news, changes: [], summary: `${prefix}: ${news.summary}` };
  }
}
