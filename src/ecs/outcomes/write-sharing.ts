import type { Input, Output } from '../core/operations.ts';
import type { WriteOperation } from './check.ts';

/** A write that has ended, as one replica reports it to the others. */
export interface SharedWrite<Op extends WriteOperation = WriteOperation> {
  readonly operation: Op;
  readonly input: Input<Op>;
  /** Undefined if it failed, as far as the replica knows. */
  readonly output: Output<Op> | undefined;
  /** ECS's time after the write, in epoch milliseconds. */
  readonly at: number;
}

/** The writes of one account and region that replicas make. */
export interface WriteSharing {
  /** Reports a write to the other replicas. Never rejects: without a connection the others see it when ECS shows it. */
  publish(write: SharedWrite): Promise<void>;
  /** Calls back for each recent write of another replica, in their order. */
  onWrite(listener: (write: SharedWrite) => void): void;
}
