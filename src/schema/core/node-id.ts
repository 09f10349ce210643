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

/**
 * Reads an id that this gateway gave out.
 * @throws BAD_USER_INPUT when it is none
 */
export function decodeNodeId(id: string, argument = 'id'): NodeKey {
  const [type = '', first = '', ...rest] = Buffer.from(id, 'base64url').toString().split(SEPARATOR);
  if (!TYPE.test(type) || first === '' || encodeNodeId({ type, parts: [first, ...rest] }) !== id) {
    throw badUserInput(argument, 'is not an id that this API gave out');
  }
  return { type, parts: [first, ...rest] };
}
