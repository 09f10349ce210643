import { badUserInput } from './errors.ts';

/**
 * What a `Node`'s id wraps: the type's name and the texts by which ECS knows the thing. Mostly one ARN; old short ARNs
 * lack the cluster, which then follows. Never an account alias: renaming one must not break a stored id.
 */
export interface NodeKey {
  readonly type: string;
  readonly parts: readonly [string, ...string[]];
}

/** Not part of any name or ARN of ECS. */
const SEPARATOR = '|';
const TYPE = /^[A-Z]\w+$/;

export function encodeNodeId({ type, parts }: NodeKey): string {
  return Buffer.from([type, ...parts].join(SEPARATOR)).toString('base64url');
}

/** Reads an id that this gateway gave out; undefined where the text is none. */
export function readNodeId(text: string): NodeKey | undefined {
  const [type = '', first = '', ...rest] = Buffer.from(text, 'base64url').toString().split(SEPARATOR);
  if (!TYPE.test(type) || first === '') return undefined;
  const key: NodeKey = { type, parts: [first, ...rest] };
  return encodeNodeId(key) === text ? key : undefined;
}

/**
 * As `readNodeId`, of a text that must be an id.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function decodeNodeId(id: string, argument = 'id'): NodeKey {
  const key = readNodeId(id);
  if (key === undefined) throw badUserInput(argument, 'is not an id that this API gave out');
  return key;
}
