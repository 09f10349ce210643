import { type EcsArn, parseArn } from './arn.ts';
import { CredentialsError } from './errors.ts';
import type { OperationName, Output } from './operations.ts';

/** An account and its partition. */
export type Whose = Pick<EcsArn, 'account' | 'partition'>;

type Sources = { readonly [Op in OperationName]?: (output: Output<Op>) => string | undefined };

/**
 * Operations whose answers name a resource of the account itself. Items of `failures` only repeat what a caller asked
 * for.
 */
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

/** Why credentials are not used. */
export function wrongAccount(found: string, expected: string): string {
  return `the credentials are of account ${found}, and the scope is account ${expected}`;
}

/**
 * The account and partition of the upstream, learnt from its answers: no call is made for this, and no endpoint is
 * assumed to be AWS. Both are unknown until the first answer names a resource.
 */
export class Owner {
  #known: Whose | undefined;
  /** Set until an answer has confirmed the configured account. */
  #expected: Whose | undefined;

  /** @param configured the configured account; undefined if ECS's answers have to show it */
  constructor(configured?: Whose) {
    this.#known = configured;
    this.#expected = configured;
  }

  /** Whether an answer has shown that the configured account is the one of the credentials. */
  get isConfirmed(): boolean {
    return this.#expected === undefined;
  }

  /**
   * Compares the account in an ARN of the credentials' own account with the configured one.
   * @throws {CredentialsError} if it is another one
   */
  confirm(arn: EcsArn): void {
    if (this.#expected === undefined) return;
    if (arn.account !== this.#expected.account)
      throw new CredentialsError(wrongAccount(arn.account, this.#expected.account));
    this.#expected = undefined;
  }

  /** The account; undefined until an answer has shown it. */
  get known(): Whose | undefined {
    return this.#known;
  }

  /** @throws {Error} CredentialsProviderError if the answer is of another account than the configured one */
  observe<Op extends OperationName>(operation: Op, output: Output<Op>): void {
    if (this.#known !== undefined && this.#expected === undefined) return;
    const source = SOURCES[operation] as ((output: Output<Op>) => string | undefined) | undefined;
    const found = parseArn(source?.(output) ?? '');
    if (this.#expected === undefined) this.#known = found;
    else if (found !== undefined) this.confirm(found);
  }

  /**
   * Why an ARN belongs to another account or partition, so that ECS need not be called; undefined if nothing shows
   * that.
   */
  contradicts({ account, partition }: EcsArn): string | undefined {
    if (this.#known === undefined) return undefined;
    if (partition !== this.#known.partition) return `partition ${partition}`;
    return account === this.#known.account ? undefined : `account ${account}`;
  }
}
