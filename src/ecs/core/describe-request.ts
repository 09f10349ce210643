import type { EntityKind } from './describe-specs.ts';

/** What to describe. `cluster` is absent for kinds that live in no cluster. */
export interface DescribeRequest<Kind extends EntityKind = EntityKind> {
  readonly kind: Kind;
  /** A name, an id or an ARN, as ECS takes it. */
  readonly id: string;
  readonly cluster?: string | undefined;
  /** Parts to ask for, sorted (`includesFor`). */
  readonly include: readonly string[];
  /** Only members that never change will be read (a task definition's, but for its status and tags). */
  readonly contentOnly?: boolean | undefined;
  /** Heavy members that will not be read, sorted; absent means that any may be. */
  readonly without?: readonly string[] | undefined;
}
