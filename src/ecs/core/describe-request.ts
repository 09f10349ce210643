import type { EntityKind } from './describe-specs.ts';

/** A resource to describe. `cluster` is absent for kinds that live in no cluster. */
export interface DescribeRequest<Kind extends EntityKind = EntityKind> {
  readonly kind: Kind;
  /** A name, id or ARN that ECS accepts. */
  readonly id: string;
  readonly cluster?: string | undefined;
  /** Includes to request, sorted (`includesFor`). */
  readonly include: readonly string[];
  /** Whether only immutable members will be read (of a task definition: all but status and tags). */
  readonly contentOnly?: boolean | undefined;
  /** Heavy members that will not be read, sorted; absent means that any may be read. */
  readonly without?: readonly string[] | undefined;
  /**
   * Members that will be read and that ECS does not announce by events, sorted (`unannouncedAmong`); absent means that
   * any may be read. Only set where events keep resources up to date.
   */
  readonly unannounced?: readonly string[] | undefined;
}
