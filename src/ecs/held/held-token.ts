import type { Input, OperationName, Output } from '../core/operations.ts';
import { type ListReader, listAll } from '../lists/list.ts';

/** Page tokens of held lists begin like this. ECS's own are base64. */
const PREFIX = 'held:';
const PAGE = 100;

/** The token of the page after an ARN. Held lists are in order of ARNs, so it means the same in every process. */
export function heldToken(lastArn: string): string {
  return PREFIX + lastArn;
}

/** The ARN after which a page begins; undefined for the first page, or if ECS made the token. */
export function heldPlace(token: string | undefined): string | undefined {
  return token?.startsWith(PREFIX) === true ? token.slice(PREFIX.length) : undefined;
}

const MEMBERS: { readonly [Op in OperationName]?: string } = {
  ListContainerInstances: 'containerInstanceArns',
  ListServices: 'serviceArns',
  ListTasks: 'taskArns',
};

/** The member with the ARNs of a list that may be held; undefined for other operations. */
export function listMember(operation: OperationName): string | undefined {
  return MEMBERS[operation];
}

/** Whether a read goes on with a list that was begun from memory. */
export function continuesHeldList(operation: OperationName, input: object): boolean {
  return listMember(operation) !== undefined && heldPlace((input as Input<'ListTasks'>).nextToken) !== undefined;
}

/** The page of such a read from ECS, because events do not keep the list up to date any more: it is read whole and sorted. */
export async function continueFromEcs<Op extends OperationName>(
  reader: ListReader,
  operation: Op,
  input: Input<Op>,
): Promise<Output<Op>> {
  const { nextToken, maxResults: _size, ...filters } = input as Input<'ListTasks'>;
  const place = heldPlace(nextToken) ?? '';
  const list = operation as 'ListTasks';
  const all: string[] = await listAll(reader, list, filters);
  const after = all.sort().filter((arn) => arn > place);
  const arns = after.slice(0, PAGE);
  const last = after.length > PAGE ? arns.at(-1) : undefined;
  const member = listMember(operation) ?? '';
  return { [member]: arns, ...(last !== undefined && { nextToken: heldToken(last) }) } as unknown as Output<Op>;
}
