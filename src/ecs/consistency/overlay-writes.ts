import type * as sdk from '@aws-sdk/client-ecs';
import { clusterNameOf, lastPart } from '../core/arn.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { RecentWrites } from './recent-writes.ts';
import { isRecordList } from './written-records.ts';

/** Facts about an answer that the answer does not hold. */
export interface AnswerSetting {
  readonly scope: string;
  /** ECS's time. */
  readonly now: number;
  /** Creation time of the resource that the answer describes, if known. */
  readonly bornAt?: number | undefined;
}

type Correct<Op extends OperationName> = (
  output: Output<Op>,
  input: Input<Op>,
  writes: RecentWrites,
  setting: AnswerSetting,
) => Output<Op>;

/** Corrections of read operations whose results are neither described in batches nor listed by ARN. */
const CORRECTIONS: { readonly [Op in OperationName]?: Correct<Op> } = {
  ListTagsForResource: (output, { resourceArn = '' }, writes, { scope, bornAt }) => ({
    ...output,
    tags: [...writes.correctTags(scope, resourceArn, output.tags ?? [], bornAt)],
  }),
  GetTaskProtection: (output, _input, writes, { scope, now }) => ({
    ...output,
    protectedTasks: output.protectedTasks?.map((task) => writes.correctProtection(scope, task, now)),
  }),
  DescribeTaskSets: (output, input, writes, { scope }) => {
    const { include = [] } = input;
    const { taskSets = [] } = output;
    return {
      ...output,
      taskSets: [...writes.correctTaskSets({ scope, include }, (set) => isAskedFor(set, input), taskSets)],
    };
  },
};

/** Returns the answer of a read operation, corrected by recent writes. Does not change the given answer. */
export function correctAnswer<Op extends OperationName>(
  operation: Op,
  ...[output, input, writes, setting]: Parameters<Correct<Op>>
): Output<Op> {
  if (isRecordList(operation)) {
    const corrected = writes.records.correct(setting.scope, operation, input as never, output as never) as never;
    return operation === 'ListAttributes' ? withoutGone(corrected, input as never, writes, setting) : corrected;
  }
  return CORRECTIONS[operation]?.(output, input, writes, setting) ?? output;
}

/** Without the attributes of container instances that were deregistered. */
function withoutGone<Op extends OperationName>(
  output: Output<'ListAttributes'>,
  { cluster }: Input<'ListAttributes'>,
  writes: RecentWrites,
  { scope }: AnswerSetting,
): Output<Op> {
  const gone = new Set<string>();
  for (const { arn, written } of writes.writtenIn(scope, 'ContainerInstance', cluster))
    if (written.how === 'deleted') gone.add(lastPart(arn));
  const attributes = output.attributes?.filter(({ targetId }) => !gone.has(lastPart(targetId ?? '')));
  return { ...output, attributes } as Output<'ListAttributes'> as never;
}

function isAskedFor(
  taskSet: sdk.TaskSet,
  { cluster = '', service = '', taskSets }: Input<'DescribeTaskSets'>,
): boolean {
  const { id = '', taskSetArn = '', serviceArn, clusterArn } = taskSet;
  return (
    lastPart(serviceArn) === lastPart(service) &&
    clusterNameOf(clusterArn ?? '') === clusterNameOf(cluster) &&
    (taskSets === undefined || taskSets.includes(id) || taskSets.includes(taskSetArn))
  );
}
