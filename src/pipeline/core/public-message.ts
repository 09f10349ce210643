import { GraphQLError, Kind, print, type ValueNode } from 'graphql';

/** Most characters of the caller's text that a message repeats in one place. */
const MOST_REPEATED = 100;
const MOST_IN_ALL = 500;

/** Truncates what a message repeats of a request: callers send documents and values of any length. */
export function capMessage(message: string): string {
  if (message.length <= MOST_REPEATED) return message;
  const capped = message.replace(LONG_QUOTE, '"$1…"').replace(LONG_WORD, '$1…');
  return capped.length <= MOST_IN_ALL ? capped : `${capped.slice(0, MOST_IN_ALL)}…`;
}

const LONG_QUOTE = new RegExp(`"([^"]{${MOST_REPEATED}})[^"]+"`, 'g');
const LONG_WORD = new RegExp(`([^\\s"]{${MOST_REPEATED}})[^\\s"]+`, 'g');

/**
 * Errors that may repeat the value: types whose values are never secret and whose format is hard to guess, and names in
 * place of an enum value.
 */
const MAY_BE_REPEATED = /^(Expected value of type ")?(DateTime|Duration)\b|^Value "\w+" does not exist/;

/**
 * An error of graphql-js about a value, without the value, because it may belong to a secret member. The message says
 * what kind of value it was, and the path says where.
 */
export function withoutValues(error: GraphQLError): GraphQLError {
  const message = messageWithoutValues(error);
  if (message === error.message) return error;
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: error.extensions,
  });
}

function messageWithoutValues({ message, nodes, originalError }: GraphQLError): string {
  const variable = IN_VARIABLE.exec(message);
  if (variable?.groups) return variableMessage(variable.groups, originalError?.message);
  const syntax = SYNTAX.exec(message);
  if (syntax) return `${syntax[1]}a string.`;
  const isSafe = MAY_BE_REPEATED.test(message);
  return (nodes ?? []).reduce((text, node) => {
    const kind = KINDS_OF_NODES[node.kind] ?? (FOR_TEXT.test(message) ? KINDS_OF_SCALARS[node.kind] : undefined);
    const isShown = kind === undefined || (isSafe && node.kind === Kind.STRING);
    return isShown ? text : withKind(text, print(node as ValueNode), kind);
  }, message);
}

/** Says the kind in place of the value. The names that are suggested for a member of an enum stay: they are the schema's. */
function withKind(text: string, value: string, kind: string): string {
  const head = NO_MEMBER.exec(text)?.[0] ?? text;
  if (!text.startsWith(value, head.length)) return text.replaceAll(value, kind);
  return `${head}${kind}${text.slice(head.length + value.length)}`;
}

const NO_MEMBER = /^Enum "\w+" cannot represent non-enum value: /;

const SYNTAX = /^(Syntax Error: .*?)(?:Block)?String ".*"\.$/s;
const IN_VARIABLE = /^(?<variable>Variable "\$\w+") got invalid value (?<rest>.*)$/s;
const AT = / at "[^"]*"$/;

function variableMessage({ variable = '', rest = '' }: Readonly<Record<string, string>>, reason = ''): string {
  if (!rest.endsWith(`; ${reason}`)) return `${variable} has an invalid value.`;
  const value = rest.slice(0, -`; ${reason}`.length);
  const at = AT.exec(value)?.[0] ?? '';
  const shown = value.slice(0, value.length - at.length);
  const isSafe = shown === '' || (MAY_BE_REPEATED.test(reason) && !/^[[{]/.test(shown));
  return `${variable} has an invalid value${at}: ${isSafe ? reason : reason.replaceAll(shown, kindOfText(shown))}`;
}

const KINDS_OF_NODES: Readonly<Record<string, string>> = {
  [Kind.STRING]: 'a string',
  [Kind.LIST]: 'a list',
  [Kind.OBJECT]: 'an object',
};

/** A text is expected, so a number or a name without quotes may be a secret whose quotes were forgotten. */
const FOR_TEXT = /^String cannot represent/;

const KINDS_OF_SCALARS: Readonly<Record<string, string>> = {
  [Kind.INT]: 'a number',
  [Kind.FLOAT]: 'a number',
  [Kind.BOOLEAN]: 'a boolean',
  [Kind.ENUM]: 'a name without quotes',
};

/** The kind of a value that graphql-js printed. */
function kindOfText(text: string): string {
  if (text.startsWith('"')) return 'a string';
  if (text.startsWith('[')) return 'a list';
  return text.startsWith('{') ? 'an object' : text;
}
