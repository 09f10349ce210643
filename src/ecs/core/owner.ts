import { type EcsArn, parseArn } from './arn.ts';
import type { OperationName, Output } from './operations.ts';

type Sources = { readonly [Op in OperationName]?: (output: Output<Op>) => string | undefined };

/** Answers that name something of the account itself. What stands in `failures` is only what a caller asked for. */
const SOURCES: Sources = {
  DescribeClusters: ({ clusters }) => clusters?.[0]?.clusterArn,
  DescribeContainerInstances: ({ containerInstances }) => containerInstances?.[0]?.containerInstanceArn,
  DescribeServices: ({ services }) => services?.[0]?.serviceArn,
  DescribeTaskDefinition: ({ taskDefinition }) => taskDefinition?.taskDefinitionArn,
  DescribeTasks: ({ tasks }) => tasks?.[0]?.taskArn,
  ListClusters: ({ clusterArns }) => clusterArns?.[0],
  ListContainerInstances: ({ containerInstanceArns }) => containerInstanceArns?.[0],
  ListServices: ({ serviceArns }) => serviceArns?.[0],
  ListTaskDefinitions: ({ taskDefinitionArns }) => taskDefinitionArns?.[0],
  ListTasks: ({ taskArns }) => taskArns?.[0],
};

/**
 * Whose ECS this is, as far as its answers have told: no call is made to find out, and no endpoint is taken for AWS. Nothing is
 * known until the first answer names something.
 */
export class Owner {
  #known: Pick<EcsArn, 'account' | 'partition'> | undefined;

  observe<Op extends OperationName>(operation: Op, output: Output<Op>): void {
    if (this.#known !== undefined) return;
    const source = SOURCES[operation] as ((output: Output<Op>) => string | undefined) | undefined;
    this.#known = parseArn(source?.(output) ?? '');
  }

  /** What of an ARN says that the thing is somebody else's, so that ECS need not be asked; undefined where nothing does. */
  contradicts({ account, partition }: EcsArn): string | undefined {
    if (this.#known === undefined) return undefined;
    if (partition !== this.#known.partition) return `partition ${partition}`;
    return account === this.#known.account ? undefined : `account ${account}`;
  }
}
