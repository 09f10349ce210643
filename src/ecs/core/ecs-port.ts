import type { CallContext } from './call-context.ts';
import type { Decoding } from './decoding.ts';
import type { Input, OperationName, Output } from './operations.ts';

/** What to leave out of an answer's things, because nobody is going to read it. */
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
