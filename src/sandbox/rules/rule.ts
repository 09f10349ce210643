import { EcsError } from '../checks/ecs-errors.ts';

/** A combination that AWS refuses although each member on its own is valid. */
export interface Rule<Subject> {
  /** Unique among all rules; the test's examples refer to it. */
  readonly name: string;
  readonly code: 'ClientException' | 'InvalidParameterException';
  /** The source of the rule and its text. A text of ours is called a choice here. */
  readonly source: string;
  /** The text of the refusal; undefined if the subject satisfies the rule. */
  readonly fault: (subject: Subject) => string | undefined;
}

/** Refuses a subject with the first rule that it violates. */
export function enforce<Subject>(rules: readonly Rule<Subject>[], subject: Subject): void {
  for (const { code, fault } of rules) {
    const text = fault(subject);
    if (text !== undefined) throw new EcsError(code, text);
  }
}

export function keeps<Subject>(rules: readonly Rule<Subject>[], subject: Subject): boolean {
  return rules.every(({ fault }) => fault(subject) === undefined);
}
