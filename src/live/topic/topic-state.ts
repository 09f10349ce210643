import { fromText } from '../sharing/codec.ts';
import type { ShownSpec } from './topic-spec.ts';

/** The state of a topic after a poll. */
export interface TopicState<State> {
  readonly value: State;
  /** By the monotonic clock. */
  readonly readAt: number;
  readonly observedAt: number;
}

/** A state that another process has read. It is unpacked when it is needed. */
export class SharedState<State> implements TopicState<State> {
  readonly readAt: number;
  readonly observedAt: number;
  readonly #unpack: () => State;
  #value: { readonly state: State } | undefined;

  constructor(spec: Pick<ShownSpec<State, never>, 'adopt'>, text: string, readAt: number, observedAt: number) {
    this.readAt = readAt;
    this.observedAt = observedAt;
    this.#unpack = () => {
      const state = fromText<State>(text);
      return spec.adopt?.(state) ?? state;
    };
  }

  get value(): State {
    this.#value ??= { state: this.#unpack() };
    return this.#value.state;
  }
}
