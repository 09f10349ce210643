/** A request to a resource: the values that the conditions of a policy compare. */
export interface PolicyRequest {
  /** ARNs that stand for the caller, its account id, or the name of an AWS service. */
  readonly principals: readonly string[];
  readonly action: string;
  /** By lower-case name: `sts:externalid`. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

type Json = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.map(String);
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** `*` stands for any text and `?` for any character. Backtracks to the last `*` only, so that its time is bounded. */
export function matchesGlob(text: string, pattern: string): boolean {
  let [at, place, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    const sign = pattern[place];
    if (sign === '*') {
      star = place;
      mark = at;
      place += 1;
    } else if (sign === '?' || sign === text[at]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      place = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  return pattern.slice(place).replaceAll('*', '') === '';
}

type Test = (value: string, wanted: string) => boolean;

const equals: Test = (value, wanted) => value === wanted;
const equalsAnyCase: Test = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();

/** Condition operators, and those that are their negations. */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsAnyCase,
  StringLike: matchesGlob,
  ArnEquals: matchesGlob,
  ArnLike: matchesGlob,
  Bool: equalsAnyCase,
  NumericEquals: (value, wanted) => Number(value) === Number(wanted),
  NumericLessThan: (value, wanted) => Number(value) < Number(wanted),
  NumericLessThanEquals: (value, wanted) => Number(value) <= Number(wanted),
  NumericGreaterThan: (value, wanted) => Number(value) > Number(wanted),
  NumericGreaterThanEquals: (value, wanted) => Number(value) >= Number(wanted),
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

interface Operator {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

function readOperator(text: string): Operator {
  const [, set, name = '', ifExists] = OPERATOR.exec(text) ?? [];
  return { set: set as Operator['set'], name, ifExists: ifExists !== undefined };
}

function isKnown(text: string): boolean {
  const { name } = readOperator(text);
  return name === 'Null' || Object.hasOwn(OPERATORS, name) || Object.hasOwn(NEGATED, name);
}

function conditionHolds(
  { set, name, ifExists }: Operator,
  values: readonly string[],
  wanted: readonly string[],
): boolean {
  if (name === 'Null') return wanted.includes(String(values.length === 0));
  if (values.length === 0) return ifExists || set === 'ForAllValues' || Object.hasOwn(NEGATED, name);
  const negated = Object.hasOwn(NEGATED, name);
  const test = OPERATORS[negated ? (NEGATED[name] ?? '') : name];
  if (test === undefined) return false;
  const holds = (value: string): boolean => wanted.some((item) => test(value, item)) !== negated;
  return set === 'ForAllValues' || (negated && set === undefined) ? values.every(holds) : values.some(holds);
}

function conditionsHold(given: unknown, context: PolicyRequest['context']): boolean {
  return Object.entries(objectOf(given)).every(([operator, keys]) =>
    Object.entries(objectOf(keys)).every(([key, wanted]) =>
      conditionHolds(readOperator(operator), context[key.toLowerCase()] ?? [], listOf(wanted)),
    ),
  );
}

/** An account is named by its id or by its root user's ARN. */
function principalOf(given: string): string {
  return /^arn:[\w-]+:iam::(\d{12}):root$/.exec(given)?.[1] ?? given;
}

function principalMatches(given: unknown, principals: readonly string[]): boolean {
  if (given === '*') return true;
  return Object.values(objectOf(given))
    .flatMap(listOf)
    .some((item) => item === '*' || principals.includes(principalOf(item)));
}

function actionMatches(statement: Json, action: string): boolean {
  const matches = (patterns: unknown): boolean =>
    listOf(patterns).some((pattern) => matchesGlob(action.toLowerCase(), pattern.toLowerCase()));
  return statement.NotAction === undefined ? matches(statement.Action) : !matches(statement.NotAction);
}

function statementsOf(policy: unknown): readonly Json[] {
  const { Statement } = objectOf(policy);
  return (Array.isArray(Statement) ? Statement : [Statement]).map(objectOf);
}

/** Whether a resource policy allows a request: a statement allows it and none denies it. Resources are not compared. */
export function policyAllows(policy: unknown, { principals, action, context }: PolicyRequest): boolean {
  const applies = statementsOf(policy).filter(
    (statement) =>
      principalMatches(statement.Principal, principals) &&
      actionMatches(statement, action) &&
      conditionsHold(statement.Condition, context),
  );
  return applies.some(({ Effect }) => Effect === 'Allow') && !applies.some(({ Effect }) => Effect === 'Deny');
}

/** The problem of a policy; undefined if the sandbox supports every part of it. */
export function policyProblem(policy: unknown): string | undefined {
  const statements = statementsOf(policy);
  if (objectOf(policy).Statement === undefined) return 'it has no Statement';
  for (const { Effect, Principal, Action, NotAction, Condition } of statements) {
    if (Effect !== 'Allow' && Effect !== 'Deny') return 'the Effect of a statement must be Allow or Deny';
    const isPrincipal = Principal === '*' || Object.keys(objectOf(Principal)).length > 0;
    if (!isPrincipal) return 'a statement has no Principal';
    if (Action === undefined && NotAction === undefined) return 'a statement has no Action';
    const operator = Object.keys(objectOf(Condition)).find((name) => !isKnown(name));
    if (operator !== undefined) return `the condition operator ${operator.slice(0, 50)} is not known`;
  }
  return undefined;
}
