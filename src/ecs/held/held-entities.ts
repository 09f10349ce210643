import type { CallContext } from '../core/call-context.ts';
import type { DescribeRequest } from '../core/describe-request.ts';
import type { EntityKind, EntityShapes } from '../core/describe-specs.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';

/** How a description was read. */
export interface Reading {
  /** Includes that the call requested. */
  readonly include: readonly string[];
  /** Members that were left out of the answer, because no reader needed them. */
  readonly without: readonly string[];
  /** Monotonic time at which the call was sent. */
  readonly sentAt: number;
}

/** An answer that needed no call. */
export interface Held<T> {
  readonly answer: T;
  /** The answer shows everything that ECS had announced by then, in epoch milliseconds of ECS's clock. */
  readonly asOf: number;
}

/**
 * Tasks and container instances that are kept up to date by events (`src/inventory`), for the reads of one account and
 * region. Undefined as an answer means that ECS must be asked.
 */
export interface HeldEntities {
  /** @param isPoll whether a poll asks, which may see a health that was read a few seconds ago */
  describe<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    isPoll: boolean,
  ): Held<EntityShapes[Kind]> | undefined;
  list<Op extends OperationName>(operation: Op, input: Input<Op>): Held<Output<Op>> | undefined;
  /** Whether lists and descriptions of a cluster cost no calls at the moment. */
  isTrusted(cluster: string): boolean;
  /**
   * The share of clusters, from 0 to 1, whose lists and descriptions are calls at the moment.
   * @param clusters their names or ARNs; absent means all
   * @param isFilled the share once the clusters that are being listed are held
   */
  unheldShare(clusters?: readonly string[], isFilled?: boolean): number;
  /** For how long clusters have been listed that are not held yet, in milliseconds; undefined if none is being listed. */
  readonly fillingForMs: number | undefined;
  /**
   * A description that ECS has just sent, or what events have announced since: ECS's reads lag behind its events.
   * @param item null if ECS says that it does not exist
   */
  newest<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    item: EntityShapes[Kind] | null,
  ): EntityShapes[Kind] | null;
  /**
   * Calls back with the keys of everything that changes (`changeKeys`), whether an event, an answer of ECS or a write
   * shows it first. The returned function ends that.
   */
  onChange(listener: (keys: readonly string[]) => void): () => void;
  /** ECS has described resources, for any reader. */
  observe(kind: EntityKind, items: readonly EntityShapes[EntityKind][], reading: Reading): void;
  /** A write has ended. Its answer may describe tasks or instances. */
  wrote<Op extends OperationName>(operation: Op, input: Input<Op>, output: Output<Op> | undefined): void;
}

/** Whether a read may be answered without a call. A poll that confirms an end must not be: it reads apart from others. */
export function takesHeld({ lane, fresh, apart }: Pick<CallContext, 'lane' | 'fresh' | 'apart'>): boolean {
  return apart === undefined && (lane === 'poll' || fresh !== true);
}
