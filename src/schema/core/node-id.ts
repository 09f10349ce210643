import { badUserInput } from './errors.ts';

/**
 * The content of a `Node`'s id: the type's name and the texts by which ECS identifies the resource. Usually one ARN; an
 * old short ARN lacks the cluster, which then follows. It never contains an account alias: renaming one must not break
 * stored ids.
 */
export interface NodeKey {
  readonly type: string;
  readonly parts: readonly [string, ...string[]];
}

/** Does not occur in names or ARNs of ECS. */
const SEPARATOR = '|';
const TYPE = /^[A-Z]\w+$/;

export function encodeNodeId({ type, parts }: NodeKey): string {
  return Buffer.from([type, ...parts].join(SEPARATOR)).toString('base64url');
}

/** Reads an id of this gateway; undefined if the text is not one. */
export function readNodeId(text: string): NodeKey | undefined {
  const [type = '', first = '', ...rest] = Buffer.from(text, 'base64url').toString().split(SEPARATOR);
  if (!TYPE.test(type) || first === '') return undefined;
  const key: NodeKey = { type, parts: [first, ...rest] };
  return encodeNodeId(key) === text ? key : undefined;
}

/**
 * Like `readNodeId`, for a text that must be an id.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function decodeNodeId(id: string, argument = 'id'): NodeKey {
  const key = readNodeId(id);
  if (key === undefined) throw badUserInput(argument, 'is not an id that this API gave out');
  return key;
}
