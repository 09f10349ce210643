import { syntaxError, type Token, type TokenKind, tokenize } from './lexer.ts';
import { toPattern } from './pattern.ts';

export type Comparator = '==' | '!=' | '>' | '>=' | '<' | '<=' | '=~' | '!~';

export type Expression =
  | { readonly kind: 'compare'; readonly subject: string; readonly comparator: Comparator; readonly argument: string }
  | { readonly kind: 'in'; readonly subject: string; readonly negated: boolean; readonly list: readonly string[] }
  | { readonly kind: 'exists'; readonly subject: string; readonly negated: boolean }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression };

/** Each comparator has a symbol and a word. */
const COMPARATORS: ReadonlyMap<string, Comparator> = new Map(
  Object.entries({
    '==': '==',
    equals: '==',
    '!=': '!=',
    not_equals: '!=',
    '>': '>',
    greater_than: '>',
    '>=': '>=',
    greater_than_equal: '>=',
    '<': '<',
    less_than: '<',
    '<=': '<=',
    less_than_equal: '<=',
    '=~': '=~',
    matches: '=~',
    '!~': '!~',
    not_matches: '!~',
  } as const),
);
const MAX_LENGTH = 2000;
const MAX_DEPTH = 100;

const SUBJECT =
  /^(?:attribute:.+|task:group|agentConnected|agentVersion|ec2InstanceId|registeredAt|runningTasksCount)$/;

class Parser {
  readonly #expression: string;
  readonly #tokens: Token[];
  #at = 0;
  #depth = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokenize(expression);
  }

  parse(): Expression {
    const parsed = this.#or();
    this.#take('end');
    return parsed;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#accept('||') || this.#accept('or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#accept('&&') || this.#accept('and')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail();
    const negated = this.#accept('!') || this.#accept('not');
    const operand: Expression = negated ? { kind: 'not', operand: this.#not() } : this.#primary();
    this.#depth -= 1;
    return operand;
  }

  #primary(): Expression {
    if (this.#next().kind !== 'open') return this.#comparison();
    this.#take('open');
    const inner = this.#or();
    this.#take('close');
    return inner;
  }

  #comparison(): Expression {
    const subject = this.#take('word').text;
    if (!SUBJECT.test(subject)) this.#fail();
    const negated = this.#accept('!');
    const { text } = this.#next();
    if (this.#accept('exists') || (!negated && this.#accept('not_exists'))) {
      return { kind: 'exists', subject, negated: negated || text === 'not_exists' };
    }
    if (this.#accept('in') || (!negated && this.#accept('not_in'))) {
      return { kind: 'in', subject, negated: negated || text === 'not_in', list: this.#list() };
    }
    const comparator = COMPARATORS.get(text);
    if (negated || comparator === undefined || this.#next().kind === 'string') return this.#fail();
    this.#at += 1;
    const argument = this.#argument();
    const isPattern = comparator === '=~' || comparator === '!~';
    if (isPattern && toPattern(argument) === undefined) this.#fail();
    return { kind: 'compare', subject, comparator, argument };
  }

  #list(): string[] {
    this.#take('openList');
    const list = [this.#argument()];
    while (this.#next().kind === 'comma') {
      this.#take('comma');
      list.push(this.#argument());
    }
    this.#take('closeList');
    return list;
  }

  #argument(): string {
    return this.#next().kind === 'string' ? this.#take('string').text : this.#take('word').text;
  }

  #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #accept(text: string): boolean {
    const token = this.#next();
    if (token.text !== text || (token.kind !== 'word' && token.kind !== 'operator')) return false;
    this.#at += 1;
    return true;
  }

  #take(kind: TokenKind): Token {
    const token = this.#next();
    if (token.kind !== kind) return this.#fail();
    this.#at += 1;
    return token;
  }

  #fail(): never {
    throw syntaxError(this.#expression);
  }
}

/**
 * Parses the cluster query language: comparisons of instance attributes and fields, combined by `and`, `or`, `not` and
 * parentheses. Anything else is an InvalidParameterException.
 */
export function parseQuery(expression: string): Expression {
  if (expression.length > MAX_LENGTH) throw syntaxError(`${expression.slice(0, 50)}...`);
  return new Parser(expression).parse();
}
