import { invalidParameter } from '../checks/ecs-errors.ts';

export type TokenKind = 'word' | 'string' | 'operator' | 'open' | 'close' | 'openList' | 'closeList' | 'comma' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export function syntaxError(expression: string): Error {
  return invalidParameter(`Invalid expression: ${expression}`);
}

/** Longest first, so that `<=` is not read as `<`. */
const OPERATORS = ['==', '!=', '>=', '<=', '=~', '!~', '&&', '||', '>', '<', '!'];
const PUNCTUATION: Readonly<Record<string, TokenKind>> = {
  '(': 'open',
  ')': 'close',
  '[': 'openList',
  ']': 'closeList',
  ',': 'comma',
};
/** Names, ids, ARNs, patterns such as `t2.*` and numbers need no quotes. */
const WORD = /[A-Za-z0-9_.:/*?@$^+\\{}#%;~-]/;

function readQuoted(expression: string, start: number): { text: string; next: number } {
  const quote = expression[start];
  let text = '';
  for (let at = start + 1; at < expression.length; at += 1) {
    const character = expression[at] ?? '';
    if (character === quote) return { text, next: at + 1 };
    const escaped = expression[at + 1];
    if (character === '\\' && (escaped === quote || escaped === '\\')) {
      text += escaped;
      at += 1;
    } else {
      text += character;
    }
  }
  throw syntaxError(expression);
}

/** Splits a cluster query expression into tokens. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    const character = expression[at] ?? '';
    const punctuation = PUNCTUATION[character];
    const operator = OPERATORS.find((candidate) => expression.startsWith(candidate, at));
    if (/\s/.test(character)) {
      at += 1;
    } else if (punctuation !== undefined) {
      tokens.push({ kind: punctuation, text: character });
      at += 1;
    } else if (character === '"' || character === "'") {
      const { text, next } = readQuoted(expression, at);
      tokens.push({ kind: 'string', text });
      at = next;
    } else if (operator !== undefined) {
      tokens.push({ kind: 'operator', text: operator });
      at += operator.length;
    } else if (WORD.test(character)) {
      const start = at;
      while (at < expression.length && WORD.test(expression[at] ?? '')) at += 1;
      tokens.push({ kind: 'word', text: expression.slice(start, at) });
    } else {
      throw syntaxError(expression);
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}
