import type * as sdk from '@aws-sdk/client-ecs';
import { clusterNameOf, lastPart } from '../core/arn.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { RecentWrites } from './recent-writes.ts';

type Correct<Op extends OperationName> = (
  output: Output<Op>,
  input: Input<Op>,
  writes: RecentWrites,
  scope: string,
) => Output<Op>;

/** Answers of reads that tell of things which are neither described in batches nor listed by their ARNs. */
const CORRECTIONS: { readonly [Op in OperationName]?: Correct<Op> } = {
  ListTagsForResource: (output, { resourceArn = '' }, writes, scope) => ({
    ...output,
    tags: [...writes.correctTags(scope, resourceArn, output.tags ?? [])],
  }),
  GetTaskProtection: (output, _input, writes, scope) => ({
    ...output,
    protectedTasks: output.protectedTasks?.map((task) => writes.correctProtection(scope, task)),
  }),
  DescribeTaskSets: (output, input, writes, scope) => {
    const { include = [] } = input;
    const taskSets = (output.taskSets ?? []).flatMap((item) => {
      const target = { scope, kind: 'TaskSet', id: item.taskSetArn ?? '', include } as const;
      return writes.correct(target, item) ?? [];
    });
    const present = new Set(taskSets.map(({ taskSetArn }) => taskSetArn));
    for (const { arn, written, isNew } of writes.told(scope, 'TaskSet', undefined)) {
      const item = written.item as sdk.TaskSet;
      if (isNew && written.how !== 'deleted' && !present.has(arn) && isAskedFor(item, input)) taskSets.push(item);
    }
    return { ...output, taskSets };
  },
};

/** What a read operation's answer is worth, given the writes since; the answer itself stays as it is. */
export function correctAnswer<Op extends OperationName>(
  operation: Op,
  ...[output, input, writes, scope]: Parameters<Correct<Op>>
): Output<Op> {
  return CORRECTIONS[operation]?.(output, input, writes, scope) ?? output;
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
