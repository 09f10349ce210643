import type { CallContext } from './call-context.ts';
import type { Decoding } from './decoding.ts';
import type { Input, OperationName, Output } from './operations.ts';

/** Members to omit from an answer, because no reader needs them. */
export type Trim = Pick<Decoding, 'without' | 'onTrimmed'>;

/** Anything that can call ECS. */
export interface Caller {
  call<Op extends OperationName>(
    operation: Op,
    input: Input<Op>,
    context: CallContext,
    trim?: Trim,
  ): Promise<Output<Op>>;
}
