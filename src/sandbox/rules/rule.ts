import { EcsError } from '../checks/ecs-errors.ts';

/** One thing that AWS refuses although each member for itself is valid. */
export interface Rule<Subject> {
  /** Unique among all rules; the test's examples go by it. */
  readonly name: string;
  readonly code: 'ClientException' | 'InvalidParameterException';
  /** Where the rule and its text come from. A text of ours is called a choice here. */
  readonly source: string;
  /** The text with which the subject is refused; undefined if it keeps the rule. */
  readonly fault: (subject: Subject) => string | undefined;
}

/** Refuses a subject that breaks a rule, with the first one that it breaks. */
export function enforce<Subject>(rules: readonly Rule<Subject>[], subject: Subject): void {
  for (const { code, fault } of rules) {
    const text = fault(subject);
    if (text !== undefined) throw new EcsError(code, text);
  }
}

export function keeps<Subject>(rules: readonly Rule<Subject>[], subject: Subject): boolean {
  return rules.every(({ fault }) => fault(subject) === undefined);
}
